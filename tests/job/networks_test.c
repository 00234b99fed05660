/* The networks of a job: names and weights, and what is refused. */
#include "confx/file.h"
#include "confx/job.h"
#include "suite.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static job_t *job_of(const char *text)
{
    job_t *job;
    ck_assert_ok(job_parse(text, "jobs/a.yaml", NULL, 0, &job));
    return job;
}

START_TEST(a_list_has_names_and_weights)
{
    job_t *job = job_of("workload: [{name: mobilenet_v2, weight: 3}, resnet18, {name: ./x.csv}]\n");
    ck_assert_uint_eq(job->network_n, 3);
    ck_assert_int_eq(job->networks, NETWORKS_SUM);
    ck_assert_str_eq(job->workload, "mobilenet_v2 x 3, resnet18, ./x.csv");
    ck_assert_str_eq(job->network[0].name, "mobilenet_v2");
    ck_assert_double_eq(job->network[0].weight, 3);
    ck_assert_double_eq(job->network[1].weight, 1);
    ck_assert_str_eq(job->network[2].name, "./x.csv");
    ck_assert_str_ne(job_networks_meaning(job), "");
    /* Its text is the same job. */
    job_t *again = job_of(job->text);
    ck_assert_str_eq(again->workload, job->workload);
    ck_assert_str_eq(again->text, job->text);
    job_close(again);
    job_close(job);
}
END_TEST

START_TEST(a_name_is_one_network_of_weight_1)
{
    static const char *const texts[] = {"workload: vgg16\n", "workload: [vgg16]\n"};
    for (size_t i = 0; i < 2; i++) {
        job_t *job = job_of(texts[i]);
        ck_assert_uint_eq(job->network_n, 1);
        ck_assert_str_eq(job->workload, "vgg16");
        ck_assert_str_eq(job->network[0].name, "vgg16");
        ck_assert_double_eq(job->network[0].weight, 1);
        ck_assert_str_eq(job_networks_meaning(job), "");
        job_close(job);
    }
}
END_TEST

START_TEST(what_is_laid_later_takes_the_place_of_a_list)
{
    static const char *const name[] = {"workload=vgg16"};
    static const char *const list[] = {"workload=[vgg16, {name: resnet18, weight: 0.5}]",
                                       "networks=worst"};
    job_t *job;
    ck_assert_ok(job_parse("workload: [alexnet, resnet18]\n", "a.yaml", name, 1, &job));
    ck_assert_str_eq(job->workload, "vgg16");
    job_close(job);
    ck_assert_ok(job_parse("workload: alexnet\n", "a.yaml", list, 2, &job));
    ck_assert_str_eq(job->workload, "vgg16, resnet18 x 0.5");
    ck_assert_int_eq(job->networks, NETWORKS_WORST);
    job_close(job);
}
END_TEST

/* Each with its file and line. */
START_TEST(bad_lists_are_refused_with_what_was_expected)
{
    static const char *const cases[][2] = {
        {"workload: []\n", "a.yaml:1: workload: expected 1 to 8 networks in the list, found 0"},
        {"workload: [a, b, c, d, e, f, g, h, i]\n",
         "expected 1 to 8 networks in the list, found 9"},
        {"workload:\n- a\n- {name: b, weight: 0}\n",
         "a.yaml:3: workload.weight: expected a number above 0, found 0"},
        {"workload: [{name: b, weight: -2}]\n", "expected a number above 0, found -2"},
        {"workload: [{name: b, weight: heavy}]\n", "expected a number, found"},
        {"workload: [{name: b, weight: .inf}]\n", "expected a number, found"},
        {"workload: [{weight: 2}]\n", "a.yaml:1: workload[0]: expected its name"},
        {"workload: [{name: b, wieght: 2}]\n", "unknown key, did you mean"},
        {"workload: [[a, b]]\n", "workload"},
        {"workload:\n- a\n- x/a.csv\n",
         "a.yaml:3: workload[1]: expected different networks, found a twice"},
        {"workload: {name: a, weight: 2}\n", "workload"},
        {"workload: [a, b]\nnetworks: both\n", "expected one of sum, worst, found \"both\""},
        {"workload: [a, b]\nnetworks: worst\nobjective: edp\n",
         "a.yaml:2: networks: expected sum: the objective edp is a product"},
        {"workload: [a, b]\nnetworks: worst\nbudget: {constraint: latency, limit: 5}\n",
         "networks: expected sum: a limit on latency"},
        {"workload: [a, b]\nnetworks: worst\nsearch: {algorithm: additive}\n",
         "search.algorithm: expected another one than additive"},
        {"objective: edp\n", "workload: expected the network"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        job_t *job;
        ck_assert_fails(job_parse(cases[i][0], "a.yaml", NULL, 0, &job), CONFX_STATUS_INPUT,
                        cases[i][1]);
        ck_assert_ptr_null(job);
    }
}
END_TEST

START_TEST(of_one_network_the_worst_is_the_sum)
{
    job_close(job_of("workload: [a]\nnetworks: worst\nobjective: edp\n"));
    job_close(job_of("workload: a\nnetworks: worst\nsearch: {algorithm: additive}\n"));
}
END_TEST

START_TEST(an_unknown_network_is_named_where_it_stands)
{
    char path[FILE_PATH_MAX];
    job_t *job = job_of("workload:\n- mobilenet_v2\n- mobilnet_v2\n");
    ck_assert_ok(job_find_network(job, 0, path));
    ck_assert_int_eq(access(path, R_OK), 0);
    ck_assert_fails(job_find_network(job, 1, path), CONFX_STATUS_INPUT,
                    "jobs/a.yaml:3: workload[1]: ");
    job_close(job);
}
END_TEST

int main(void)
{
    (void)setenv("CONFX_DATA", "data", 0);
    Suite *suite = suite_create("networks");
    TCase *tests = tcase_create("networks");
    suite_add_tcase(suite, tests);
    tcase_add_test(tests, a_list_has_names_and_weights);
    tcase_add_test(tests, a_name_is_one_network_of_weight_1);
    tcase_add_test(tests, what_is_laid_later_takes_the_place_of_a_list);
    tcase_add_test(tests, bad_lists_are_refused_with_what_was_expected);
    tcase_add_test(tests, of_one_network_the_worst_is_the_sum);
    tcase_add_test(tests, an_unknown_network_is_named_where_it_stands);
    return suite_run(suite);
}
