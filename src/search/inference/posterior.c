#include "search/inference/posterior.h"
#include "confx/try.h"
#include "search/common/moves.h"
#include "search/common/sound.h"

#include <assert.h>
#include <cblas.h>
#include <lapacke.h>
#include <math.h>
#include <string.h>

/* Hypotheses: a kind of residual, and noise per variance of a total: none to speak of, or what does
   not add up. */
static const double noises[] = {1e-8, 1e-5, 1e-3};
enum { NOISES = sizeof noises / sizeof *noises, FITS_PER_CHOICE = 5 };

/* ---- opening --------------------------------------------------------------------------------- */

static void posterior_fill_ties(posterior_t *self)
{
    const problem_t *problem = self->problem;
    /* Ordered pairs: a layer is tied to itself as well. */
    for (size_t layer = 0; layer < self->layers; layer++)
        for (size_t other = 0; other < self->layers; other++)
            if (problem_distinct_of(problem, layer) == problem_distinct_of(problem, other))
                self->ties[self->ties_n++] = (tie_t){(uint16_t)layer, (uint16_t)other};
}

static confx_status_t posterior_fill(posterior_t *self, space_part_t part)
{
    const size_t samples = self->capacity;
    const size_t layers = samples * self->layers;
    arena_t *arena = &self->arena;
    TRY(kernel_open(self->problem, part, &self->kernel));
    /* The samples themselves come first, then what is derived from each, then the matrices over all
       pairs of them: 600 samples take 9 MB of these. */
    const size_t shapes = self->kernel.shapes * self->kernel.distinct;
    ARENA_TAKE(arena, self->assignments, layers * self->axes);
    ARENA_TAKE(arena, self->total, samples);
    ARENA_TAKE(arena, self->at, layers * self->axes);
    ARENA_TAKE(arena, self->cell, layers);
    ARENA_TAKE(arena, self->first, layers);
    ARENA_TAKE(arena, self->shapes, samples * shapes);
    ARENA_TAKE(arena, self->related, samples * shapes);
    for (size_t i = 0; i < RESIDUALS; i++)
        ARENA_TAKE(arena, self->covariance[i], samples * samples);
    ARENA_TAKE(arena, self->ties, self->layers * self->layers);
    ARENA_TAKE(arena, self->factor, samples * samples);
    ARENA_TAKE(arena, self->solution, samples);
    ARENA_TAKE(arena, self->misfit, samples);
    ARENA_TAKE(arena, self->responses, shapes);
    ARENA_TAKE(arena, self->impulses, posterior_cells(self));
    ARENA_TAKE(arena, self->kept, samples);
    TRY(arena_status(arena, "what %zu samples say of each action", samples));
    posterior_fill_ties(self);
    return status_ok();
}

confx_status_t posterior_open(problem_t *problem, space_part_t part, size_t capacity,
                              posterior_t *posterior)
{
    *posterior = (posterior_t){.problem = problem,
                               .layers = problem_layers(problem),
                               .axes = space_axes(problem_space(problem)),
                               .capacity = capacity};
    posterior->state.noise = noises[0];
    const confx_status_t status = posterior_fill(posterior, part);
    if (status.code != CONFX_STATUS_OK) posterior_close(posterior);
    return status;
}

void posterior_close(posterior_t *posterior)
{
    arena_close(&posterior->arena);
    kernel_close(&posterior->kernel);
    *posterior = (posterior_t){.problem = NULL};
}

size_t posterior_cells(const posterior_t *posterior)
{
    return posterior->kernel.distinct * posterior->kernel.axes.cells;
}

/* ---- samples --------------------------------------------------------------------------------- */

static size_t posterior_kept(const posterior_t *self)
{
    return (size_t)self->state.n;
}

static uint16_t *posterior_assignment(const posterior_t *self, size_t i)
{
    return self->assignments + i * self->layers * self->axes;
}

static void posterior_move_sample(posterior_t *self, size_t to, size_t from)
{
    const size_t layers = self->layers;
    const size_t indices = layers * self->axes;
    const size_t shapes = self->kernel.shapes * self->kernel.distinct;
    memmove(posterior_assignment(self, to), posterior_assignment(self, from),
            indices * sizeof *self->assignments);
    memmove(self->at + to * indices, self->at + from * indices, indices * sizeof *self->at);
    memmove(self->cell + to * layers, self->cell + from * layers, layers * sizeof *self->cell);
    memmove(self->first + to * layers, self->first + from * layers, layers * sizeof(double));
    memmove(self->shapes + to * shapes, self->shapes + from * shapes, shapes * sizeof(double));
    memmove(self->related + to * shapes, self->related + from * shapes, shapes * sizeof(double));
    self->total[to] = self->total[from];
}

