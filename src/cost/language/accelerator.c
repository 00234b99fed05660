/* Lines "KEY: NUMBER", in the words of the mapping language. */
#include "cost/language/accelerator.h"
#include "confx/try.h"
#include "cost/language/scanner.h"

#include <assert.h>

enum { VALUE_MAX = 1 << 30 };

typedef enum { KEY_NUM_PES, KEY_NOC, KEY_OFFCHIP, KEY_HOPS, KEY_L1, KEY_L2, KEYS } key_t;

static const char *const key_names[KEYS] = {
    [KEY_NUM_PES] = "num_pes",  [KEY_NOC] = "noc_bw_cstr", [KEY_OFFCHIP] = "offchip_bw_cstr",
    [KEY_HOPS] = "NoC_NumHops", [KEY_L1] = "l1_size_cstr", [KEY_L2] = "l2_size_cstr",
};

static confx_status_t accelerator_read_key(const scanner_t *scan, const int64_t values[KEYS],
                                           key_t *key)
{
    for (*key = KEY_NUM_PES; *key < KEYS; (*key)++) {
        if (!scanner_is(scan, key_names[*key])) continue;
        if (values[*key] == 0) return status_ok();
        return status_input(scan->file, scan->line, key_names[*key], "is given twice");
    }
    return scanner_expected(
        scan, NULL,
        "num_pes, noc_bw_cstr, offchip_bw_cstr, NoC_NumHops, l1_size_cstr or l2_size_cstr");
}

static confx_status_t accelerator_read_line(scanner_t *scan, int64_t values[KEYS])
{
    key_t key;
    TRY(accelerator_read_key(scan, values, &key));
    assert(key < KEYS && values[key] == 0);
    scanner_next(scan);
    if (!scanner_number(scan, VALUE_MAX, &values[key]) || values[key] == 0)
        return scanner_expected(scan, key_names[key], "a whole number from 1 to 2^30");
    scanner_next(scan);
    return status_ok();
}

confx_status_t accelerator_parse(const char *text, const char *file, confx_hardware_t *hardware)
{
    scanner_t scan;
    int64_t values[KEYS] = {0}; /* 0: the file names none */
    scanner_begin(&scan, text, file);
    do TRY(accelerator_read_line(&scan, values));
    while (!scanner_at_end(&scan));
    /* Nothing is taken before the whole text is read: a failure leaves the profile as it was. */
    hardware->num_pes = values[KEY_NUM_PES];
    hardware->noc_latency = values[KEY_HOPS] ? (double)values[KEY_HOPS] : 1;
    hardware->limits = (confx_hardware_limits_t){.l1_bytes = values[KEY_L1],
                                                 .l2_bytes = values[KEY_L2],
                                                 .offchip = values[KEY_OFFCHIP] != 0};
    if (values[KEY_NOC]) hardware->noc_bandwidth = (double)values[KEY_NOC];
    if (values[KEY_OFFCHIP]) hardware->offchip_bandwidth = (double)values[KEY_OFFCHIP];
    return status_ok();
}
