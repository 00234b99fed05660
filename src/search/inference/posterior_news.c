/* What the posterior that is shown the samples tells its like on other ranks. */
#include "search/inference/posterior.h"

#include <assert.h>
#include <string.h>

/* What is told first. */
typedef struct {
    double samples; /* that follow: their totals, then their assignments */
    double anew;    /* they are all that is kept, and what was heard before is forgotten */
    double fitted;  /* what that is follows them, with */
    double variance, noise;
    double row; /* the first that follows of the factor */
} posterior_news_t;

static size_t posterior_news_whole(size_t bytes)
{
    return (bytes + 7) / 8 * 8;
}

static size_t posterior_news_kept(const posterior_t *self)
{
    return (size_t)self->state.n;
}

size_t posterior_news_bytes(const posterior_t *posterior)
{
    const size_t samples = posterior->capacity;
    const size_t assignments = samples * posterior->layers * posterior->axes;
    /* Totals, solution, variances, and the factor. */
    const size_t numbers = 3 * samples + samples * (samples + 1) / 2;
    return sizeof(posterior_news_t) + sizeof posterior->state + numbers * sizeof(double) +
           posterior_news_whole(assignments * sizeof *posterior->assignments);
}

/* Up to a quarter of the capacity has not gone since, whenever room was made: it is the last that
   is kept. */
static bool posterior_news_anew(const posterior_t *self)
{
    return !self->told || self->untold > self->capacity / 4;
}

/* The last n of the samples kept; of a maximum totals of old ones may have been lowered: all are
   told. */
static char *posterior_news_put_samples(const posterior_t *self, size_t n, char *out)
{
    const size_t cells = self->layers * self->axes;
    const size_t kept = posterior_news_kept(self);
    const size_t totals = self->maxima.open ? kept : n;
    const size_t bytes = n * cells * sizeof *self->assignments;
    memcpy(out, self->total + (kept - totals), totals * sizeof(double));
    out += totals * sizeof(double);
    memcpy(out, self->assignments + (kept - n) * cells, bytes);
    memset(out + bytes, 0, posterior_news_whole(bytes) - bytes);
    return out + posterior_news_whole(bytes);
}

static char *posterior_news_put_fit(posterior_t *self, char *out)
{
    const size_t n = posterior_news_kept(self);
    double *numbers = (double *)(void *)out;
    memcpy(numbers, self->solution, n * sizeof *numbers);
    memcpy(numbers + n, self->own, n * sizeof *numbers);
    return (char *)(numbers + 2 * n + factor_tell(&self->factor, numbers + 2 * n));
}

size_t posterior_tell(posterior_t *posterior, void *bytes)
{
    const bool anew = posterior_news_anew(posterior);
    const size_t n = anew ? posterior_news_kept(posterior) : posterior->untold;
    char *out = bytes;
    if (anew) posterior->factor.told = 0;
    const posterior_news_t news = {(double)n,         anew,
                                   posterior->fitted, posterior->variance,
                                   posterior->noise,  (double)posterior->factor.told};
    memcpy(out, &news, sizeof news);
    memcpy(out += sizeof news, &posterior->state, sizeof posterior->state);
    out = posterior_news_put_samples(posterior, n, out + sizeof posterior->state);
    if (posterior->fitted) out = posterior_news_put_fit(posterior, out);
    posterior->told = true;
    posterior->untold = 0;
    return (size_t)(out - (char *)bytes);
}

static void posterior_news_begin(posterior_t *self)
{
    self->state.n = 0;
    covariance_keep(&self->covariance, NULL, 0);
    factor_forget(&self->factor);
}

/* Room is made here when it was made there, as the same samples come in the same order. */
static const char *posterior_news_take_samples(posterior_t *self, const posterior_news_t *news,
                                               const char *in)
{
    const size_t n = (size_t)news->samples;
    const size_t cells = self->layers * self->axes;
    const size_t old = self->maxima.open ? posterior_news_kept(self) : 0;
    const double *totals = (const double *)(const void *)in;
    const uint16_t *assignments = (const uint16_t *)(const void *)(totals + old + n);
    memcpy(self->total, totals, old * sizeof *totals);
    for (size_t i = 0; i < n; i++) posterior_take(self, assignments + i * cells, totals[old + i]);
    posterior_catch_up(self);
    return (const char *)assignments + posterior_news_whole(n * cells * sizeof *assignments);
}

static void posterior_news_take_fit(posterior_t *self, const posterior_news_t *news, const char *in)
{
    const size_t n = posterior_news_kept(self);
    const double *numbers = (const double *)(const void *)in;
    self->variance = news->variance;
    self->noise = news->noise;
    memcpy(self->solution, numbers, n * sizeof *numbers);
    memcpy(self->own, numbers + n, n * sizeof *numbers);
    (void)factor_hear(&self->factor, (size_t)news->row, n, numbers + 2 * n);
    posterior_variances(self, self->covariance.variances);
}

void posterior_hear(posterior_t *posterior, const void *bytes)
{
    const char *state = (const char *)bytes + sizeof(posterior_news_t);
    posterior_news_t news;
    memcpy(&news, bytes, sizeof news);
    /* What samples share with each other is conditioned on where they are collected. */
    posterior->covariance.bare = true;
    if (news.anew != 0) posterior_news_begin(posterior);
    const char *fit =
        posterior_news_take_samples(posterior, &news, state + sizeof posterior->state);
    const double kept = posterior->state.n;
    memcpy(&posterior->state, state, sizeof posterior->state);
    assert(posterior->state.n == kept);
    (void)kept;
    posterior->fitted = news.fitted != 0;
    if (posterior->fitted) posterior_news_take_fit(posterior, &news, fit);
}
