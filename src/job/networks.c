#include "job/networks.h"
#include "confx/compose.h"
#include "confx/file.h"
#include "confx/try.h"
#include "job/schema.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the list -------------------------------------------------------------------------------- */

/* An element of the list, as if it stood in the place of the whole. */
typedef struct {
    struct {
        char *name;
        double weight;
    } workload;
} networks_element_t;

static const yaml_key_t networks_keys[] = {
    {YAML_PLACE(networks_element_t, workload.name), .type = YAML_NAME,
     .help = "a name in models or the path of a CSV"},
    {YAML_PLACE(networks_element_t, workload.weight), .type = YAML_REAL,
     .real = {0, INFINITY, true}, .help = "what its objective counts"},
    YAML_KEYS_END,
};

/* Two files of one name would make layers of one name. */
static confx_status_t networks_check_twice(const job_t *job, const char *path, const char *name)
{
    char stem[FILE_PATH_MAX], other[FILE_PATH_MAX];
    file_stem(name, stem, sizeof stem);
    for (size_t i = 0; i < job->network_n; i++) {
        file_stem(job->network[i].name, other, sizeof other);
        if (strcmp(stem, other) == 0)
            return yaml_refuse(job->tree, path,
                               "expected different networks, found %s twice (a weight makes it "
                               "count more, as in {name: %s, weight: 2})",
                               stem, stem);
    }
    return status_ok();
}

static confx_status_t networks_add(job_t *job, const char *path, const yaml_t *part)
{
    networks_element_t element = {{NULL, 1}};
    TRY(yaml_read(part, networks_keys, &element));
    job_network_t *network = &job->network[job->network_n];
    *network = (job_network_t){element.workload.name, element.workload.weight};
    const confx_status_t status =
        network->name
            ? networks_check_twice(job, path, network->name)
            : yaml_refuse(job->tree, path, "expected its name, as in {name: mobilenet_v2}");
    if (status.code == CONFX_STATUS_OK)
        job->network_n++;
    else
        yaml_release(networks_keys, &element);
    return status;
}

static confx_status_t networks_read_list(job_t *job)
{
    const size_t n = yaml_size(job->tree, "workload");
    if (n < 1 || n > JOB_NETWORKS_MAX)
        return yaml_refuse(job->tree, "workload",
                           "expected 1 to %d networks in the list, found %zu", JOB_NETWORKS_MAX, n);
    for (size_t i = 0; i < n; i++) {
        char path[32];
        yaml_t *part;
        (void)snprintf(path, sizeof path, "workload[%zu]", i);
        /* A name by itself stands for a mapping with that name and weight 1. */
        TRY(yaml_pick(job->tree, path, yaml_scalar(job->tree, path) ? "workload.name" : "workload",
                      NULL, &part));
        const confx_status_t status = networks_add(job, path, part);
        yaml_close(part);
        TRY(status);
    }
    return status_ok();
}

/* "mobilenet_v2 x 3, resnet18" */
static confx_status_t networks_name(job_t *job)
{
    compose_t compose;
    assert(!job->workload);
    TRY(compose_begin(&compose));
    for (size_t i = 0; i < job->network_n; i++) {
        const job_network_t *network = &job->network[i];
        out_print(compose.out, "%s%s", i ? ", " : "", network->name);
        if (network->weight != 1) out_print(compose.out, " x %g", network->weight);
    }
    TRY(compose_end(&compose, "names of networks"));
    job->workload = compose.text;
    return status_ok();
}

confx_status_t networks_read(job_t *job)
{
    if (yaml_is_list(job->tree, "workload")) {
        TRY(networks_read_list(job));
        return networks_name(job);
    }
    if (!job->workload) return status_ok();
    /* One network by name is a list of one, so that whoever asks for networks need not know both
       ways. */
    job->network[0] = (job_network_t){strdup(job->workload), 1};
    if (!job->network[0].name) return status_fail(CONFX_STATUS_MEMORY, "no memory for a job");
    job->network_n = 1;
    return status_ok();
}

void networks_close(job_t *job)
{
    for (size_t i = 0; i < job->network_n; i++) free(job->network[i].name);
    job->network_n = 0;
}

/* ---- what it means --------------------------------------------------------------------------- */

/* The largest of several products of sums, or a limit on the largest of several sums, is neither
   proven nor searched by anything here. */
confx_status_t networks_check(const job_t *job)
{
    if (job->networks != NETWORKS_WORST || job->network_n < 2) return status_ok();
    if (objective_kind(job->objective) == OBJECTIVE_OF_PRODUCT)
        return yaml_refuse(job->tree, "networks",
                           "expected sum: the objective %s is a product of two sums, which has no "
                           "worst case over networks",
                           objective_name(job->objective));
    for (size_t i = 0; i < job->budgets_n; i++)
        if (job->budgets[i].constraint == CONSTRAINT_LATENCY ||
            job->budgets[i].constraint == CONSTRAINT_ENERGY)
            return yaml_refuse(job->tree, "networks",
                               "expected sum: a limit on %s is one on the weighted sum over "
                               "networks",
                               constraint_name(job->budgets[i].constraint));
    return status_ok();
}

const char *job_networks_meaning(const job_t *job)
{
    if (job->network_n < 2 && job->network[0].weight == 1) return "";
    return job->networks == NETWORKS_WORST
               ? ", of the network where it is largest, times the network's weight"
               : ", what a layer takes times the weight of its network";
}