/* Rows and columns of the covariances close up over those that went. */
static void posterior_close_up(posterior_t *self, const size_t *left, size_t n)
{
    for (size_t residual = 0; residual < RESIDUALS; residual++)
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j <= i; j++)
                self->covariance[residual][i * self->capacity + j] =
                    self->covariance[residual][left[i] * self->capacity + left[j]];
}

/* How many of the first n have a better total than sample i, or an equal one and came before it. */
static size_t posterior_rank_of(const posterior_t *self, size_t i, size_t n)
{
    size_t rank = 0;
    for (size_t j = 0; j < n; j++)
        rank += self->total[j] < self->total[i] || (j < i && self->total[j] == self->total[i]);
    return rank;
}

/* Down to three quarters: the newest, which tell of where the search is, and as many of the best
   before them. */
static void posterior_make_room(posterior_t *self)
{
    const size_t n = posterior_kept(self);
    const size_t newest = self->capacity * 3 / 8;
    const size_t older = n - newest;
    /* The order of arrival is kept, so that `newest` means the same the next time. */
    size_t left = 0;
    for (size_t i = 0; i < n; i++)
        if (i >= older || posterior_rank_of(self, i, older) < newest) self->kept[left++] = i;
    posterior_close_up(self, self->kept, left);
    for (size_t i = 0; i < left; i++)
        if (self->kept[i] != i) posterior_move_sample(self, i, self->kept[i]);
    self->state.n = (double)left;
    self->counted = left;
}

static void posterior_count_sample(posterior_t *self, size_t i);

static void posterior_take(posterior_t *self, const uint16_t *assignment, double total)
{
    if (isnan(total)) return;
    /* A row of the covariance is filled when it is needed: the samples of a checkpoint are read
       without theirs. */
    while (self->counted < posterior_kept(self)) posterior_count_sample(self, self->counted);
    if (posterior_kept(self) == self->capacity) posterior_make_room(self);
    /* Actions that mean the same to a layer have one place in the table. */
    uint16_t *mine = posterior_assignment(self, posterior_kept(self));
    moves_copy(self->problem, mine, assignment);
    moves_canonical(self->problem, mine);
    self->total[posterior_kept(self)] = total;
    self->state.n += 1;
}

void posterior_add(posterior_t *posterior, const batch_t *batch)
{
    for (size_t e = 0; e < batch->n; e++)
        posterior_take(posterior, batch_assignment(batch, e),
                       terms_penalised(problem_terms(posterior->problem), &batch->scores[e]));
}

void posterior_inherit(posterior_t *posterior, const posterior_t *other)
{
    for (size_t i = 0; i < posterior_kept(other); i++)
        posterior_take(posterior, posterior_assignment(other, i), other->total[i]);
}

/* ---- covariances of totals ------------------------------------------------------------------- */

/* Where the layers' actions stand: in the table, which knows of an action between two of its
   indices only the lower one, and by their own values in the shapes. */
static void posterior_place_sample(posterior_t *self, size_t i)
{
    const table_axes_t *axes = &self->kernel.axes;
    for (size_t layer = 0; layer < self->layers; layer++) {
        const uint16_t *action = posterior_assignment(self, i) + layer * self->axes;
        uint16_t *at = self->at + (i * self->layers + layer) * self->axes;
        size_t cell = problem_distinct_of(self->problem, layer);
        for (size_t axis = 0; axis < self->axes; axis++) {
            at[axis] = axes->place[axis][action[axis]];
            cell = cell * axes->n[axis] + at[axis];
        }
        assert(cell < posterior_cells(self));
        self->cell[i * self->layers + layer] = (uint32_t)cell;
        self->first[i * self->layers + layer] = kernel_first(&self->kernel, action);
    }
}

static void posterior_sum_shapes(posterior_t *self, size_t i)
{
    const kernel_t *kernel = &self->kernel;
    const size_t distinct = kernel->distinct;
    double *shapes = self->shapes + i * kernel->shapes * distinct;
    memset(shapes, 0, kernel->shapes * distinct * sizeof *shapes);
    for (size_t layer = 0; layer < self->layers; layer++) {
        const uint16_t *action = posterior_assignment(self, i) + layer * self->axes;
        const size_t d = problem_distinct_of(self->problem, layer);
        for (size_t shape = 0; shape < kernel->shapes; shape++)
            shapes[shape * distinct + d] += kernel_shape(kernel, shape, action);
    }
    /* The kernel between layers is applied here, once a sample, so that the covariance of two
       samples is a plain product of two vectors. */
    double *related = self->related + i * kernel->shapes * distinct;
    for (size_t shape = 0; shape < kernel->shapes; shape++)
        cblas_dgemv(CblasRowMajor, CblasNoTrans, (blasint)distinct, (blasint)distinct, 1,
                    kernel->layer_kernel, (blasint)distinct, shapes + shape * distinct, 1, 0,
                    related + shape * distinct, 1);
}

