/* The words that job files choose from: enumerations, their names and their units. */
#ifndef CONFX_WORDS_H
#define CONFX_WORDS_H

#include <stdbool.h>

/* Enumerations are spelled once: X(constant, word in the job file, ...). */
#define DEPLOYMENT_LIST(X) X(DEPLOYMENT_PIPELINED, "pipelined")
/* EDP: the cycles of the network times its energy, no sum over layers. */
#define OBJECTIVE_LIST(X)                                                                          \
    X(OBJECTIVE_LATENCY, "latency", "cycles")                                                      \
    X(OBJECTIVE_ENERGY, "energy", "nJ")                                                            \
    X(OBJECTIVE_EDP, "edp", "cycles nJ")
#define CONSTRAINT_LIST(X)                                                                         \
    X(CONSTRAINT_AREA, "area", "um^2")                                                             \
    X(CONSTRAINT_POWER, "power", "mW")
#define ALGORITHM_LIST(X)                                                                          \
    X(ALGORITHM_REINFORCE_ISLANDS, "reinforce+islands")                                            \
    X(ALGORITHM_REINFORCE, "reinforce")                                                            \
    X(ALGORITHM_ISLANDS, "islands")                                                                \
    X(ALGORITHM_RANDOM, "random")                                                                  \
    X(ALGORITHM_GRID, "grid")                                                                      \
    X(ALGORITHM_UNIFORM, "uniform")                                                                \
    X(ALGORITHM_ASSEMBLY, "assembly")                                                              \
    X(ALGORITHM_ANNEALING, "annealing")                                                            \
    X(ALGORITHM_GENETIC, "genetic")                                                                \
    X(ALGORITHM_BAYES, "bayes")                                                                    \
    X(ALGORITHM_ADDITIVE, "additive")                                                              \
    X(ALGORITHM_A2C, "a2c")                                                                        \
    X(ALGORITHM_PPO, "ppo")                                                                        \
    X(ALGORITHM_ACKTR, "acktr")                                                                    \
    X(ALGORITHM_DDPG, "ddpg")                                                                      \
    X(ALGORITHM_TD3, "td3")                                                                        \
    X(ALGORITHM_SAC, "sac")
#define PRESET_LIST(X)                                                                             \
    X(PRESET_DEFAULT, "default")                                                                   \
    X(PRESET_PAPER, "paper")
#define FEEDBACK_LIST(X)                                                                           \
    X(FEEDBACK_LAYER, "layer")                                                                     \
    X(FEEDBACK_TOTAL, "total")
/* Budgets by name: X(word, fraction) */
#define BUDGET_LIST(X)                                                                             \
    X("cloud", 0.5)                                                                                \
    X("iot", 0.1)                                                                                  \
    X("iotx", 0.05)

#define JOB_ENUM(constant, ...) constant,
typedef enum { DEPLOYMENT_LIST(JOB_ENUM) } deployment_t;
typedef enum { OBJECTIVE_LIST(JOB_ENUM) } objective_t;
typedef enum { CONSTRAINT_LIST(JOB_ENUM) } constraint_t;
typedef enum { ALGORITHM_LIST(JOB_ENUM) } algorithm_t;
typedef enum { PRESET_LIST(JOB_ENUM) } preset_t;
typedef enum { FEEDBACK_LIST(JOB_ENUM) } feedback_t;
#undef JOB_ENUM

/* Is the objective a sum over layers? EDP is the product of two such sums. */
bool objective_adds_up(objective_t objective);
const char *objective_meaning(objective_t objective); /* "summed over the layers" */

const char *objective_name(objective_t objective);
const char *objective_units(objective_t objective);
const char *constraint_name(constraint_t constraint);
const char *constraint_units(constraint_t constraint);
const char *algorithm_name(algorithm_t algorithm);
const char *preset_name(preset_t preset);

#endif
