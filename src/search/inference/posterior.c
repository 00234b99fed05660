#include "search/inference/posterior.h"
#include "confx/try.h"
#include "search/common/moves.h"
#include "search/common/sound.h"

#include <assert.h>
#include <cblas.h>
#include <math.h>
#include <string.h>

/* Hypotheses: for each part of the kernel a variance, in steps of a factor from where it starts;
   the lowest step stands for 0. Noise per variance of a total, from none to speak of to what does
   not add up, in steps of a factor as well. */
static const struct {
    double variance, step;
} starts[KERNEL_PARTS] = {
    [GROUP_SPREAD] = {1, 0},
    [GROUP_WAVES] = {0.25, 0},
    [GROUP_TILED_WAVES] = {0.25, 0},
    [GROUP_CLUSTER_WAVES] = {0.25, 0},
    [GROUP_TILES] = {0.25, 0},
    [KERNEL_GROUPS + (int) RESIDUAL_FALLING] = {0.25, 0},
    [KERNEL_GROUPS + (int) RESIDUAL_LEVEL] = {0.25, -4},
};
static const double factor_of_step = 9;
enum { STEP_LEAST = -4, STEP_MOST = 2 };
static const double noise_start = 1e-6, noise_least = 1e-8, noise_most = 1e-2, noise_factor = 100;
enum { LEAST = 2 }; /* samples that say something */
/* The likeliest is looked for when there are so many times the samples of the last time, among
   those a step away, by so many of the newest samples: each look takes a factor. */
static const double growth = 1.25;
enum { LOOKED_AT = 300 };
enum { TILE = 64 }; /* rows or columns of a matrix that are gone through for all functions */
static const double most_noise = 1.5e8; /* tried, per noise of the hypothesis */

/* ---- opening --------------------------------------------------------------------------------- */

static confx_status_t posterior_fill(posterior_t *self, space_part_t part)
{
    const size_t samples = self->capacity;
    arena_t *arena = &self->arena;
    TRY(kernel_open(self->problem, part, &self->kernel));
    /* The samples themselves come first, then what follows from them: 600 samples take 9 MB of
       matrices over all pairs. */
    ARENA_TAKE(arena, self->assignments, samples * self->layers * self->axes);
    ARENA_TAKE(arena, self->total, samples);
    covariance_open(self->problem, &self->kernel, samples, arena, &self->covariance);
    maxima_open(self->problem, &self->kernel, arena, &self->maxima);
    factor_open(samples, arena, &self->factor);
    ARENA_TAKE(arena, self->solution, samples);
    ARENA_TAKE(arena, self->own, samples);
    for (size_t i = 0; i < POSTERIOR_TOGETHER; i++) {
        ARENA_TAKE(arena, self->weights[i], samples);
        ARENA_TAKE(arena, self->drawn[i], self->kernel.shapes * self->kernel.distinct);
        ARENA_TAKE(arena, self->responses[i], self->kernel.shapes * self->kernel.distinct);
        ARENA_TAKE(arena, self->impulses[i], self->covariance.slots);
    }
    ARENA_TAKE(arena, self->dense, self->kernel.axes.cells);
    ARENA_TAKE(arena, self->kept, samples);
    ARENA_TAKE(arena, self->one, self->layers * self->axes);
    return arena_status(arena, "what %zu samples say of each action", samples);
}

