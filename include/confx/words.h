/* The words that job files choose from: enumerations, their names and their units. */
#ifndef CONFX_WORDS_H
#define CONFX_WORDS_H

#include <stdbool.h>

/* Enumerations are spelled once: X(constant, word in the job file, ...). */
#define DEPLOYMENT_LIST(X)                                                                         \
    X(DEPLOYMENT_PIPELINED, "pipelined")                                                           \
    X(DEPLOYMENT_SEQUENTIAL, "sequential")
/* How the totals of several networks come to an objective. */
#define NETWORKS_LIST(X)                                                                           \
    X(NETWORKS_SUM, "sum")                                                                         \
    X(NETWORKS_WORST, "worst")
/* How layers come to an objective: X(constant, word, units, kind, metric, metric multiplied with it
   or NULL). */
#define OBJECTIVE_LIST(X)                                                                          \
    X(OBJECTIVE_LATENCY, "latency", "cycles", OBJECTIVE_OF_SUM, "latency", NULL)                   \
    X(OBJECTIVE_ENERGY, "energy", "nJ", OBJECTIVE_OF_SUM, "energy", NULL)                          \
    X(OBJECTIVE_EDP, "edp", "cycles nJ", OBJECTIVE_OF_PRODUCT, "latency", "energy")                \
    X(OBJECTIVE_LAYER_EDP, "layer_edp", "cycles nJ", OBJECTIVE_OF_SUM, "latency", "energy")        \
    X(OBJECTIVE_LATENCY_AREA, "latency_area", "cycles um^2", OBJECTIVE_OF_PRODUCT, "latency",      \
      "area")                                                                                      \
    X(OBJECTIVE_ENERGY_AREA, "energy_area", "nJ um^2", OBJECTIVE_OF_PRODUCT, "energy", "area")     \
    X(OBJECTIVE_THROUGHPUT, "throughput", "cycles", OBJECTIVE_OF_MAXIMUM, "latency", NULL)         \
    X(OBJECTIVE_BOTTLENECK, "bottleneck", "cycles", OBJECTIVE_OF_MAXIMUM, "latency", NULL)
/* What may be limited, summed over the layers but for constraint_is_once: X(constant, word, units,
   metric, metric multiplied with it or NULL). The L1s are those of all PEs. */
#define CONSTRAINT_LIST(X)                                                                         \
    X(CONSTRAINT_AREA, "area", "um^2", "area", NULL)                                               \
    X(CONSTRAINT_POWER, "power", "mW", "power", NULL)                                              \
    X(CONSTRAINT_L1, "l1", "bytes", "pe", "l1")                                                    \
    X(CONSTRAINT_L2, "l2", "bytes", "l2", NULL)                                                    \
    X(CONSTRAINT_PE, "pe", "PEs", "pe", NULL)                                                      \
    X(CONSTRAINT_BUFFER_BYTES, "buffer_bytes", "bytes", "buffer_bytes", NULL)                      \
    X(CONSTRAINT_LATENCY, "latency", "cycles", "latency", NULL)                                    \
    X(CONSTRAINT_ENERGY, "energy", "nJ", "energy", NULL)
/* Units of limits beside those above: X(word, units above, how many of them). Of times cycles are
   made by the clock: they are in ns here. */
#define LIMIT_UNIT_LIST(X)                                                                         \
    X("um2", "um^2", 1)                                                                            \
    X("mm2", "um^2", 1e6)                                                                          \
    X("mm^2", "um^2", 1e6)                                                                         \
    X("W", "mW", 1e3)                                                                              \
    X("B", "bytes", 1)                                                                             \
    X("KiB", "bytes", 1024)                                                                        \
    X("MiB", "bytes", 1048576)                                                                     \
    X("uJ", "nJ", 1e3)                                                                             \
    X("mJ", "nJ", 1e6)                                                                             \
    X("J", "nJ", 1e9)                                                                              \
    X("ns", "cycles", 1)                                                                           \
    X("us", "cycles", 1e3)                                                                         \
    X("ms", "cycles", 1e6)                                                                         \
    X("s", "cycles", 1e9)
#define ALGORITHM_LIST(X)                                                                          \
    X(ALGORITHM_REINFORCE_ISLANDS, "reinforce+islands")                                            \
    X(ALGORITHM_REINFORCE, "reinforce")                                                            \
    X(ALGORITHM_ISLANDS, "islands")                                                                \
    X(ALGORITHM_RANDOM, "random")                                                                  \
    X(ALGORITHM_GRID, "grid")                                                                      \
    X(ALGORITHM_UNIFORM, "uniform")                                                                \
    X(ALGORITHM_HEAVIEST_LAYER, "heaviest_layer")                                                  \
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
typedef enum { NETWORKS_LIST(JOB_ENUM) } networks_t;
typedef enum { OBJECTIVE_LIST(JOB_ENUM) } objective_t;
typedef enum { CONSTRAINT_LIST(JOB_ENUM) } constraint_t;
typedef enum { ALGORITHM_LIST(JOB_ENUM) } algorithm_t;
typedef enum { PRESET_LIST(JOB_ENUM) } preset_t;
typedef enum { FEEDBACK_LIST(JOB_ENUM) } feedback_t;
#undef JOB_ENUM

/* A sum over layers; the product of two such sums, of which no layer has a share; or the largest
   of the layers' values. Throughput is least as cycles between two inputs of the pipeline, which
   are those of its slowest layer. */
typedef enum { OBJECTIVE_OF_SUM, OBJECTIVE_OF_PRODUCT, OBJECTIVE_OF_MAXIMUM } objective_kind_t;
objective_kind_t objective_kind(objective_t objective);
enum { OBJECTIVE_METRICS = 2 };
const char *objective_metric(objective_t objective, int factor); /* NULL: there is but one */
bool objective_uses(objective_t objective, const char *metric);
const char *objective_meaning(objective_t objective); /* "summed over the layers" */
const char *objective_wish(objective_t objective);    /* "least latency", "highest throughput" */

const char *objective_name(objective_t objective);
const char *objective_units(objective_t objective);
const char *constraint_name(constraint_t constraint);
const char *constraint_units(constraint_t constraint);
const char *constraint_metric(constraint_t constraint, int factor); /* NULL: there is but one */
/* Is it of one array that all layers share, so that the largest of their needs counts? Otherwise
   they add up. */
bool constraint_is_once(constraint_t constraint, deployment_t deployment);
const char *algorithm_name(algorithm_t algorithm);
const char *preset_name(preset_t preset);

#endif
