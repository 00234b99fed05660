#include "search/inference/covariance.h"
#include "confx/vector.h"

#include <assert.h>
#include <cblas.h>
#include <string.h>

/* ---- opening --------------------------------------------------------------------------------- */

/* Room for the slots of each kind: its cells, or as many as all samples can use of them. */
static size_t covariance_deal_slots(covariance_t *self)
{
    const size_t cells = self->kernel->axes.cells;
    size_t slots = 0;
    for (size_t layer = 0; layer < self->layers; layer++)
        self->used[problem_distinct_of(self->problem, layer)] += self->capacity;
    for (size_t d = 0; d < self->kernel->distinct; d++) {
        self->begins[d] = slots;
        /* A kind has no more slots than cells, nor than its layers in all samples together. */
        slots += self->used[d] < cells ? self->used[d] : cells;
        self->used[d] = 0;
    }
    return slots;
}

static void covariance_forget_cells(covariance_t *self)
{
    const size_t distinct = self->kernel->distinct;
    memset(self->slot_of, 0xff, distinct * self->kernel->axes.cells * sizeof *self->slot_of);
    memset(self->used, 0, distinct * sizeof *self->used);
}

void covariance_open(const problem_t *problem, const kernel_t *kernel, size_t capacity,
                     arena_t *arena, covariance_t *covariance)
{
    const size_t distinct = kernel->distinct;
    const size_t shapes = capacity * kernel->shapes * distinct;
    *covariance = (covariance_t){.problem = problem,
                                 .kernel = kernel,
                                 .capacity = capacity,
                                 .layers = problem_layers(problem)};
    ARENA_TAKE(arena, covariance->members, capacity * covariance->layers);
    ARENA_TAKE(arena, covariance->members_n, capacity);
    ARENA_TAKE(arena, covariance->shapes, shapes);
    ARENA_TAKE(arena, covariance->related, shapes);
    for (size_t i = 0; i < KERNEL_PARTS; i++)
        ARENA_TAKE(arena, covariance->of[i], capacity * capacity);
    ARENA_TAKE(arena, covariance->whole, capacity * capacity);
    ARENA_TAKE(arena, covariance->await,
               COVARIANCE_AWAITED * covariance->layers * space_axes(kernel->axes.space));
    ARENA_TAKE(arena, covariance->parcel, COVARIANCE_AWAITED * KERNEL_GROUPS * capacity);
    ARENA_TAKE(arena, covariance->begins, distinct);
    ARENA_TAKE(arena, covariance->used, distinct);
    ARENA_TAKE(arena, covariance->slot_of, distinct * kernel->axes.cells);
    if (arena->failed) return;
    const size_t slots = covariance_deal_slots(covariance);
    covariance->slots = slots;
    ARENA_TAKE(arena, covariance->cell_of, slots);
    for (size_t axis = 0; axis < space_axes(kernel->axes.space); axis++)
        ARENA_TAKE(arena, covariance->at[axis], slots);
    ARENA_TAKE(arena, covariance->member_of, slots);
    ARENA_TAKE(arena, covariance->reach, slots);
    ARENA_TAKE(arena, covariance->nearness, slots);
    covariance_forget_cells(covariance);
}

/* ---- the members of a sample ----------------------------------------------------------------- */

/* The slot of a cell, a new one where no sample has used the cell yet. */
static uint32_t covariance_slot(covariance_t *self, uint32_t cell)
{
    const table_axes_t *axes = &self->kernel->axes;
    const size_t d = cell / axes->cells;
    if (self->slot_of[cell] != UINT32_MAX) return self->slot_of[cell];
    const size_t slot = self->begins[d] + self->used[d]++;
    size_t rest = cell % axes->cells;
    for (size_t axis = space_axes(axes->space); axis-- > 0; rest /= axes->n[axis])
        self->at[axis][slot] = (uint16_t)(rest % axes->n[axis]);
    self->slot_of[cell] = (uint32_t)slot;
    self->cell_of[slot] = (uint32_t)(cell % axes->cells);
    return (uint32_t)slot;
}

/* Where a layer's action stands in the table, which knows of an action between two of its indices
   only the lower one. */
static uint32_t covariance_cell(const covariance_t *self, size_t layer, const uint16_t *action)
{
    const table_axes_t *axes = &self->kernel->axes;
    size_t cell = problem_distinct_of(self->problem, layer);
    for (size_t axis = 0; axis < space_axes(axes->space); axis++)
        cell = cell * axes->n[axis] + axes->place[axis][action[axis]];
    assert(cell < self->kernel->distinct * axes->cells);
    return (uint32_t)cell;
}

static member_t *covariance_members(const covariance_t *self, size_t i)
{
    return self->members + i * self->layers;
}

