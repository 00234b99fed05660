#include "search/inference/posterior.h"
#include "confx/try.h"
#include "search/common/sound.h"

#include <cblas.h>
#include <lapacke.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Hypotheses: a wiggle, and noise per variance of a total: none to speak of, or what does not add up. */
static const double noises[] = {1e-8, 1e-5, 1e-3};
enum { NOISES = sizeof noises / sizeof *noises, FITS_PER_CHOICE = 5 };

/* ---- opening ----------------------------------------------------------------------------------------------------- */

static confx_status_t posterior_open_ties(estimate_t *self)
{
    const problem_t *problem = self->problem;
    self->ties = malloc(self->layers * self->layers * sizeof *self->ties);
    if (!self->ties) return status_fail(CONFX_STATUS_MEMORY, "no memory for an estimate");
    for (size_t layer = 0; layer < self->layers; layer++)
        for (size_t other = 0; other < self->layers; other++)
            if (problem_distinct_of(problem, layer) == problem_distinct_of(problem, other))
                self->ties[self->ties_n++] = (tie_t){(uint16_t)layer, (uint16_t)other};
    return status_ok();
}

/* Values between two levels stand at the lower one. */
static uint16_t *posterior_open_places(const uint32_t *values, size_t n)
{
    uint16_t *places = calloc((size_t)values[n - 1] + 1, sizeof *places);
    for (size_t value = 0, at = 0; places && value <= values[n - 1]; value++) {
        while (at + 1 < n && values[at + 1] <= value) at++;
        places[value] = (uint16_t)at;
    }
    return places;
}

static confx_status_t posterior_fill(estimate_t *self, bool integers)
{
    const size_t samples = self->capacity;
    const size_t genes = samples * self->layers;
    TRY(prior_open(self->problem, integers, &self->prior));
    TRY(posterior_open_ties(self));
    const axes_t *axes = &self->prior.axes;
    const size_t shapes = PRIOR_SHAPES * self->prior.distinct;
    self->place[0] = posterior_open_places(axes->pes, axes->pes_n);
    self->place[1] = posterior_open_places(axes->buffers, axes->buffers_n);
    self->pes = calloc(genes, sizeof *self->pes);
    self->buffer = calloc(genes, sizeof *self->buffer);
    self->at[0] = calloc(genes, sizeof *self->at[0]);
    self->at[1] = calloc(genes, sizeof *self->at[1]);
    self->total = calloc(samples, sizeof(double));
    self->shapes = calloc(samples * shapes, sizeof(double));
    self->kindred = calloc(samples * shapes, sizeof(double));
    self->covariance[0] = calloc(samples * samples, sizeof(double));
    self->covariance[1] = calloc(samples * samples, sizeof(double));
    self->factor = calloc(samples * samples, sizeof(double));
    self->solution = calloc(samples, sizeof(double));
    self->misfit = calloc(samples, sizeof(double));
    self->responses = calloc(shapes, sizeof(double));
    self->impulses = calloc(estimate_cells(self), sizeof(double));
    self->kept = calloc(samples, sizeof *self->kept);
    if (self->place[0] && self->place[1] && self->pes && self->buffer && self->at[0] && self->at[1] && self->total &&
        self->shapes && self->kindred && self->covariance[0] && self->covariance[1] && self->factor && self->solution &&
        self->misfit && self->responses && self->impulses && self->kept)
        return status_ok();
    return status_fail(CONFX_STATUS_MEMORY, "no memory for an estimate from %zu samples", samples);
}

confx_status_t estimate_open(problem_t *problem, bool integers, size_t capacity, estimate_t *estimate)
{
    *estimate = (estimate_t){.problem = problem, .layers = problem_layers(problem), .capacity = capacity};
    estimate->state.noise = noises[0];
    const confx_status_t status = posterior_fill(estimate, integers);
    if (status.code != CONFX_STATUS_OK) estimate_close(estimate);
    return status;
}

void estimate_close(estimate_t *estimate)
{
    void *const owned[] = {estimate->pes,           estimate->buffer,    estimate->total,    estimate->at[0],
                           estimate->at[1],         estimate->shapes,    estimate->kindred,  estimate->covariance[0],
                           estimate->covariance[1], estimate->ties,      estimate->factor,   estimate->solution,
                           estimate->misfit,        estimate->responses, estimate->impulses, estimate->kept,
                           estimate->place[0],      estimate->place[1]};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++) free(owned[i]);
    prior_close(&estimate->prior);
    *estimate = (estimate_t){.problem = NULL};
}

size_t estimate_cells(const estimate_t *estimate)
{
    const prior_t *prior = &estimate->prior;
    return prior->distinct * prior->axes.pes_n * prior->axes.buffers_n;
}