confx_status_t posterior_open(problem_t *problem, space_part_t part, size_t capacity,
                              posterior_t *posterior)
{
    *posterior = (posterior_t){.problem = problem,
                               .layers = problem_layers(problem),
                               .axes = space_axes(problem_space(problem)),
                               .capacity = capacity};
    posterior->state.noise = noise_start;
    for (size_t i = 0; i < KERNEL_PARTS; i++) posterior->state.step[i] = starts[i].step;
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

/* How many of the first n have a better total than sample i, or an equal one and came before it. */
static size_t posterior_rank_of(const posterior_t *self, size_t i, size_t n)
{
    size_t rank = 0;
    for (size_t j = 0; j < n; j++)
        rank += self->total[j] < self->total[i] || (j < i && self->total[j] == self->total[i]);
    return rank;
}

maxima_least_t posterior_least(const posterior_t *posterior)
{
    maxima_least_t least = {INFINITY, INFINITY};
    for (size_t i = 0; i < posterior_kept(posterior); i++) {
        const double total = posterior->total[i];
        const uint16_t *assignment = posterior_assignment(posterior, i);
        least.unit = fmin(least.unit, total);
        least.rate = fmin(least.rate, maxima_rate(&posterior->maxima, assignment, total));
    }
    return least;
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
    const size_t cells = self->layers * self->axes;
    for (size_t i = 0; i < left; i++) {
        memmove(posterior_assignment(self, i), posterior_assignment(self, self->kept[i]),
                cells * sizeof *self->assignments);
        self->total[i] = self->total[self->kept[i]];
    }
    covariance_keep(&self->covariance, self->kept, left);
    factor_forget(&self->factor);
    self->state.n = (double)left;
    /* Who hears of samples has not heard yet of all that was lowered, and cannot tell which go. */
    if (self->maxima.open) self->told = false;
}

/* A row of the covariance is filled when it is needed: the samples of a checkpoint are read without
   theirs. */
void posterior_catch_up(posterior_t *posterior)
{
    const size_t n = posterior->covariance.n;
    covariance_append(&posterior->covariance, posterior_assignment(posterior, n),
                      posterior_kept(posterior) - n);
}

void posterior_take(posterior_t *posterior, const uint16_t *assignment, double total)
{
    if (isnan(total)) return;
    if (posterior_kept(posterior) == posterior->capacity) {
        posterior_catch_up(posterior);
        posterior_make_room(posterior);
    }
    /* Actions that mean the same to a layer have one place in the table. */
    uint16_t *mine = posterior_assignment(posterior, posterior_kept(posterior));
    moves_copy(posterior->problem, mine, assignment);
    if (!posterior->maxima.open) moves_canonical(posterior->problem, mine);
    posterior->total[posterior_kept(posterior)] = total;
    posterior->state.n += 1;
    posterior->state.taken += 1;
    posterior->untold++;
}

/* Of a maximum: what was noted before may cost less, by this total. */
static void posterior_note(posterior_t *self, uint16_t *assignment, double total)
{
    if (isnan(total)) return;
    moves_canonical(self->problem, assignment);
    const bool noted = maxima_note(&self->maxima, assignment, total);
    for (size_t i = 0; i < posterior_kept(self); i++)
        /* Samples that were kept may have the same layer in them: their totals are lowered to what
           the layer can cost at the most. */
        self->total[i] = maxima_lower(&self->maxima, posterior_assignment(self, i), self->total[i]);
    if (noted) posterior_take(self, assignment, total);
}

void posterior_add(posterior_t *posterior, const batch_t *batch)
{
    const terms_t *terms = problem_terms(posterior->problem);
    for (size_t e = 0; e < batch->n; e++) {
        const uint16_t *assignment = batch_assignment(batch, e);
        const double total = terms_penalised(terms, &batch->scores[e]);
        if (posterior->maxima.open) {
            moves_copy(posterior->problem, posterior->one, assignment);
            posterior_note(posterior, posterior->one, total);
            continue;
        }
        /* What is known beforehand is divided out: the totals that are inferred from add up over
           layers. */
        const double known = problem_assignment_known(posterior->problem, assignment);
        posterior_take(posterior, assignment, terms_without_known(terms, total, known));
    }
}

void posterior_inherit(posterior_t *posterior, const posterior_t *other)
{
    for (size_t i = 0; i < posterior_kept(other); i++)
        posterior_take(posterior, posterior_assignment(other, i), other->total[i]);
}

/* ---- before samples are scored --------------------------------------------------------------- */

const void *posterior_prepare(posterior_t *posterior, const uint16_t *assignments, size_t n,
                              const portion_t *mine, size_t *bytes)
{
    const size_t cells = posterior->layers * posterior->axes;
    covariance_t *covariance = &posterior->covariance;
    *bytes = 0;
    covariance->awaited = 0;
    if (n > COVARIANCE_AWAITED || posterior->maxima.open) return NULL;
    for (size_t i = 0; i < n; i++) {
        uint16_t *canonical = covariance->await + i * cells;
        moves_copy(posterior->problem, canonical, assignments + i * cells);
        moves_canonical(posterior->problem, canonical);
    }
    *bytes = covariance_prepare(covariance, n, mine) * sizeof *covariance->parcel;
    return covariance->parcel;
}

void posterior_prepared(posterior_t *posterior, size_t portions, const void *all, size_t bytes)
{
    covariance_prepared(&posterior->covariance, portions, all, bytes / sizeof(double));
}

/* ---- the posterior --------------------------------------------------------------------------- */

/* Condition on the samples from `first` on under a hypothesis: the log likelihood up to a constant,
   -infinity where the covariance is not definite in floating point. The factor's rows are of the
   same hypothesis, or forgotten. */
static double posterior_condition(posterior_t *self, size_t first, double noise)
{
    const size_t n = posterior_kept(self) - first;
    /* Noise is relative to each total's own variance, as what does not add up grows with it. */
    const covariance_view_t covariance = {self->covariance.whole + first * (self->capacity + 1),
                                          self->capacity, noise};
    /* The factor has the rows of earlier samples already, and only the new ones are worked out. */
    if (!factor_extend(&self->factor, &covariance, n)) return -INFINITY;
    /* Totals = factor factor^T solution; the variance that makes them likeliest is in closed form,
       and with it the likelihood is -n/2 ln variance - ln det factor (Rasmussen and Williams
       5.8). */
    memcpy(self->solution, self->total + first, n * sizeof(double));
    factor_solve(&self->factor, self->solution);
    self->variance = cblas_ddot((blasint)n, self->total + first, 1, self->solution, 1) / (double)n;
    return -0.5 * (double)n * log(self->variance) - factor_log_determinant(&self->factor);
}

void posterior_variances(const posterior_t *posterior, double variances[KERNEL_PARTS])
{
    for (size_t part = 0; part < KERNEL_PARTS; part++) {
        const double step = posterior->state.step[part];
        variances[part] = step > STEP_LEAST ? starts[part].variance * pow(factor_of_step, step) : 0;
    }
}

/* The covariance of the samples from `first` on under the hypothesis at hand; where that has
   changed the factor is of no use. */
static void posterior_weigh(posterior_t *self, size_t first)
{
    double variances[KERNEL_PARTS];
    posterior_variances(self, variances);
    bool changed = self->covariance.weighed_from > first;
    for (size_t part = 0; part < KERNEL_PARTS; part++)
        changed = changed || variances[part] != self->covariance.variances[part];
    if (!changed) return;
    covariance_weigh(&self->covariance, variances, first);
    factor_forget(&self->factor);
}

/* Under the hypothesis at hand, by the newest samples. */
static double posterior_likelihood(posterior_t *self)
{
    const size_t n = posterior_kept(self);
    const size_t first = n > LOOKED_AT ? n - LOOKED_AT : 0;
    posterior_weigh(self, first);
    factor_forget(&self->factor);
    return posterior_condition(self, first, self->state.noise);
}

/* Takes `value` in place of what is there if that is likelier. */
static void posterior_try(posterior_t *self, double *there, double value, double *best)
{
    const double before = *there;
    *there = value;
    const double likelihood = posterior_likelihood(self);
    if (likelihood > *best)
        *best = likelihood;
    else
        *there = before;
}

/* One coordinate after the other, a step up or down. Of the parts the first one stays: what counts
   is their proportion, as the prior's variance is fitted. */
static void posterior_choose_hypothesis(posterior_t *self)
{
    /* Coordinate ascent from where the last one ended: hypotheses change little as samples come
       in. */
    double best = posterior_likelihood(self);
    for (size_t part = 1; part < KERNEL_PARTS; part++) {
        double *step = &self->state.step[part];
        const double before = *step;
        if (before < STEP_MOST) posterior_try(self, step, before + 1, &best);
        if (before > STEP_LEAST) posterior_try(self, step, before - 1, &best);
    }
    const double noise = self->state.noise;
    posterior_try(self, &self->state.noise, fmin(noise_most, noise * noise_factor), &best);
    posterior_try(self, &self->state.noise, fmax(noise_least, noise / noise_factor), &best);
}

void posterior_choose(posterior_t *posterior)
{
    if (posterior_kept(posterior) < LEAST ||
        posterior->state.taken < growth * posterior->state.chosen)
        return;
    posterior_catch_up(posterior);
    /* Where nothing was chosen yet what is likely is far from where all begin. */
    if (posterior->state.chosen == 0) posterior_choose_hypothesis(posterior);
    posterior_choose_hypothesis(posterior);
    posterior->state.chosen = posterior->state.taken;
    factor_forget(&posterior->factor);
}

static bool posterior_refit(posterior_t *posterior)
{
    posterior_choose(posterior);
    posterior_catch_up(posterior);
    if (posterior_kept(posterior) < LEAST) return false;
    posterior_weigh(posterior, 0);
    posterior->state.fits += 1;
    /* A factor that rows are appended to has the noise that it needed so far. One made anew needs
       no less, as it contains these rows: both come to the same. */
    if (posterior->factor.n == 0) posterior->noise = posterior->state.noise;
    /* Samples that are nearly the same make the matrix singular; ten times the noise each try. */
    for (; posterior->noise <= most_noise * posterior->state.noise; posterior->noise *= 10)
        if (!isinf(posterior_condition(posterior, 0, posterior->noise)))
            return posterior->variance > 0;
    return false;
}

bool posterior_fit(posterior_t *posterior)
{
    const bool fits = posterior_refit(posterior);
    const posterior_function_t mean = {.table = posterior->maxima.mean};
    for (size_t i = 0; i < posterior_kept(posterior); i++)
        posterior->own[i] = posterior->covariance.whole[i * (posterior->capacity + 1)];
    if (posterior->maxima.open && fits) posterior_find(posterior, &mean, 1);
    posterior->maxima.believed = fits;
    posterior->fitted = fits;
    return fits;
}

static void posterior_draw_one(posterior_t *self, size_t at, const posterior_function_t *function)
{
    kernel_draw(&self->kernel, self->covariance.variances, function->rng, self->drawn[at],
                function->table);
}

void posterior_draw(posterior_t *posterior, const posterior_function_t *functions, size_t n)
{
    assert(n <= POSTERIOR_TOGETHER);
    for (size_t i = 0; i < n; i++)
        if (functions[i].rng) posterior_draw_one(posterior, i, &functions[i]);
}

/* Draws from the prior: their residuals in the table, their shapes apart, and the totals with noise
   drawn along in place of the weights of samples. */
static void posterior_draw_prior(posterior_t *self, size_t at, const posterior_function_t *function)
{
    const size_t distinct = self->kernel.distinct;
    const double deviation = function->boldness * sqrt(self->variance);
    double *drawn = self->drawn[at];
    if (!function->begun) posterior_draw_one(self, at, function);
    cblas_dscal((blasint)(self->kernel.shapes * distinct), deviation, drawn, 1);
    /* Shapes and residuals were drawn with the kernel's variances; both are brought to the variance
       that was fitted to the totals. */
    for (size_t i = 0; i < posterior_cells(self); i++) function->table[i] *= deviation;
    for (size_t i = 0; i < posterior_kept(self); i++) {
        const double noise = sqrt(self->noise * self->own[i]);
        self->weights[at][i] = self->total[i] - deviation * noise * rng_normal(function->rng);
    }
    for (size_t shape = 0; shape < self->kernel.shapes; shape++) {
        const double variance = self->covariance.variances[self->kernel.list[shape].group];
        for (size_t d = 0; d < distinct; d++)
            self->responses[at][shape * distinct + d] = variance * drawn[shape * distinct + d];
    }
}

/* What the drawn functions say of the same assignments goes from the totals by their shapes, as
   these are summed over the layers of each already, which is far less than a table of them. So many
   samples at a time stay near the processor for all functions. */
static void posterior_miss_shapes(posterior_t *self, const posterior_function_t *functions,
                                  size_t n)
{
    const size_t samples = posterior_kept(self);
    const size_t shapes = self->kernel.shapes * self->kernel.distinct;
    for (size_t first = 0; first < samples; first += TILE) {
        const size_t rows = samples - first < TILE ? samples - first : TILE;
        for (size_t i = 0; i < n; i++)
            if (functions[i].rng)
                cblas_dgemv(CblasRowMajor, CblasNoTrans, (blasint)rows, (blasint)shapes, -1,
                            self->covariance.shapes + first * shapes, (blasint)shapes,
                            self->responses[i], 1, 1, self->weights[i] + first, 1);
    }
}

/* The same by their residuals. What is missed then, solved for, corrects the draw: pathwise
   conditioning, prior draw + K K_nn^-1 (totals - noise - prior draw at the samples). */
static void posterior_correct(posterior_t *self, size_t at, const posterior_function_t *function)
{
    double *misfit = self->weights[at];
    for (size_t i = 0; i < posterior_kept(self); i++) {
        const member_t *members = self->covariance.members + i * self->layers;
        for (size_t k = 0; k < self->covariance.members_n[i]; k++)
            misfit[i] -= members[k].layers * function->table[members[k].cell];
    }
    factor_solve(&self->factor, misfit);
}

/* What the samples by their weights say of the shapes, so many numbers of all samples at a time. */
static void posterior_gather_shapes(posterior_t *self, size_t n)
{
    const blasint samples = (blasint)posterior_kept(self);
    const size_t shapes = self->kernel.shapes * self->kernel.distinct;
    for (size_t first = 0; first < shapes; first += TILE) {
        const size_t columns = shapes - first < TILE ? shapes - first : TILE;
        for (size_t i = 0; i < n; i++)
            cblas_dgemv(CblasRowMajor, CblasTrans, samples, (blasint)columns, 1,
                        self->covariance.related + first, (blasint)shapes, self->weights[i], 1, 0,
                        self->responses[i] + first, 1);
    }
}

/* An impulse wherever a sample stood. */
static void posterior_gather_impulses(posterior_t *self, const double *weights, double *impulses)
{
    for (size_t d = 0; d < self->kernel.distinct; d++)
        memset(impulses + self->covariance.begins[d], 0,
               self->covariance.used[d] * sizeof *impulses);
    for (size_t i = 0; i < posterior_kept(self); i++) {
        const member_t *members = self->covariance.members + i * self->layers;
        for (size_t k = 0; k < self->covariance.members_n[i]; k++)
            impulses[members[k].slot] += weights[i] * members[k].layers;
    }
}

/* The impulses of one kind, cell by cell. */
static const double *posterior_impulses(posterior_t *self, size_t i, size_t distinct)
{
    const size_t begins = self->covariance.begins[distinct];
    memset(self->dense, 0, self->kernel.axes.cells * sizeof *self->dense);
    for (size_t k = begins; k < begins + self->covariance.used[distinct]; k++)
        self->dense[self->covariance.cell_of[k]] = self->impulses[i][k];
    return self->dense;
}

/* The weights of samples that make each function what it is, and its prior. */
static void posterior_weigh_samples(posterior_t *self, const posterior_function_t *functions,
                                    size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (functions[i].rng) {
            posterior_draw_prior(self, i, &functions[i]);
            continue;
        }
        /* The mean has no draw of its own: its prior is 0 everywhere. */
        memset(functions[i].table, 0, posterior_cells(self) * sizeof(double));
        memcpy(self->weights[i], self->solution, posterior_kept(self) * sizeof(double));
    }
    posterior_miss_shapes(self, functions, n);
    for (size_t i = 0; i < n; i++)
        if (functions[i].rng) posterior_correct(self, i, &functions[i]);
}