static void covariance_add_layer(covariance_t *self, size_t i, size_t layer, const uint16_t *action)
{
    member_t *members = covariance_members(self, i);
    const uint32_t cell = covariance_cell(self, layer, action);
    const uint32_t slot = covariance_slot(self, cell);
    /* What an earlier sample left in `member_of` is told from a member of this one by its slot. */
    size_t k = self->member_of[slot];
    if (k >= self->members_n[i] || members[k].slot != slot) {
        k = self->members_n[i]++;
        self->member_of[slot] = (uint32_t)k;
        members[k] = (member_t){.cell = cell, .slot = slot};
    }
    /* Amplitudes go by the action's own value, not by that of its place in the table. */
    const double first = kernel_first(self->kernel, action);
    members[k].layers += 1;
    for (residual_t residual = 0; residual < RESIDUALS; residual++)
        members[k].weight[residual] += kernel_amplitude(residual, first);
}

/* ---- a row ----------------------------------------------------------------------------------- */

static void covariance_sum_shapes(covariance_t *self, size_t i, const uint16_t *assignment)
{
    const kernel_t *kernel = self->kernel;
    const size_t distinct = kernel->distinct;
    const size_t axes = space_axes(kernel->axes.space);
    double *shapes = self->shapes + i * kernel->shapes * distinct;
    memset(shapes, 0, kernel->shapes * distinct * sizeof *shapes);
    for (size_t layer = 0; layer < self->layers; layer++) {
        const size_t d = problem_distinct_of(self->problem, layer);
        if (assignment[layer * axes] == COVARIANCE_ABSENT) continue;
        kernel_add_action(kernel, d, assignment + layer * axes, shapes);
    }
    /* The kernel between layers is applied here, once a sample, so that the covariance of two
       samples is a plain product of two vectors. */
    double *related = self->related + i * kernel->shapes * distinct;
    for (size_t shape = 0; shape < kernel->shapes; shape++)
        cblas_dgemv(CblasRowMajor, CblasNoTrans, (blasint)distinct, (blasint)distinct, 1,
                    kernel->layer_kernel, (blasint)distinct, shapes + shape * distinct, 1, 0,
                    related + shape * distinct, 1);
}

/* Adds one member's covariance with every cell that samples have used of its kind, for the row in
   one of the places of those at work. */
static void covariance_add_reach(covariance_t *self, const member_t *member, size_t place)
{
    const kernel_t *kernel = self->kernel;
    const size_t d = member->cell / kernel->axes.cells;
    const size_t begins = self->begins[d];
    const size_t n = self->used[d];
    const double scale = kernel->scale[d] * kernel->scale[d];
    double *nearness = self->nearness + begins;
    /* The nearness of two actions is a product over axes: one axis after the other, for all cells
       at once. */
    for (size_t k = 0; k < n; k++) nearness[k] = 1;
    for (size_t axis = 0; axis < space_axes(kernel->axes.space); axis++) {
        const uint16_t *at = self->at[axis] + begins;
        const double *row =
            kernel->nearness[axis] + self->at[axis][member->slot] * kernel->axes.n[axis];
        for (size_t k = 0; k < n; k++) nearness[k] *= row[at[k]];
    }
    for (size_t residual = 0; residual < RESIDUALS; residual++) {
        const double weight = scale * member->weight[residual];
        for (size_t k = 0; k < n; k++)
            self->reach[begins + k][residual][place] += weight * nearness[k];
    }
}

static void covariance_fill_reach(covariance_t *self, size_t first, size_t n)
{
    for (size_t d = 0; d < self->kernel->distinct; d++)
        memset(self->reach + self->begins[d], 0, self->used[d] * sizeof *self->reach);
    for (size_t place = 0; place < n; place++)
        for (size_t k = 0; k < self->members_n[first + place]; k++)
            covariance_add_reach(self, covariance_members(self, first + place) + k, place);
}

/* The covariance of two samples by their shapes, group by group. */
static void covariance_relate(covariance_t *self, size_t i, size_t j)
{
    const kernel_t *kernel = self->kernel;
    const size_t distinct = kernel->distinct;
    const double *mine = self->shapes + i * kernel->shapes * distinct;
    const double *its = self->related + j * kernel->shapes * distinct;
    /* Shapes are listed group by group: those of one are a single product. */
    for (size_t shape = 0, end; shape < kernel->shapes; shape = end) {
        const shape_group_t group = kernel->list[shape].group;
        for (end = shape + 1; end < kernel->shapes && kernel->list[end].group == group;) end++;
        self->of[group][i * self->capacity + j] =
            cblas_ddot((blasint)((end - shape) * distinct), mine + shape * distinct, 1,
                       its + shape * distinct, 1);
    }
}

