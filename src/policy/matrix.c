#include "policy/matrix.h"
#include "confx/address_space.h"
#include "confx/try.h"

#include <assert.h>
#include <cblas.h>
#include <stdlib.h>
#include <string.h>

/* Another CBLAS than OpenBLAS has no such switch. */
#pragma weak openblas_set_num_threads

enum {
    LINE = 64,          /* bytes */
    UNPACKED = 1000000, /* multiply-adds of a product up to which OpenBLAS skips packing (AVX-512
                           kernels) */
    NARROWEST = 64,     /* columns of a part below which splitting no longer pays */
    PACKED = 128,       /* rows, inner and columns of a product beyond UNPACKED */
    WORKSPACE_MB = 128, /* what OpenBLAS of x86-64 maps at its first packed product (0.3.21:
                           BUFFER_SIZE), ... */
    WORKSPACE_BESIDE = 8192 /* ... and more than a page beside it */
};

/* OpenBLAS packs into a workspace of its own, which it maps at the first product that needs one and
   then keeps; one thread needs one. When that mapping fails it tries again, for ever, and no signal
   that has a handler ends it. So it is asked here beforehand whether so much can be mapped. */
static confx_status_t matrix_probe(void)
{
    const size_t bytes = ((size_t)WORKSPACE_MB << 20) + WORKSPACE_BESIDE;
    if (address_space_can_map(bytes)) return status_ok();
    return status_fail(
        CONFX_STATUS_MEMORY,
        "no memory for the matrix library: it needs %d MB of address space (ulimit -v)",
        WORKSPACE_MB);
}

/* The first product that is packed, so that the workspace is the library's before anything else is
   allocated. */
static confx_status_t matrix_warm_up(void)
{
    const size_t n = PACKED;
    real_t *const numbers = matrix_memory(3 * n * n);
    if (!numbers) return status_fail(CONFX_STATUS_MEMORY, "no memory for matrices");
    const confx_status_t status = matrix_probe();
    if (status.code == CONFX_STATUS_OK)
        GEMM(CblasRowMajor, CblasNoTrans, CblasNoTrans, PACKED, PACKED, PACKED, 1, numbers, PACKED,
             numbers + n * n, PACKED, 0, numbers + 2 * n * n, PACKED);
    free(numbers);
    return status;
}

confx_status_t matrix_open(void)
{
    /* The workspace is one of the process, as is the library's own knowledge of it, which it does
       not tell: asked for again beside the first it would be refused where there is room for one.
       Threads do not open policies. */
    static bool is_warm;
    if (is_warm) return status_ok();
    if (openblas_set_num_threads) openblas_set_num_threads(1);
    TRY(matrix_warm_up());
    is_warm = true;
    return status_ok();
}

real_t *matrix_memory(size_t n)
{
    /* aligned_alloc wants a multiple of the alignment. At least one line, also for n = 0. */
    const size_t bytes = (n * sizeof(real_t) / LINE + 1) * LINE;
    real_t *memory = aligned_alloc(LINE, bytes);
    if (memory) memset(memory, 0, bytes);
    return memory;
}

/* The width of the parts in which to multiply. A product of few rows spends its time packing b; cut
   by columns into parts small enough to go unpacked it runs up to twice as fast (8 x 256 x 512: 55
   to 114 Gflop/s), and where the library has no such kernels the cut costs nothing. */
static size_t matrix_part_width(size_t rows, size_t inner, size_t columns)
{
    assert(rows > 0 && inner > 0);
    const size_t width = UNPACKED / (rows * inner) / NARROWEST * NARROWEST;
    return width && width < columns ? width : columns;
}

static void matrix_add_parts(size_t rows, size_t inner, size_t columns, matrix_t a, const real_t *w,
                             matrix_t c)
{
    const size_t width = matrix_part_width(rows, inner, columns);
    assert(a.stride >= inner && c.stride >= columns && width > 0);
    /* Each part is a product with some columns of w: no sum is cut, so the bits stay as they
       are. */
    for (size_t from = 0; from < columns; from += width) {
        const size_t part = columns - from < width ? columns - from : width;
        GEMM(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)rows, (int)part, (int)inner, 1, a.data,
             (int)a.stride, w + from, (int)columns, 1, c.data + from, (int)c.stride);
    }
}

/* One row goes as a vector: where the library packs, 6 times as fast (1 x 256 x 512 with AVX2: 8 to
   54 Gflop/s). */
void matrix_add_product(size_t rows, size_t inner, size_t columns, matrix_t a, const real_t *w,
                        matrix_t c)
{
    if (rows == 1)
        GEMV(CblasRowMajor, CblasTrans, (int)inner, (int)columns, 1, w, (int)columns, a.data, 1, 1,
             c.data, 1);
    else
        matrix_add_parts(rows, inner, columns, a, w, c);
}

void matrix_product_transposed(size_t rows, size_t inner, size_t columns, matrix_t a,
                               const real_t *w, matrix_t c)
{
    assert(a.stride >= inner && c.stride >= columns);
    GEMM(CblasRowMajor, CblasNoTrans, CblasTrans, (int)rows, (int)columns, (int)inner, 1, a.data,
         (int)a.stride, w, (int)inner, 0, c.data, (int)c.stride);
}

void matrix_add_outer(size_t rows, size_t inner, size_t columns, matrix_t a, matrix_t b, real_t *w)
{
    assert(a.stride >= inner && b.stride >= columns);
    GEMM(CblasRowMajor, CblasTrans, CblasNoTrans, (int)inner, (int)columns, (int)rows, 1, a.data,
         (int)a.stride, b.data, (int)b.stride, 1, w, (int)columns);
}

void matrix_transpose(size_t rows, size_t columns, const real_t *from, real_t *to)
{
    TRANSPOSE(CblasRowMajor, CblasTrans, (int)rows, (int)columns, 1, from, (int)columns, to,
              (int)rows);
}
