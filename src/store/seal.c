#include "store/seal.h"
#include "confx/file.h"
#include "confx/master.h"
#include "confx/try.h"
#include "store/content.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

enum { PIECE_BYTES = 1 << 16 };

static const char first_words[] = "confx log: HDF5";

/* What a seal says. */
typedef struct {
    size_t length;
    unsigned long crc;
    bool has_content; /* those of schema 1 do not */
    uint32_t content; /* bound to the length */
} run_data_t;

static uint32_t seal_write_seal(char seal[SEAL_BYTES], const run_data_t *facts)
{
    char content[32] = "";
    /* The checksum goes over this line too: it is not in what it is of. */
    if (facts->has_content)
        (void)snprintf(content, sizeof content, "content %08lx\n", (unsigned long)facts->content);
    const unsigned long crc = crc32_z(facts->crc, (const unsigned char *)content, strlen(content));
    /* A seal has one form for given facts, so that it can be checked by writing it anew and
       comparing. */
    memset(seal, 0, SEAL_BYTES);
    (void)snprintf(seal, SEAL_BYTES, "%s from byte %d on\nbytes %zu\ncrc32 %08lx\n%s", first_words,
                   SEAL_BYTES, facts->length, crc, content);
    return (uint32_t)crc;
}

uint32_t seal_stamp(unsigned char *bytes, size_t length, uint32_t content)
{
    const unsigned long crc = crc32_z(0, bytes + SEAL_BYTES, length - SEAL_BYTES);
    const run_data_t facts = {length, crc, true, content_bind(content, length)};
    return seal_write_seal((char *)bytes, &facts);
}

/* The seal the file bears, and the facts of the file as it is. */
static confx_status_t seal_read_seal(int descriptor, const char *path, char borne[SEAL_BYTES + 1],
                                     run_data_t *facts)
{
    unsigned char piece[PIECE_BYTES];
    unsigned long content = 0;
    size_t n;
    memset(borne, 0, SEAL_BYTES + 1);
    TRY(file_read_at(descriptor, path, borne, SEAL_BYTES, 0, &facts->length));
    facts->crc = 0;
    /* `borne` is one byte longer than a seal and was cleared, so that it is a text that ends. */
    const char *line = strstr(borne, "\ncontent ");
    facts->has_content = line && sscanf(line, " content %8lx", &content) == 1;
    facts->content = (uint32_t)content;
    /* The checksum goes over all that is behind the seal; the length so far is where the next piece
       begins. */
    do {
        TRY(file_read_at(descriptor, path, piece, sizeof piece, facts->length, &n));
        facts->crc = crc32_z(facts->crc, piece, n);
        facts->length += n;
    } while (n == sizeof piece);
    return status_ok();
}

confx_status_t seal_stamp_file(int descriptor, const char *path, uint32_t content,
                               uint32_t *checksum)
{
    char seal[SEAL_BYTES + 1];
    run_data_t facts;
    TRY(seal_read_seal(descriptor, path, seal, &facts));
    facts.has_content = true;
    facts.content = content_bind(content, facts.length);
    *checksum = seal_write_seal(seal, &facts);
    /* The seal stands in front of what it is of, in the room that was left for it. */
    if (lseek(descriptor, 0, SEEK_SET) != 0)
        return status_fail(CONFX_STATUS_IO, "%s: cannot be sealed: %s", path, strerror(errno));
    return file_write_bytes(descriptor, path, seal, SEAL_BYTES);
}

/* ---- checking -------------------------------------------------------------------------------- */

static bool seal_is_sealed(const char borne[SEAL_BYTES], const run_data_t *facts)
{
    char due[SEAL_BYTES];
    (void)seal_write_seal(due, facts);
    return memcmp(borne, due, SEAL_BYTES) == 0;
}

static size_t seal_sealed_length(const char *borne)
{
    unsigned long long length = 0;
    const char *line = strstr(borne, "\nbytes ");
    return line && sscanf(line, " bytes %llu", &length) == 1 ? (size_t)length : 0;
}

