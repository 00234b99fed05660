#include "store/gather.h"
#include "confx/try.h"

#include "confx/file.h"
#include "store/put.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

/* Of a long column: each piece costs a look at all segments behind it, and as much memory. */
enum { PIECE_BYTES = 16 << 20 };

/* Whole chunks, so that each is compressed once; at least one. */
static size_t gather_piece_rows(const array_t *column)
{
    const size_t chunk = put_chunk_rows(column);
    const size_t row_bytes = array_bytes(column) / column->dims[0];
    assert(chunk > 0 && column->dims[0] > 0);
    const size_t chunks = PIECE_BYTES / (chunk * (row_bytes ? row_bytes : 1));
    return chunk * (chunks ? chunks : 1);
}

static confx_status_t gather_column(store_t *store, const char *name, const image_t *image,
                                    const array_t *column)
{
    const size_t rows = column->dims[0];
    const size_t most = gather_piece_rows(column) < rows ? gather_piece_rows(column) : rows;
    assert(rows > 0 && most > 0);
    const size_t row_bytes = array_bytes(column) / rows;
    /* The column is made in its full length, and then filled piece by piece. */
    confx_status_t status = put_space(image->file, image->path, column, true);
    if (status.code != CONFX_STATUS_OK) return status;
    void *piece = malloc(most * row_bytes + 1);
    if (!piece)
        return status_fail(CONFX_STATUS_MEMORY, "%s: no memory for %zu rows", image->path, most);
    for (size_t first = 0; status.code == CONFX_STATUS_OK && first < rows; first += most) {
        const size_t n = rows - first < most ? rows - first : most;
        /* From the segments, which the virtual dataset reads, into the file's own dataset: a piece
           of rows is all that is in memory. */
        status = store_read_rows(store, name, column->type, first, n, piece);
        if (status.code == CONFX_STATUS_OK)
            status = put_rows(image->file, image->path, column, first, n, piece);
    }
    free(piece);
    return status;
}

confx_status_t gather_rows(store_t *store, const char *from, const image_t *image, const char *to,
                           size_t rows, const samples_shape_t *shape)
{
    char source[FILE_PATH_MAX];
    char name[FILE_PATH_MAX];
    for (size_t i = 0; i < samples_columns(shape); i++) {
        array_t column = samples_column(shape, i, rows);
        (void)snprintf(source, sizeof source, "%s%s", from, column.name);
        (void)snprintf(name, sizeof name, "%s%s", to, column.name);
        column.name = name;
        TRY(gather_column(store, source, image, &column));
    }
    return status_ok();
}
