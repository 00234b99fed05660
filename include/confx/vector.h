/* WIDE before a function compiles it for the vector widths of several processors; the loader takes
   the widest that the machine has. Only for elementwise arithmetic: without contraction into fused
   multiply-adds every width gives the same bits. (ThreadSanitizer cannot run the loader's choice.)
 */
#ifndef CONFX_VECTOR_H
#define CONFX_VECTOR_H

#if defined __x86_64__ && defined __gnu_linux__ && !defined __SANITIZE_THREAD__ &&                 \
    !defined CONFX_DOUBLE
#define WIDE __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define WIDE
#endif

#endif
