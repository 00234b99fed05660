#include "confx/address_space.h"

#include <sys/mman.h>

bool address_space_can_map(size_t bytes)
{
    void *const place = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (place == MAP_FAILED) return false;
    (void)munmap(place, bytes);
    return true;
}