/* Of row i the columns from `first` on. */
static void covariance_weigh_row(covariance_t *self, size_t i, size_t first)
{
    const size_t at = i * self->capacity + first;
    memset(self->whole + at, 0, (i + 1 - first) * sizeof *self->whole);
    for (size_t part = 0; part < KERNEL_PARTS; part++)
        if (self->variances[part] > 0)
            cblas_daxpy((blasint)(i + 1 - first), self->variances[part], self->of[part] + at, 1,
                        self->whole + at, 1);
}

void covariance_weigh(covariance_t *covariance, const double *variances, size_t first)
{
    /* Rows begin at a multiple of what BLAS takes at once, so that each number has the same bits
       from wherever its row is weighed. */
    enum { AT_ONCE = 32 };
    const size_t from = first / AT_ONCE * AT_ONCE;
    memcpy(covariance->variances, variances, sizeof covariance->variances);
    for (size_t i = from; i < covariance->n; i++) covariance_weigh_row(covariance, i, from);
    covariance->weighed_from = from;
}

/* The covariance by their residuals of sample j with all that have a row at work, side by side. */
WIDE static void covariance_tie(covariance_t *self, size_t first, size_t n, size_t j)
{
    double sums[RESIDUALS][COVARIANCE_TOGETHER] = {{0}};
    const member_t *members = covariance_members(self, j);
    for (size_t k = 0; k < self->members_n[j]; k++)
        for (size_t residual = 0; residual < RESIDUALS; residual++)
            for (size_t place = 0; place < COVARIANCE_TOGETHER; place++)
                sums[residual][place] +=
                    members[k].weight[residual] * self->reach[members[k].slot][residual][place];
    for (size_t residual = 0; residual < RESIDUALS; residual++)
        for (size_t place = j > first ? j - first : 0; place < n; place++)
            self->of[KERNEL_GROUPS + residual][(first + place) * self->capacity + j] =
                sums[residual][place];
}

/* The covariance of a sum is the sum of the covariances of its terms: over all pairs of layers for
   the shared shapes, over pairs of one kind for the residual. What an earlier sample has is read
   once for all rows at work. */
static void covariance_fill_rows(covariance_t *self, size_t first, size_t n,
                                 const size_t known[COVARIANCE_TOGETHER])
{
    covariance_fill_reach(self, first, n);
    for (size_t j = 0; j < first + n; j++) {
        for (size_t i = j > first ? j : first; i < first + n; i++)
            if (j >= known[i - first]) covariance_relate(self, i, j);
        covariance_tie(self, first, n, j);
    }
    for (size_t i = first; i < first + n; i++) covariance_weigh_row(self, i, 0);
}

/* ---- what was prepared ----------------------------------------------------------------------- */

/* The columns of one portion. */
static size_t covariance_begins(const covariance_t *self, size_t portion, size_t of)
{
    return self->awaited_from * portion / of;
}

size_t covariance_prepare(covariance_t *covariance, size_t n, const portion_t *mine)
{
    const size_t cells = covariance->layers * space_axes(covariance->kernel->axes.space);
    double *out = covariance->parcel;
    covariance->awaited = covariance->n + n <= covariance->capacity ? n : 0;
    covariance->awaited_from = covariance->n;
    covariance->passed = 0;
    for (size_t i = 0; i < covariance->awaited; i++)
        covariance_sum_shapes(covariance, covariance->n + i, covariance->await + i * cells);
    for (size_t portion = mine->first; portion < mine->first + mine->n; portion++) {
        const size_t begins = covariance_begins(covariance, portion, mine->of);
        const size_t ends = covariance_begins(covariance, portion + 1, mine->of);
        /* A portion is a range of earlier samples: each unit works out the columns of its own, of
           all samples that are awaited. */
        for (size_t j = begins; j < ends; j++)
            for (size_t i = 0; i < covariance->awaited; i++)
                covariance_relate(covariance, covariance->n + i, j);
        for (size_t i = 0; i < covariance->awaited; i++)
            for (size_t group = 0; group < KERNEL_GROUPS; group++, out += ends - begins)
                memcpy(out,
                       covariance->of[group] + (covariance->n + i) * covariance->capacity + begins,
                       (ends - begins) * sizeof *out);
    }
    return (size_t)(out - covariance->parcel);
}

void covariance_prepared(covariance_t *covariance, size_t portions, const double *all, size_t n)
{
    const double *in = all;
    if (covariance->bare) return;
    for (size_t portion = 0; covariance->awaited > 0 && portion < portions; portion++) {
        const size_t begins = covariance_begins(covariance, portion, portions);
        const size_t ends = covariance_begins(covariance, portion + 1, portions);
        for (size_t i = 0; i < covariance->awaited; i++)
            for (size_t group = 0; group < KERNEL_GROUPS; group++, in += ends - begins)
                memcpy(covariance->of[group] + (covariance->n + i) * covariance->capacity + begins,
                       in, (ends - begins) * sizeof *in);
    }
    assert((size_t)(in - all) == n);
    (void)n;
}