/* What the two kinds of residual share: sum over tied layers of s^2 a a' nearness. */
static void posterior_tie(const posterior_t *self, size_t i, size_t j, double sums[RESIDUALS])
{
    const kernel_t *kernel = &self->kernel;
    for (size_t k = 0; k < self->ties_n; k++) {
        const size_t mine = i * self->layers + self->ties[k].layer;
        const size_t its = j * self->layers + self->ties[k].other;
        const double scale = kernel->scale[problem_distinct_of(self->problem, self->ties[k].layer)];
        const double nearness =
            scale * scale *
            kernel_nearness(kernel, self->at + mine * self->axes, self->at + its * self->axes);
        sums[RESIDUAL_LEVEL] += nearness;
        sums[RESIDUAL_FALLING] += nearness / (self->first[mine] * self->first[its]);
    }
}

/* Fills what follows from sample i, whose assignment and total are known. */
static void posterior_count_sample(posterior_t *self, size_t i)
{
    const size_t shapes = self->kernel.shapes * self->kernel.distinct;
    const double share = kernel_amplitude(RESIDUAL_LEVEL, 1) * kernel_amplitude(RESIDUAL_LEVEL, 1);
    posterior_place_sample(self, i);
    /* Row i of both triangles: the covariance of a sum is the sum of the covariances of its terms,
       over all pairs of layers for the shared shapes, over tied pairs for the residual. */
    posterior_sum_shapes(self, i);
    for (size_t j = 0; j <= i; j++) {
        double sums[RESIDUALS] = {0, 0};
        posterior_tie(self, i, j, sums);
        const double common = cblas_ddot((blasint)shapes, self->shapes + i * shapes, 1,
                                         self->related + j * shapes, 1);
        for (size_t residual = 0; residual < RESIDUALS; residual++)
            self->covariance[residual][i * self->capacity + j] = common + share * sums[residual];
    }
    self->counted = i + 1;
}

/* ---- the posterior --------------------------------------------------------------------------- */

/* vector <- covariance^-1 vector. Our lower triangle by rows is LAPACK's upper one by columns. */
static void posterior_solve(const posterior_t *self, double *vector)
{
    const lapack_int n = (lapack_int)posterior_kept(self);
    (void)LAPACKE_dpotrs(LAPACK_COL_MAJOR, 'U', n, 1, self->factor, (lapack_int)self->capacity,
                         vector, n);
}

/* Condition on the samples under a hypothesis: the log likelihood up to a constant, -infinity where
   the covariance is not definite in floating point. */
static double posterior_condition(posterior_t *self, size_t residual, double noise)
{
    const size_t n = posterior_kept(self);
    /* Noise is relative to each total's own variance, as what does not add up grows with it. */
    for (size_t i = 0; i < n; i++) {
        memcpy(self->factor + i * self->capacity, self->covariance[residual] + i * self->capacity,
               (i + 1) * sizeof(double));
        self->factor[i * self->capacity + i] *= 1 + noise;
    }
    if (LAPACKE_dpotrf(LAPACK_COL_MAJOR, 'U', (lapack_int)n, self->factor,
                       (lapack_int)self->capacity) != 0)
        return -INFINITY;
    /* Totals = factor factor^T solution; the variance that makes them likeliest is in closed form,
       and with it the likelihood is -n/2 ln variance - ln det factor (Rasmussen and Williams
       5.8). */
    memcpy(self->solution, self->total, n * sizeof(double));
    posterior_solve(self, self->solution);
    self->variance = cblas_ddot((blasint)n, self->total, 1, self->solution, 1) / (double)n;
    double likelihood = -0.5 * (double)n * log(self->variance);
    for (size_t i = 0; i < n; i++) likelihood -= log(self->factor[i * self->capacity + i]);
    return likelihood;
}

static void posterior_choose_hypothesis(posterior_t *self)
{
    double best = -INFINITY;
    for (size_t residual = 0; residual < RESIDUALS; residual++)
        for (size_t i = 0; i < NOISES; i++) {
            const double likelihood = posterior_condition(self, residual, noises[i]);
            if (!(likelihood > best)) continue;
            best = likelihood;
            self->state.residual = (double)residual;
            self->state.noise = noises[i];
        }
}

