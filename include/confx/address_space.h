/* Room in the address space, asked for ahead of libraries that take its absence badly. */
#ifndef CONFX_ADDRESS_SPACE_H
#define CONFX_ADDRESS_SPACE_H

#include <stdbool.h>
#include <stddef.h>

/* Could so many bytes be mapped now? Nothing is kept and no memory is touched: a limit on the
   address space (ulimit -v) is found, one on what is really used (control groups) is not, as there
   the kernel ends the process. Limits are of this process alone, so that what could be mapped a
   moment ago can be mapped again. */
bool address_space_can_map(size_t bytes);

/* May the stack of this thread, the first of the program, grow to so many bytes? A limit on it
   (ulimit -s) is raised where the user may; the kernel asks for it whenever the stack grows. */
bool address_space_let_stack_grow(size_t bytes);

#endif
