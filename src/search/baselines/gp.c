#include "search/baselines/gp.h"
#include "confx/try.h"

#include <cblas.h>
#include <lapacke.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

/* On a cache line of their own: vector instructions then never straddle two. */
static double *gp_reals(gp_t *gp, size_t n)
{
    enum { LINE = 64 };
    char *memory = arena_take(&gp->arena, n * sizeof(double) + LINE, 1);
    return memory ? (double *)(void *)(memory + (LINE - (uintptr_t)memory % LINE) % LINE) : NULL;
}

confx_status_t gp_open(size_t points, size_t candidates, size_t width, gp_t *gp)
{
    *gp = (gp_t){.points = points, .candidates = candidates, .width = width};
    gp->inputs = gp_reals(gp, points * width);
    gp->cover = gp_reals(gp, points * points);
    gp->factor = gp_reals(gp, points * points);
    gp->weights = gp_reals(gp, points);
    gp->lengths = gp_reals(gp, points);
    gp->asked = gp_reals(gp, candidates * width);
    gp->reach = gp_reals(gp, candidates * points);
    gp->mean = gp_reals(gp, candidates);
    gp->variance = gp_reals(gp, candidates);
    const confx_status_t status =
        arena_status(&gp->arena, "a Gaussian process of %zu points", points);
    if (status.code != CONFX_STATUS_OK) gp_close(gp);
    return status;
}

void gp_close(gp_t *gp)
{
    arena_close(&gp->arena);
    *gp = (gp_t){0};
}

/* Matern 5/2 of a squared distance (equation 4.17). */
static double gp_matern(double squared, double length)
{
    const double r = sqrt(5 * fmax(squared, 0)) / length;
    return (1 + r + r * r / 3) * exp(-r);
}

/* rows (m, width) against the first n inputs: kernel (m, points). */
static void gp_cover_rows(const gp_t *gp, size_t m, const double *rows, size_t n, double *kernel)
{
    const blasint width = (blasint)gp->width;
    if (n == 0) return;
    /* |x - y|^2 = |x|^2 + |y|^2 - 2 x.y, so that all pairs come from one product of matrices. */
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (blasint)m, (blasint)n, width, -2, rows,
                width, gp->inputs, width, 0, kernel, (blasint)gp->points);
    for (size_t i = 0; i < m; i++) {
        const double mine = cblas_ddot(width, rows + i * gp->width, 1, rows + i * gp->width, 1);
        double *row = kernel + i * gp->points;
        for (size_t j = 0; j < n; j++)
            row[j] = gp_matern(row[j] + mine + gp->lengths[j], gp->kernel.length);
    }
}

static void gp_measure(gp_t *gp, size_t i)
{
    const double *input = gp->inputs + i * gp->width;
    gp->lengths[i] = cblas_ddot((blasint)gp->width, input, 1, input, 1);
}

void gp_cover(gp_t *gp, size_t n, double length)
{
    const blasint width = (blasint)gp->width;
    gp->kernel.length = length;
    gp->n = n;
    for (size_t i = 0; i < n; i++) gp_measure(gp, i);
    cblas_dsyrk(CblasRowMajor, CblasLower, CblasNoTrans, (blasint)n, width, -2, gp->inputs, width,
                0, gp->cover, (blasint)gp->points);
    for (size_t i = 0; i < n; i++) {
        double *row = gp->cover + i * gp->points;
        for (size_t j = 0; j < i; j++)
            row[j] = gp_matern(row[j] + gp->lengths[i] + gp->lengths[j], length);
        row[i] = 1;
    }
}

/* LAPACK counts in columns: the lower triangle of our rows is its upper one. */
bool gp_factor(gp_t *gp, double noise)
{
    gp->kernel.noise = noise;
    for (size_t i = 0; i < gp->n; i++) {
        double *row = gp->factor + i * gp->points;
        memcpy(row, gp->cover + i * gp->points, (i + 1) * sizeof *row);
        row[i] += noise;
    }
    return LAPACKE_dpotrf(LAPACK_COL_MAJOR, 'U', (lapack_int)gp->n, gp->factor,
                          (lapack_int)gp->points) == 0;
}

