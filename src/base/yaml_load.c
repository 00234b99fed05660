/* A checked tree into C structs, by libcyaml. */
#include "confx/try.h"
#include "yaml_node.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What libcyaml complains of first says what is wrong; what follows is its backtrace. */
typedef struct {
    char first[CONFX_STATUS_MESSAGE_MAX / 4];
} complaint_t;

__attribute__((format(printf, 3, 0))) static void keep_first(cyaml_log_t level, void *context, const char *format,
                                                             va_list arguments)
{
    complaint_t *complaint = context;
    (void)level;
    if (*complaint->first) return;
    (void)vsnprintf(complaint->first, sizeof complaint->first, format, arguments);
    complaint->first[strcspn(complaint->first, "\n")] = 0;
}

static const cyaml_config_t quiet = {.mem_fn = cyaml_mem, .log_level = CYAML_LOG_ERROR};

static confx_status_t load_text(const char *text, const char *file, const cyaml_schema_value_t *schema, void **data)
{
    complaint_t complaint = {""};
    cyaml_config_t config = quiet;
    config.log_fn = keep_first;
    config.log_ctx = &complaint;
    const cyaml_err_t error = cyaml_load_data((const uint8_t *)text, strlen(text), &config, schema, data, NULL);
    if (error == CYAML_OK) return status_ok();
    /* Its parser has taken the text once before: what fails there now is memory. */
    if (error == CYAML_ERR_OOM || error >= CYAML_ERR_LIBYAML_EMITTER_INIT)
        return status_fail(CONFX_STATUS_MEMORY, "%s: no memory to read it", file);
    return status_input(file, 0, NULL, "%s: %s", cyaml_strerror(error), complaint.first);
}

confx_status_t yaml_load(const yaml_t *yaml, const cyaml_schema_value_t *schema, void **data)
{
    char *text;
    *data = NULL;
    TRY(node_check(yaml->root, schema));
    TRY(yaml_text(yaml, &text));
    const confx_status_t status = load_text(text, yaml_file(yaml), schema, data);
    free(text);
    return status;
}

void yaml_release(const cyaml_schema_value_t *schema, void *data)
{
    if (data) (void)cyaml_free(&quiet, schema, data, 0);
}
