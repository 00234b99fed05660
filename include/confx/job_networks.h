/* The networks of a job: one, or several on one chip. */
#ifndef CONFX_JOB_NETWORKS_H
#define CONFX_JOB_NETWORKS_H

enum { JOB_NETWORKS_MAX = 8 };

typedef struct {
    char *name;    /* in models, or the path of a CSV */
    double weight; /* above 0 */
} job_network_t;

struct job;
/* A clause that follows objective_meaning: how the objective is made of several networks; "" where
   there is one network of weight 1. */
const char *job_networks_meaning(const struct job *job);

#endif