bool gp_append(gp_t *gp)
{
    double *row = gp->factor + gp->n * gp->points;
    gp_measure(gp, gp->n);
    gp_cover_rows(gp, 1, gp->inputs + gp->n * gp->width, gp->n, row);
    /* The new row of the factor solves L row = kernel; its last element is what is left of the
       variance. */
    cblas_dtrsv(CblasRowMajor, CblasLower, CblasNoTrans, CblasNonUnit, (blasint)gp->n, gp->factor,
                (blasint)gp->points, row, 1);
    const double pivot = 1 + gp->kernel.noise - cblas_ddot((blasint)gp->n, row, 1, row, 1);
    if (!(pivot > 1e-12)) return false; /* what is left is rounding */
    row[gp->n++] = sqrt(pivot);
    return true;
}

double gp_fit(gp_t *gp, const double *targets)
{
    double logs = 0;
    memcpy(gp->weights, targets, gp->n * sizeof *targets);
    cblas_dtrsv(CblasRowMajor, CblasLower, CblasNoTrans, CblasNonUnit, (blasint)gp->n, gp->factor,
                (blasint)gp->points, gp->weights, 1);
    /* The scale of greatest likelihood is in closed form: y K^-1 y / n. */
    gp->scale =
        fmax(cblas_ddot((blasint)gp->n, gp->weights, 1, gp->weights, 1) / (double)gp->n, 1e-12);
    for (size_t i = 0; i < gp->n; i++) logs += log(gp->factor[i * gp->points + i]);
    return -0.5 * (double)gp->n * log(gp->scale) - logs;
}

static void gp_predict(gp_t *gp, size_t candidate)
{
    const double *reach = gp->reach + candidate * gp->points;
    const blasint n = (blasint)gp->n;
    gp->mean[candidate] = cblas_ddot(n, reach, 1, gp->weights, 1);
    gp->variance[candidate] = gp->scale * fmax(1 - cblas_ddot(n, reach, 1, reach, 1), 0);
}

void gp_ask(gp_t *gp, size_t first, size_t m)
{
    double *reach = gp->reach + first * gp->points;
    gp->m = first + m;
    gp_cover_rows(gp, m, gp->asked + first * gp->width, gp->n, reach);
    /* reach <- L^-1 kernel for each candidate: mean and variance are then dot products. */
    cblas_dtrsm(CblasRowMajor, CblasRight, CblasLower, CblasTrans, CblasNonUnit, (blasint)m,
                (blasint)gp->n, 1, gp->factor, (blasint)gp->points, reach, (blasint)gp->points);
    for (size_t i = first; i < gp->m; i++) gp_predict(gp, i);
}

/* What the new point tells of each candidate is one component more. */
static void gp_extend(gp_t *gp, const double *row, double pivot)
{
    const size_t n = gp->n;
    for (size_t i = 0; i < gp->m; i++) {
        double *reach = gp->reach + i * gp->points;
        const double *asked = gp->asked + i * gp->width;
        const double squared =
            gp->lengths[n] + cblas_ddot((blasint)gp->width, asked, 1, asked, 1) -
            2 * cblas_ddot((blasint)gp->width, asked, 1, gp->inputs + n * gp->width, 1);
        reach[n] =
            (gp_matern(squared, gp->kernel.length) - cblas_ddot((blasint)n, reach, 1, row, 1)) /
            pivot;
        gp->variance[i] = fmax(gp->variance[i] - gp->scale * reach[n] * reach[n], 0);
    }
}

bool gp_believe(gp_t *gp, size_t candidate)
{
    const size_t n = gp->n;
    double *row = gp->factor + n * gp->points;
    memcpy(gp->inputs + n * gp->width, gp->asked + candidate * gp->width,
           gp->width * sizeof *gp->inputs);
    gp_measure(gp, n);
    memcpy(row, gp->reach + candidate * gp->points, n * sizeof *row);
    const double pivot = 1 + gp->kernel.noise - cblas_ddot((blasint)n, row, 1, row, 1);
    if (!(pivot > 0)) return false;
    row[n] = sqrt(pivot);
    gp->weights[n] = 0; /* of a target as expected */
    gp_extend(gp, row, row[n]);
    gp->n++;
    return true;
}

void gp_forget(gp_t *gp, size_t n)
{
    gp->n = n;
}

double gp_improvement(double mean, double deviation, double best)
{
    static const double root_half = 0.70710678118654752440;
    static const double density_at_0 = 0.39894228040143267794;
    if (!(deviation > 0)) return fmax(best - mean, 0);
    const double z = (best - mean) / deviation;
    return (best - mean) * 0.5 * erfc(-z * root_half) +
           deviation * density_at_0 * exp(-0.5 * z * z);
}