void posterior_find(posterior_t *posterior, const posterior_function_t *functions, size_t n)
{
    const size_t cells = posterior->kernel.axes.cells;
    const blasint shapes = (blasint)(posterior->kernel.shapes * posterior->kernel.distinct);
    assert(n <= POSTERIOR_TOGETHER);
    posterior_weigh_samples(posterior, functions, n);
    posterior_gather_shapes(posterior, n);
    for (size_t i = 0; i < n; i++) {
        if (functions[i].rng)
            cblas_daxpy(shapes, 1, posterior->drawn[i], 1, posterior->responses[i], 1);
        posterior_gather_impulses(posterior, posterior->weights[i], posterior->impulses[i]);
    }
    /* The kernel turns both into costs of points: of one kind after the other, of which it reads
       the shapes once for all functions. */
    for (size_t d = 0; d < posterior->kernel.distinct; d++)
        for (size_t i = 0; i < n; i++)
            kernel_respond(&posterior->kernel, posterior->covariance.variances, d,
                           posterior->responses[i], posterior_impulses(posterior, i, d),
                           functions[i].table + d * cells);
}

/* ---- checkpoints ----------------------------------------------------------------------------- */

size_t posterior_arrays(posterior_t *posterior, array_t out[POSTERIOR_ARRAYS_MAX])
{
    const size_t n = posterior->capacity;
    const size_t state = sizeof posterior->state / sizeof(double);
    out[0] =
        (array_t){"/posterior/assignments", ARRAY_U16, 3, {n, posterior->layers, posterior->axes},
                  posterior->assignments,   NULL};
    out[1] = (array_t){"/posterior/total", ARRAY_F64, 1, {n}, posterior->total, NULL};
    out[2] = (array_t){"/posterior/state", ARRAY_F64, 1, {state}, &posterior->state, NULL};
    if (!posterior->maxima.open) return POSTERIOR_ARRAYS;
    out[3] = (array_t){"/posterior/upper",      ARRAY_F32, 1, {posterior_cells(posterior)},
                       posterior->maxima.upper, NULL};
    return POSTERIOR_ARRAYS_MAX;
}