/* ---- samples ----------------------------------------------------------------------------------------------------- */

static size_t posterior_kept(const estimate_t *self)
{
    return (size_t)self->state.n;
}

static void posterior_move_sample(estimate_t *self, size_t to, size_t from)
{
    const size_t genes = self->layers;
    const size_t shapes = PRIOR_SHAPES * self->prior.distinct;
    memmove(self->pes + to * genes, self->pes + from * genes, genes * sizeof *self->pes);
    memmove(self->buffer + to * genes, self->buffer + from * genes, genes * sizeof *self->buffer);
    for (size_t head = 0; head < 2; head++)
        memmove(self->at[head] + to * genes, self->at[head] + from * genes, genes * sizeof *self->at[head]);
    memmove(self->shapes + to * shapes, self->shapes + from * shapes, shapes * sizeof(double));
    memmove(self->kindred + to * shapes, self->kindred + from * shapes, shapes * sizeof(double));
    self->total[to] = self->total[from];
}

/* Rows and columns of the covariances close up over those that went. */
static void posterior_close_up(estimate_t *self, const size_t *left, size_t n)
{
    for (size_t wiggle = 0; wiggle < WIGGLES; wiggle++)
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j <= i; j++)
                self->covariance[wiggle][i * self->capacity + j] =
                    self->covariance[wiggle][left[i] * self->capacity + left[j]];
}

/* How many of the first n have a better total than sample i, or an equal one and came before it. */
static size_t posterior_rank_of(const estimate_t *self, size_t i, size_t n)
{
    size_t rank = 0;
    for (size_t j = 0; j < n; j++)
        rank += self->total[j] < self->total[i] || (j < i && self->total[j] == self->total[i]);
    return rank;
}

/* Down to three quarters: the newest, which tell of where the search is, and as many of the best before them. */
static void posterior_make_room(estimate_t *self)
{
    const size_t n = posterior_kept(self);
    const size_t newest = self->capacity * 3 / 8;
    const size_t older = n - newest;
    size_t left = 0;
    for (size_t i = 0; i < n; i++)
        if (i >= older || posterior_rank_of(self, i, older) < newest) self->kept[left++] = i;
    posterior_close_up(self, self->kept, left);
    for (size_t i = 0; i < left; i++)
        if (self->kept[i] != i) posterior_move_sample(self, i, self->kept[i]);
    self->state.n = (double)left;
    self->counted = left;
}

/* Fills what follows from sample i, whose genes and total are known. */
static void posterior_count_sample(estimate_t *self, size_t i);

static void posterior_take(estimate_t *self, const uint16_t *pes, const uint16_t *buffer, double total)
{
    if (isnan(total)) return;
    while (self->counted < posterior_kept(self)) posterior_count_sample(self, self->counted);
    if (posterior_kept(self) == self->capacity) posterior_make_room(self);
    const size_t at = posterior_kept(self) * self->layers;
    memcpy(self->pes + at, pes, self->layers * sizeof *pes);
    memcpy(self->buffer + at, buffer, self->layers * sizeof *buffer);
    self->total[posterior_kept(self)] = total;
    self->state.n += 1;
}

void estimate_add(estimate_t *estimate, const batch_t *batch)
{
    for (size_t e = 0; e < batch->n; e++)
        posterior_take(estimate, batch->pes + e * batch->layers, batch->buffer + e * batch->layers,
                       batch->objective[e]);
}

void estimate_inherit(estimate_t *estimate, const estimate_t *other)
{
    for (size_t i = 0; i < posterior_kept(other); i++)
        posterior_take(estimate, other->pes + i * other->layers, other->buffer + i * other->layers, other->total[i]);
}

/* ---- covariances of totals --------------------------------------------------------------------------------------- */

static void posterior_sum_shapes(estimate_t *self, size_t i)
{
    const size_t distinct = self->prior.distinct;
    double *shapes = self->shapes + i * PRIOR_SHAPES * distinct;
    memset(shapes, 0, PRIOR_SHAPES * distinct * sizeof *shapes);
    for (size_t layer = 0; layer < self->layers; layer++) {
        const size_t gene = i * self->layers + layer;
        const size_t d = problem_distinct_of(self->problem, layer);
        for (size_t shape = 0; shape < PRIOR_SHAPES; shape++)
            shapes[shape * distinct + d] += prior_shape(shape, self->pes[gene], self->buffer[gene]);
    }
    double *kindred = self->kindred + i * PRIOR_SHAPES * distinct;
    for (size_t shape = 0; shape < PRIOR_SHAPES; shape++)
        cblas_dgemv(CblasRowMajor, CblasNoTrans, (blasint)distinct, (blasint)distinct, 1, self->prior.kin,
                    (blasint)distinct, shapes + shape * distinct, 1, 0, kindred + shape * distinct, 1);
}

