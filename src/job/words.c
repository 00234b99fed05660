/* The words behind the enumerations of a job. */
#include "confx/job.h"

#include <math.h>
#include <string.h>

#define WORD(constant, word)              word,
#define WORD_UNITS(constant, word, units) word,
#define UNITS(constant, word, units)      units,

const char *objective_name(objective_t objective)
{
    static const char *const words[] = {OBJECTIVE_LIST(WORD_UNITS)};
    return words[objective];
}

const char *objective_units(objective_t objective)
{
    static const char *const units[] = {OBJECTIVE_LIST(UNITS)};
    return units[objective];
}

const char *constraint_name(constraint_t constraint)
{
    static const char *const words[] = {CONSTRAINT_LIST(WORD_UNITS)};
    return words[constraint];
}

const char *constraint_units(constraint_t constraint)
{
    static const char *const units[] = {CONSTRAINT_LIST(UNITS)};
    return units[constraint];
}

const char *algorithm_name(algorithm_t algorithm)
{
    static const char *const words[] = {ALGORITHM_LIST(WORD)};
    return words[algorithm];
}

const char *preset_name(preset_t preset)
{
    static const char *const words[] = {PRESET_LIST(WORD)};
    return words[preset];
}

bool objective_adds_up(objective_t objective)
{
    return objective != OBJECTIVE_EDP;
}

const char *objective_meaning(objective_t objective)
{
    return objective_adds_up(objective) ? "summed over the layers" : "the network's cycles times its energy";
}

feedback_t job_feedback(const job_t *job)
{
    return objective_adds_up(job->objective) ? job->search.feedback : FEEDBACK_TOTAL;
}

double job_budget_fraction(const job_budget_t *budget)
{
#define BUDGET(word, fraction) {word, fraction},
    static const struct {
        const char *word;
        double fraction;
    } budgets[] = {BUDGET_LIST(BUDGET)};
#undef BUDGET
    if (budget->fraction) return *budget->fraction;
    for (size_t i = 0; budget->name && i < sizeof budgets / sizeof *budgets; i++)
        if (strcmp(budgets[i].word, budget->name) == 0) return budgets[i].fraction;
    return NAN;
}
