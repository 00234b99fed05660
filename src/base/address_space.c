#include "confx/address_space.h"

#include <sys/mman.h>
#include <sys/resource.h>

bool address_space_can_map(size_t bytes)
{
    void *const place = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (place == MAP_FAILED) return false;
    (void)munmap(place, bytes);
    return true;
}

bool address_space_let_stack_grow(size_t bytes)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_STACK, &limit) != 0 || limit.rlim_cur >= bytes) return true;
    limit.rlim_cur = bytes;
    return bytes <= limit.rlim_max && setrlimit(RLIMIT_STACK, &limit) == 0;
}