/* Both wiggles' share: sum over tied layers of s^2 a a' nearness. */
static void posterior_tie(const estimate_t *self, size_t i, size_t j, double sums[WIGGLES])
{
    const prior_t *prior = &self->prior;
    const size_t one = i * self->layers;
    const size_t other = j * self->layers;
    for (size_t k = 0; k < self->ties_n; k++) {
        const size_t mine = one + self->ties[k].layer;
        const size_t its = other + self->ties[k].other;
        const double scale = prior->scale[problem_distinct_of(self->problem, self->ties[k].layer)];
        const double nearness = scale * scale *
                                prior_nearness(prior, (size_t[2]){self->at[0][mine], self->at[1][mine]},
                                               (size_t[2]){self->at[0][its], self->at[1][its]});
        sums[WIGGLE_LEVEL] += nearness;
        sums[WIGGLE_FALLING] += nearness / ((double)self->pes[mine] * self->pes[its]);
    }
}

static void posterior_count_sample(estimate_t *self, size_t i)
{
    const size_t shapes = PRIOR_SHAPES * self->prior.distinct;
    const double share = prior_amplitude(WIGGLE_LEVEL, 1) * prior_amplitude(WIGGLE_LEVEL, 1);
    for (size_t gene = i * self->layers; gene < (i + 1) * self->layers; gene++) {
        self->at[0][gene] = self->place[0][self->pes[gene]];
        self->at[1][gene] = self->place[1][self->buffer[gene]];
    }
    posterior_sum_shapes(self, i);
    for (size_t j = 0; j <= i; j++) {
        double sums[WIGGLES] = {0, 0};
        posterior_tie(self, i, j, sums);
        const double common = cblas_ddot((blasint)shapes, self->shapes + i * shapes, 1, self->kindred + j * shapes, 1);
        for (size_t wiggle = 0; wiggle < WIGGLES; wiggle++)
            self->covariance[wiggle][i * self->capacity + j] = common + share * sums[wiggle];
    }
    self->counted = i + 1;
}

/* ---- the posterior ----------------------------------------------------------------------------------------------- */

/* vector <- covariance^-1 vector. Our lower triangle by rows is LAPACK's upper one by columns. */
static void posterior_solve(const estimate_t *self, double *vector)
{
    const lapack_int n = (lapack_int)posterior_kept(self);
    (void)LAPACKE_dpotrs(LAPACK_COL_MAJOR, 'U', n, 1, self->factor, (lapack_int)self->capacity, vector, n);
}

/* Condition on the samples under a hypothesis: the log likelihood up to a constant, -infinity where the covariance is
   not definite in floating point. */
static double posterior_condition(estimate_t *self, size_t wiggle, double noise)
{
    const size_t n = posterior_kept(self);
    for (size_t i = 0; i < n; i++) {
        memcpy(self->factor + i * self->capacity, self->covariance[wiggle] + i * self->capacity,
               (i + 1) * sizeof(double));
        self->factor[i * self->capacity + i] *= 1 + noise;
    }
    if (LAPACKE_dpotrf(LAPACK_COL_MAJOR, 'U', (lapack_int)n, self->factor, (lapack_int)self->capacity) != 0)
        return -INFINITY;
    memcpy(self->solution, self->total, n * sizeof(double));
    posterior_solve(self, self->solution);
    self->variance = cblas_ddot((blasint)n, self->total, 1, self->solution, 1) / (double)n;
    double likelihood = -0.5 * (double)n * log(self->variance);
    for (size_t i = 0; i < n; i++) likelihood -= log(self->factor[i * self->capacity + i]);
    return likelihood;
}

static void posterior_choose_hypothesis(estimate_t *self)
{
    double best = -INFINITY;
    for (size_t wiggle = 0; wiggle < WIGGLES; wiggle++)
        for (size_t i = 0; i < NOISES; i++) {
            const double likelihood = posterior_condition(self, wiggle, noises[i]);
            if (!(likelihood > best)) continue;
            best = likelihood;
            self->state.wiggle = (double)wiggle;
            self->state.noise = noises[i];
        }
}

