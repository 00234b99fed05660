/* A dataflow back into MAESTRO's language. */
#include "confx/compose.h"
#include "confx/mapping.h"
#include "confx/try.h"
#include "cost/language/dataflow.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

static void write_mapping_measure(measure_t measure, int64_t pes, int64_t buffer, FILE *out)
{
    switch (measure.kind) {
    case MEASURE_NUMBER:
        out_print(out, "%lld", (long long)measure.number);
        break;
    case MEASURE_DIM:
        out_print(out, "Sz(%c)", confx_dim_letters()[measure.dim]);
        break;
    case MEASURE_PES:
        out_print(out, "%lld", (long long)pes);
        break;
    case MEASURE_BUFFER:
        out_print(out, "%lld", (long long)buffer);
        break;
    }
}

static void write_mapping_directive(const directive_t *directive, int64_t pes, int64_t buffer,
                                    FILE *out)
{
    out_print(out, "%s(", directive->spatial ? "SpatialMap" : "TemporalMap");
    write_mapping_measure(directive->size, pes, buffer, out);
    fputs(",", out);
    write_mapping_measure(directive->offset, pes, buffer, out);
    out_print(out, ") %c%s;\n", confx_dim_letters()[directive->dim], directive->outward ? "'" : "");
}

static void write_mapping_stage(const dataflow_level_t *stage, bool inner, int64_t pes,
                                int64_t buffer, const char *indent, FILE *out)
{
    assert(stage->directives_n >= 0 && stage->directives_n <= STAGE_DIRECTIVES_MAX);
    /* The Cluster directive stands between two levels, at the head of the inner one. */
    if (inner) {
        out_print(out, "%s    Cluster(", indent);
        write_mapping_measure(stage->cluster, pes, buffer, out);
        fputs(", P);\n", out);
    }
    for (int i = 0; i < stage->directives_n; i++) {
        out_print(out, "%s    ", indent);
        write_mapping_directive(&stage->directives[i], pes, buffer, out);
    }
}

confx_status_t confx_dataflow_format(const confx_dataflow_t *dataflow, int64_t pes, int64_t buffer,
                                     const char *indent, char **text)
{
    compose_t compose;
    *text = NULL;
    TRY(compose_begin(&compose));
    FILE *out = compose.out;
    assert(dataflow->stages_n >= 1);
    out_print(out, "%sDataflow {\n", indent);
    for (int i = 0; i < dataflow->stages_n; i++)
        write_mapping_stage(&dataflow->stages[i], i > 0, pes, buffer, indent, out);
    out_print(out, "%s}\n", indent);
    TRY(compose_end(&compose, "a dataflow"));
    *text = compose.text;
    return status_ok();
}
