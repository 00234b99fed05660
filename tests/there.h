/* What a test looks for on the disk, where it knows that it can be looked at. */
#ifndef TESTS_THERE_H
#define TESTS_THERE_H

#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

static inline bool is_there(const char *path)
{
    return access(path, F_OK) == 0;
}

static inline bool is_directory(const char *path)
{
    struct stat facts;
    return stat(path, &facts) == 0 && S_ISDIR(facts.st_mode);
}

#endif