bool estimate_fit(estimate_t *estimate)
{
    enum { LEAST = 2, TRIES = 9 };
    while (estimate->counted < posterior_kept(estimate)) posterior_count_sample(estimate, estimate->counted);
    if (posterior_kept(estimate) < LEAST) return false;
    if ((uint64_t)estimate->state.fits % FITS_PER_CHOICE == 0) posterior_choose_hypothesis(estimate);
    estimate->state.fits += 1;
    estimate->noise = estimate->state.noise;
    for (int tries = 0; tries < TRIES; tries++, estimate->noise *= 10)
        if (!isinf(posterior_condition(estimate, (size_t)estimate->state.wiggle, estimate->noise)))
            return estimate->variance > 0;
    return false;
}

/* Adds to the table what the weights (n) of the samples say. */
static void posterior_respond(estimate_t *self, const double *weights, double *table)
{
    const blasint n = (blasint)posterior_kept(self);
    const blasint shapes = (blasint)(PRIOR_SHAPES * self->prior.distinct);
    const axes_t *axes = &self->prior.axes;
    cblas_dgemv(CblasRowMajor, CblasTrans, n, shapes, 1, self->kindred, shapes, weights, 1, 0, self->responses, 1);
    memset(self->impulses, 0, estimate_cells(self) * sizeof(double));
    for (size_t gene = 0; gene < posterior_kept(self) * self->layers; gene++) {
        const size_t d = problem_distinct_of(self->problem, gene % self->layers);
        self->impulses[(d * axes->pes_n + self->at[0][gene]) * axes->buffers_n + self->at[1][gene]] +=
            weights[gene / self->layers];
    }
    prior_respond(&self->prior, (wiggle_t)self->state.wiggle, self->responses, self->impulses, table);
}

void estimate_mean(estimate_t *estimate, double *table)
{
    memset(table, 0, estimate_cells(estimate) * sizeof *table);
    posterior_respond(estimate, estimate->solution, table);
}

/* What a draw from the prior misses of the totals, noise drawn along. */
static void posterior_miss(estimate_t *self, rng_t *rng, double deviation, const double *table)
{
    const axes_t *axes = &self->prior.axes;
    const double *covariance = self->covariance[(size_t)self->state.wiggle];
    for (size_t i = 0; i < posterior_kept(self); i++) {
        const double noise = sqrt(self->noise * covariance[i * self->capacity + i]);
        self->misfit[i] = self->total[i] - deviation * noise * rng_normal(rng);
    }
    for (size_t gene = 0; gene < posterior_kept(self) * self->layers; gene++) {
        const size_t d = problem_distinct_of(self->problem, gene % self->layers);
        self->misfit[gene / self->layers] -=
            table[(d * axes->pes_n + self->at[0][gene]) * axes->buffers_n + self->at[1][gene]];
    }
}

void estimate_draw(estimate_t *estimate, rng_t *rng, double boldness, double *table)
{
    const double deviation = boldness * sqrt(estimate->variance);
    prior_draw(&estimate->prior, (wiggle_t)estimate->state.wiggle, rng, table);
    for (size_t i = 0; i < estimate_cells(estimate); i++) table[i] *= deviation;
    posterior_miss(estimate, rng, deviation, table);
    posterior_solve(estimate, estimate->misfit);
    posterior_respond(estimate, estimate->misfit, table);
}

/* ---- checkpoints ------------------------------------------------------------------------------------------------- */

size_t estimate_arrays(estimate_t *estimate, array_t out[ESTIMATE_ARRAYS])
{
    const size_t n = estimate->capacity;
    const size_t state = sizeof estimate->state / sizeof(double);
    out[0] = (array_t){"/estimate/pes", ARRAY_U16, 2, {n, estimate->layers}, estimate->pes, NULL};
    out[1] = (array_t){"/estimate/buffer", ARRAY_U16, 2, {n, estimate->layers}, estimate->buffer, NULL};
    out[2] = (array_t){"/estimate/total", ARRAY_F64, 1, {n}, estimate->total, NULL};
    out[3] = (array_t){"/estimate/state", ARRAY_F64, 1, {state}, &estimate->state, NULL};
    return ESTIMATE_ARRAYS;
}

const char *estimate_check(const estimate_t *estimate)
{
    const size_t layers = estimate->layers;
    const bool counted = sound_count(estimate->state.n, (double)estimate->capacity) &&
                         sound_count(estimate->state.fits, sound_count_most) &&
                         sound_count(estimate->state.wiggle, WIGGLES - 1);
    if (!counted || !isfinite(estimate->state.noise) || estimate->state.noise <= 0) return "/estimate/state";
    if (!sound_doubles(estimate->total, posterior_kept(estimate))) return "/estimate/total";
    for (size_t i = 0; i < posterior_kept(estimate); i++)
        if (!sound_genes(estimate->problem, estimate->pes + i * layers, estimate->buffer + i * layers))
            return "/estimate/pes";
    return NULL;
}
