/* REINFORCE with this network on tasks whose best policy is known. */
#include "confx/adam.h"
#include "confx/rng.h"
#include "suite.h"

#include <stdlib.h>
#include <string.h>

enum { BATCH = 16, STEPS = 6, HEADS = 2, LEVELS = 4, SIGNALS = 3, INPUTS = SIGNALS + 1 };

/* Step 0 shows a signal (0 .. 2). At odd steps head 0 must pick the signal, at even ones the last
   level; head 1 must mirror what head 0 picked or, unchained and so blind to it, should have
   picked. Reward 1 for each head that is right, so the best is known: 1 for every choice. */
typedef struct {
    policy_t *policy;
    pass_t *pass;
    adam_t adam;
    real_t *gradient;
    real_t advantage[STEPS * HEADS * BATCH];
    uint16_t choice[HEADS][STEPS * BATCH];
    uint16_t signal[BATCH];
} student_t;

static student_t *student_open(const policy_shape_t *shape)
{
    student_t *student = calloc(1, sizeof *student);
    ck_assert_ok(policy_open(shape, &student->policy));
    ck_assert_ok(pass_open(student->policy, BATCH, STEPS, &student->pass));
    ck_assert_ok(
        adam_open(policy_size(student->policy), (real_t)0.9, (real_t)0.99, &student->adam));
    student->gradient = malloc(policy_size(student->policy) * sizeof(real_t));
    policy_initialise(student->policy, 3);
    return student;
}

static void student_close(student_t *student)
{
    adam_close(&student->adam);
    pass_close(student->pass);
    policy_close(student->policy);
    free(student->gradient);
    free(student);
}

static uint16_t draw(const real_t *chances, double uniform)
{
    uint16_t level = 0;
    for (double sum = (double)chances[0]; level + 1 < LEVELS && uniform >= sum;
         sum += (double)chances[level])
        level++;
    return level;
}

/* The signal is shown at step 0 only; the step's parity always, as an input and as the table's
   row. */
static void look(student_t *student, size_t step)
{
    real_t inputs[BATCH * INPUTS] = {0};
    uint16_t rows[BATCH];
    for (size_t b = 0; b < BATCH; b++) {
        if (step == 0) inputs[b * INPUTS + student->signal[b]] = 1;
        inputs[b * INPUTS + SIGNALS] = (real_t)(step % 2);
        rows[b] = (uint16_t)(step % 2);
    }
    pass_observe(student->pass, inputs, rows);
}

static bool right(const student_t *student, size_t step, size_t head, size_t b)
{
    const size_t at = step * BATCH + b;
    const int first = step % 2 ? student->signal[b] : LEVELS - 1;
    const int mirrored = policy_shape(student->policy)->chained ? student->choice[0][at] : first;
    return student->choice[head][at] == (head ? LEVELS - 1 - mirrored : first);
}

/* Sample the block; the share of right choices. */
static double play(student_t *student, uint64_t update)
{
    uint8_t allowed[BATCH * LEVELS];
    double score = 0;
    memset(allowed, 1, sizeof allowed);
    pass_begin(student->pass, BATCH);
    for (size_t b = 0; b < BATCH; b++) student->signal[b] = (uint16_t)((b + update) % SIGNALS);
    for (size_t step = 0; step < STEPS; step++) {
        look(student, step);
        for (size_t head = 0; head < HEADS; head++) {
            uint16_t *choice = student->choice[head] + step * BATCH;
            const real_t *chances = pass_head(student->pass, head, allowed, NULL);
            for (size_t b = 0; b < BATCH; b++) {
                rng_t rng = rng_begin(1, RNG_TEST, update, b, step * HEADS + head);
                choice[b] = draw(chances + b * LEVELS, rng_uniform(&rng));
            }
            pass_choose(student->pass, head, choice);
            for (size_t b = 0; b < BATCH; b++) score += right(student, step, head, b);
        }
    }
    return score / (BATCH * STEPS * HEADS);
}

/* REINFORCE with the share of right choices as baseline. */
static void learn(student_t *student, double baseline)
{
    for (size_t step = 0; step < STEPS; step++)
        for (size_t head = 0; head < HEADS; head++)
            for (size_t b = 0; b < BATCH; b++)
                student->advantage[(step * HEADS + head) * BATCH + b] =
                    (real_t)((right(student, step, head, b) ? 1 : 0) - baseline);
    for (size_t i = 0; i < policy_size(student->policy); i++) student->gradient[i] = 0;
    pass_backward(student->pass, student->advantage, (real_t)0.05, NULL, student->gradient);
    (void)policy_clip(student->policy, 0, 10, student->gradient);
    adam_step(&student->adam, (real_t)0.004, student->gradient, policy_parameters(student->policy));
}

static void expect_learned(const policy_shape_t *shape, uint64_t updates)
{
    student_t *student = student_open(shape);
    const double untaught = play(student, 0);
    for (uint64_t update = 1; update <= updates; update++) learn(student, play(student, update));
    double taught = 0;
    for (uint64_t update = 0; update < 10; update++)
        taught += play(student, updates + 1 + update) / 10;
    ck_assert_msg(untaught < 0.4, "knows %.3f before learning", untaught);
    ck_assert_msg(taught > 0.98, "knows %.3f after %d updates", taught, (int)updates);
    student_close(student);
}

START_TEST(chained_heads_with_a_table_learn_to_remember_and_to_mirror)
{
    const policy_shape_t shape = {.inputs = {INPUTS},
                                  .lstm = 16,
                                  .heads = HEADS,
                                  .levels = {LEVELS, LEVELS},
                                  .tables = 2,
                                  .chained = true};
    expect_learned(&shape, 2000);
}
END_TEST

START_TEST(the_papers_network_in_small_learns_the_same)
{
    const policy_shape_t shape = {.inputs = {SIGNALS, 1},
                                  .encoder = 10,
                                  .trunk_layers = 1,
                                  .trunk = 32,
                                  .lstm = 32,
                                  .head = 12,
                                  .heads = HEADS,
                                  .levels = {LEVELS, LEVELS}};
    expect_learned(&shape, 2000);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("learning");
    TCase *tests = tcase_create("learning");
    suite_add_tcase(suite, tests);
    tcase_add_test(tests, chained_heads_with_a_table_learn_to_remember_and_to_mirror);
    tcase_add_test(tests, the_papers_network_in_small_learns_the_same);
    return suite_run(suite);
}