/* What was prepared in one place belongs to an earlier one, where a sample between was not taken.
 */
static void covariance_move_prepared(covariance_t *self, size_t to, size_t from)
{
    const size_t shapes = self->kernel->shapes * self->kernel->distinct;
    if (to == from) return;
    memcpy(self->shapes + to * shapes, self->shapes + from * shapes, shapes * sizeof(double));
    memcpy(self->related + to * shapes, self->related + from * shapes, shapes * sizeof(double));
    for (size_t group = 0; group < KERNEL_GROUPS; group++)
        memcpy(self->of[group] + to * self->capacity, self->of[group] + from * self->capacity,
               self->awaited_from * sizeof(double));
}

/* Was this sample, which is to have row i, prepared? Awaited samples come in their order, though
   some may not come; with one that was not awaited the others are given up, as their places are
   taken. */
static bool covariance_use_prepared(covariance_t *self, size_t i, const uint16_t *assignment)
{
    const size_t cells = self->layers * space_axes(self->kernel->axes.space);
    while (self->passed < self->awaited) {
        const size_t at = self->passed++;
        /* One that was awaited and does not come was invalid, and has no total. */
        if (memcmp(self->await + at * cells, assignment, cells * sizeof *assignment) != 0) continue;
        assert(i >= self->awaited_from && i <= self->awaited_from + at);
        covariance_move_prepared(self, i, self->awaited_from + at);
        return true;
    }
    return false;
}

/* ---- rows ------------------------------------------------------------------------------------ */

/* How many columns of the row are known already by its shapes. */
static size_t covariance_take(covariance_t *self, const uint16_t *assignment)
{
    const size_t i = self->n++;
    const size_t axes = space_axes(self->kernel->axes.space);
    assert(i < self->capacity);
    self->members_n[i] = 0;
    for (size_t layer = 0; layer < self->layers; layer++)
        if (assignment[layer * axes] != COVARIANCE_ABSENT)
            covariance_add_layer(self, i, layer, assignment + layer * axes);
    if (covariance_use_prepared(self, i, assignment)) return self->awaited_from;
    covariance_sum_shapes(self, i, assignment);
    return 0;
}

void covariance_append(covariance_t *covariance, const uint16_t *assignments, size_t n)
{
    const size_t cells = covariance->layers * space_axes(covariance->kernel->axes.space);
    for (size_t done = 0; done < n;) {
        const size_t first = covariance->n;
        const size_t left = n - done;
        const size_t rows = left < COVARIANCE_TOGETHER ? left : COVARIANCE_TOGETHER;
        size_t known[COVARIANCE_TOGETHER] = {0};
        for (size_t i = 0; i < rows; i++)
            known[i] = covariance_take(covariance, assignments + (done + i) * cells);
        if (!covariance->bare) covariance_fill_rows(covariance, first, rows, known);
        done += rows;
    }
}

/* ---- fewer samples --------------------------------------------------------------------------- */

/* Members get slots anew, of the cells that are still used. */
static void covariance_move_sample(covariance_t *self, size_t to, size_t from)
{
    const size_t shapes = self->kernel->shapes * self->kernel->distinct;
    member_t *members = covariance_members(self, to);
    memmove(members, covariance_members(self, from), self->members_n[from] * sizeof *members);
    memmove(self->shapes + to * shapes, self->shapes + from * shapes, shapes * sizeof(double));
    memmove(self->related + to * shapes, self->related + from * shapes, shapes * sizeof(double));
    self->members_n[to] = self->members_n[from];
    for (size_t k = 0; k < self->members_n[to]; k++)
        members[k].slot = covariance_slot(self, members[k].cell);
}

/* Rows and columns close up over those that went; a row comes from below all that were written
   before it. */
static void covariance_close_up(covariance_t *self, const size_t *kept, size_t i)
{
    const size_t stride = self->capacity;
    for (size_t j = 0, n; j <= i; j += n) {
        for (n = 1; j + n <= i && kept[j + n] == kept[j] + n;) n++;
        for (size_t part = 0; part < KERNEL_PARTS; part++)
            memmove(self->of[part] + i * stride + j, self->of[part] + kept[i] * stride + kept[j],
                    n * sizeof *self->whole);
    }
    covariance_weigh_row(self, i, 0);
}

void covariance_keep(covariance_t *covariance, const size_t *kept, size_t n)
{
    covariance->awaited = 0;
    covariance_forget_cells(covariance);
    for (size_t i = 0; i < n; i++) {
        assert(kept[i] >= i && kept[i] < covariance->n);
        covariance_move_sample(covariance, i, kept[i]);
        if (!covariance->bare) covariance_close_up(covariance, kept, i);
    }
    covariance->n = n;
    covariance->weighed_from = 0;
}