bool posterior_fit(posterior_t *posterior)
{
    enum { LEAST = 2, TRIES = 9 };
    while (posterior->counted < posterior_kept(posterior))
        posterior_count_sample(posterior, posterior->counted);
    if (posterior_kept(posterior) < LEAST) return false;
    if ((uint64_t)posterior->state.fits % FITS_PER_CHOICE == 0)
        posterior_choose_hypothesis(posterior);
    posterior->state.fits += 1;
    posterior->noise = posterior->state.noise;
    /* Samples that are nearly the same make the matrix singular; ten times the noise each try. */
    for (int tries = 0; tries < TRIES; tries++, posterior->noise *= 10)
        if (!isinf(posterior_condition(posterior, (size_t)posterior->state.residual,
                                       posterior->noise)))
            return posterior->variance > 0;
    return false;
}

/* Adds to the table what the weights (n) of the samples say. */
static void posterior_respond(posterior_t *self, const double *weights, double *table)
{
    const blasint n = (blasint)posterior_kept(self);
    const blasint shapes = (blasint)(self->kernel.shapes * self->kernel.distinct);
    /* The weighted shapes of all samples at once, and an impulse wherever a sample stood: the
       kernel turns both into costs of points. */
    cblas_dgemv(CblasRowMajor, CblasTrans, n, shapes, 1, self->related, shapes, weights, 1, 0,
                self->responses, 1);
    memset(self->impulses, 0, posterior_cells(self) * sizeof(double));
    for (size_t i = 0; i < posterior_kept(self) * self->layers; i++)
        self->impulses[self->cell[i]] += weights[i / self->layers];
    kernel_respond(&self->kernel, (residual_t)self->state.residual, self->responses, self->impulses,
                   table);
}

void posterior_mean(posterior_t *posterior, double *table)
{
    memset(table, 0, posterior_cells(posterior) * sizeof *table);
    posterior_respond(posterior, posterior->solution, table);
}

/* What a draw from the prior misses of the totals, noise drawn along. */
static void posterior_miss(posterior_t *self, rng_t *rng, double deviation, const double *table)
{
    const double *covariance = self->covariance[(size_t)self->state.residual];
    for (size_t i = 0; i < posterior_kept(self); i++) {
        const double noise = sqrt(self->noise * covariance[i * self->capacity + i]);
        self->misfit[i] = self->total[i] - deviation * noise * rng_normal(rng);
    }
    /* What the drawn function says of the same assignments. */
    for (size_t i = 0; i < posterior_kept(self) * self->layers; i++)
        self->misfit[i / self->layers] -= table[self->cell[i]];
}

void posterior_draw(posterior_t *posterior, rng_t *rng, double boldness, double *table)
{
    const double deviation = boldness * sqrt(posterior->variance);
    kernel_draw(&posterior->kernel, (residual_t)posterior->state.residual, rng, table);
    for (size_t i = 0; i < posterior_cells(posterior); i++) table[i] *= deviation;
    /* Pathwise conditioning: prior draw + K K_nn^-1 (totals - noise - prior draw at the
       samples). */
    posterior_miss(posterior, rng, deviation, table);
    posterior_solve(posterior, posterior->misfit);
    posterior_respond(posterior, posterior->misfit, table);
}

/* ---- checkpoints ----------------------------------------------------------------------------- */

size_t posterior_arrays(posterior_t *posterior, array_t out[POSTERIOR_ARRAYS])
{
    const size_t n = posterior->capacity;
    const size_t state = sizeof posterior->state / sizeof(double);
    out[0] =
        (array_t){"/posterior/assignments", ARRAY_U16, 3, {n, posterior->layers, posterior->axes},
                  posterior->assignments,   NULL};
    out[1] = (array_t){"/posterior/total", ARRAY_F64, 1, {n}, posterior->total, NULL};
    out[2] = (array_t){"/posterior/state", ARRAY_F64, 1, {state}, &posterior->state, NULL};
    return POSTERIOR_ARRAYS;
}

const char *posterior_check(const posterior_t *posterior)
{
    const bool counted = sound_count(posterior->state.n, (double)posterior->capacity) &&
                         sound_count(posterior->state.fits, sound_count_most) &&
                         sound_count(posterior->state.residual, RESIDUALS - 1);
    if (!counted || !isfinite(posterior->state.noise) || posterior->state.noise <= 0)
        return "/posterior/state";
    if (!sound_doubles(posterior->total, posterior_kept(posterior))) return "/posterior/total";
    for (size_t i = 0; i < posterior_kept(posterior); i++)
        if (!space_is_sound(problem_space(posterior->problem), posterior->layers,
                            posterior_assignment(posterior, i)))
            return "/posterior/assignments";
    return NULL;
}