/* As the seal has it, which the caller has found to be that of the file. */
static uint32_t seal_sealed_checksum(const char *borne)
{
    unsigned long crc = 0;
    const char *line = strstr(borne, "\ncrc32 ");
    return line && sscanf(line, " crc32 %8lx", &crc) == 1 ? (uint32_t)crc : 0;
}

/* Once files ended in zeros up to a multiple of 4096 bytes, which HDF5 cuts off when it opens one
   for writing. */
static bool seal_is_sealed_with_zeros(const char borne[SEAL_BYTES], const run_data_t *facts)
{
    static const unsigned char zeros[4096];
    const size_t length = seal_sealed_length(borne);
    run_data_t padded = *facts;
    if (length <= facts->length || length - facts->length >= sizeof zeros) return false;
    padded.crc = crc32_z(padded.crc, zeros, length - facts->length);
    padded.length = length;
    return seal_is_sealed(borne, &padded);
}

size_t seal_end_of_file(const unsigned char superblock[SEAL_SUPERBLOCK_BYTES])
{
    enum { AT = 28 }; /* of version 3, with addresses of 8 bytes */
    size_t end = 0;
    for (size_t i = 8; i-- > 0;) end = end << 8 | superblock[AT + i];
    return end;
}

/* HDF5 has written the file since it was sealed: its superblock has another length, which is the
   file's. Bytes that change by themselves, or a file that was cut off, do not look like that. */
static confx_status_t seal_was_rewritten(int descriptor, const char *path, const char *borne,
                                         const run_data_t *facts, bool *rewritten)
{
    unsigned char superblock[SEAL_SUPERBLOCK_BYTES];
    size_t found;
    *rewritten = false;
    TRY(file_read_at(descriptor, path, superblock, sizeof superblock, SEAL_BYTES, &found));
    if (found != sizeof superblock) return status_ok();
    const size_t end = seal_end_of_file(superblock);
    const size_t sealed = seal_sealed_length(borne);
    /* The superblock says how long HDF5 left the file, and the seal how long it was when it was
       sealed. */
    *rewritten = end == facts->length && sealed && end != sealed;
    return status_ok();
}

confx_status_t seal_check_open(int descriptor, const char *path, uint32_t *checksum)
{
    char borne[SEAL_BYTES + 1];
    run_data_t facts;
    bool same = false;
    TRY(seal_read_seal(descriptor, path, borne, &facts));
    *checksum = seal_sealed_checksum(borne);
    if (seal_is_sealed(borne, &facts) || seal_is_sealed_with_zeros(borne, &facts))
        return status_ok();
    /* The bytes are not those that were sealed. If HDF5 has written the file since, what it says
       may still be the same: that is compared in a process of its own (content.c). */
    if (facts.has_content) TRY(seal_was_rewritten(descriptor, path, borne, &facts, &same));
    if (same) TRY(content_is(descriptor, path, seal_sealed_length(borne), facts.content, &same));
    if (same) return status_ok();
    return status_fail(CONFX_STATUS_DAMAGED, "%s: its content does not match its checksum", path);
}

confx_status_t seal_check(const char *path, uint32_t *checksum)
{
    int descriptor;
    TRY(file_open(path, FILE_OURS, FILE_ANY_LENGTH, &descriptor));
    const confx_status_t status = seal_check_open(descriptor, path, checksum);
    (void)close(descriptor);
    return status;
}

confx_status_t store_is_log(const char *path, bool *is_log)
{
    char begin[sizeof first_words - 1];
    int descriptor;
    size_t found;
    *is_log = false;
    TRY(file_open(path, FILE_USERS, FILE_ANY_LENGTH, &descriptor));
    const confx_status_t status = file_read_at(descriptor, path, begin, sizeof begin, 0, &found);
    (void)close(descriptor);
    *is_log = status.code == CONFX_STATUS_OK && found == sizeof begin &&
              !memcmp(begin, first_words, sizeof begin);
    return status;
}

uint32_t store_checksum(const void *bytes, size_t n)
{
    return (uint32_t)crc32_z(0, bytes, n);
}