static bool posterior_is_sound(const posterior_t *self, const uint16_t *assignment)
{
    return self->maxima.open
               ? maxima_is_sound(&self->maxima, assignment)
               : space_is_sound(problem_space(self->problem), self->layers, assignment);
}

const char *posterior_check(const posterior_t *posterior)
{
    const bool counted = sound_count(posterior->state.n, (double)posterior->capacity) &&
                         sound_count(posterior->state.fits, sound_count_most) &&
                         sound_count(posterior->state.taken, sound_count_most) &&
                         sound_count(posterior->state.chosen, posterior->state.taken) &&
                         posterior->state.n <= posterior->state.taken;
    if (!counted || !isfinite(posterior->state.noise) || posterior->state.noise <= 0)
        return "/posterior/state";
    for (size_t i = 0; i < KERNEL_PARTS; i++)
        if (!sound_count(posterior->state.step[i] - STEP_LEAST, STEP_MOST - STEP_LEAST))
            return "/posterior/state";
    if (!sound_doubles(posterior->total, posterior_kept(posterior))) return "/posterior/total";
    for (size_t i = 0; i < posterior_kept(posterior); i++)
        if (!posterior_is_sound(posterior, posterior_assignment(posterior, i)))
            return "/posterior/assignments";
    return NULL;
}
