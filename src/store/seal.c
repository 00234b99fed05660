#include "seal.h"
#include "confx/store.h"
#include "confx/try.h"
#include "content.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

enum { PIECE_BYTES = 1 << 16 };

static const char first_words[] = "confx log: HDF5";

/* What a seal says. */
typedef struct {
    size_t length;
    unsigned long crc;
    bool has_content; /* those of schema 1 do not */
    uint32_t content; /* bound to the length */
} facts_t;

static uint32_t write_seal(char seal[SEAL_BYTES], const facts_t *facts)
{
    char content[32] = "";
    /* The checksum goes over this line too: it is not in what it is of. */
    if (facts->has_content) (void)snprintf(content, sizeof content, "content %08lx\n", (unsigned long)facts->content);
    const unsigned long crc = crc32_z(facts->crc, (const unsigned char *)content, strlen(content));
    memset(seal, 0, SEAL_BYTES);
    (void)snprintf(seal, SEAL_BYTES, "%s from byte %d on\nbytes %zu\ncrc32 %08lx\n%s", first_words, SEAL_BYTES,
                   facts->length, crc, content);
    return (uint32_t)crc;
}

uint32_t seal_stamp(unsigned char *bytes, size_t length, uint32_t content)
{
    const unsigned long crc = crc32_z(0, bytes + SEAL_BYTES, length - SEAL_BYTES);
    const facts_t facts = {length, crc, true, content_bind(content, length)};
    return write_seal((char *)bytes, &facts);
}

/* The seal the file bears, and the facts of the file as it is. */
static void read_seal(FILE *stream, char borne[SEAL_BYTES + 1], facts_t *facts)
{
    unsigned char piece[PIECE_BYTES];
    unsigned long content = 0;
    memset(borne, 0, SEAL_BYTES + 1);
    facts->length = fread(borne, 1, SEAL_BYTES, stream);
    facts->crc = 0;
    const char *line = strstr(borne, "\ncontent ");
    facts->has_content = line && sscanf(line, " content %8lx", &content) == 1;
    facts->content = (uint32_t)content;
    for (size_t n; (n = fread(piece, 1, sizeof piece, stream)) > 0; facts->length += n)
        facts->crc = crc32_z(facts->crc, piece, n);
}

confx_status_t seal_stamp_file(const char *path, uint32_t content, uint32_t *checksum)
{
    char seal[SEAL_BYTES + 1];
    facts_t facts;
    FILE *stream = fopen(path, "r+b");
    if (!stream) return status_fail(CONFX_STATUS_IO, "%s: cannot be sealed: %s", path, strerror(errno));
    read_seal(stream, seal, &facts);
    facts.has_content = true;
    facts.content = content_bind(content, facts.length);
    *checksum = write_seal(seal, &facts);
    const bool written =
        !ferror(stream) && fseek(stream, 0, SEEK_SET) == 0 && fwrite(seal, 1, SEAL_BYTES, stream) == SEAL_BYTES;
    const int why = errno;
    if (fclose(stream) == 0 && written) return status_ok();
    return status_fail(CONFX_STATUS_IO, "%s: cannot be sealed: %s", path, strerror(written ? errno : why));
}

/* ---- checking ---------------------------------------------------------------------------------------------------- */

static bool is_sealed(const char borne[SEAL_BYTES], const facts_t *facts)
{
    char due[SEAL_BYTES];
    (void)write_seal(due, facts);
    return memcmp(borne, due, SEAL_BYTES) == 0;
}

static size_t sealed_length(const char *borne)
{
    unsigned long long length = 0;
    const char *line = strstr(borne, "\nbytes ");
    return line && sscanf(line, " bytes %llu", &length) == 1 ? (size_t)length : 0;
}

/* As the seal has it, which the caller has found to be that of the file. */
static uint32_t sealed_checksum(const char *borne)
{
    unsigned long crc = 0;
    const char *line = strstr(borne, "\ncrc32 ");
    return line && sscanf(line, " crc32 %8lx", &crc) == 1 ? (uint32_t)crc : 0;
}

/* Once files ended in zeros up to a multiple of 4096 bytes, which HDF5 cuts off when it opens one for writing. */
static bool is_sealed_with_zeros(const char borne[SEAL_BYTES], const facts_t *facts)
{
    static const unsigned char zeros[4096];
    const size_t length = sealed_length(borne);
    facts_t padded = *facts;
    if (length <= facts->length || length - facts->length >= sizeof zeros) return false;
    padded.crc = crc32_z(padded.crc, zeros, length - facts->length);
    padded.length = length;
    return is_sealed(borne, &padded);
}

size_t seal_end_of_file(const unsigned char superblock[SEAL_SUPERBLOCK_BYTES])
{
    enum { AT = 28 }; /* of version 3, with addresses of 8 bytes */
    size_t end = 0;
    for (size_t i = 8; i-- > 0;) end = end << 8 | superblock[AT + i];
    return end;
}

/* HDF5 has written the file since it was sealed: its superblock has another length, which is the file's. Bytes that
   change by themselves, or a file that was cut off, do not look like that. */
static bool was_rewritten(FILE *stream, const char *borne, const facts_t *facts)
{
    unsigned char superblock[SEAL_SUPERBLOCK_BYTES];
    if (fseek(stream, SEAL_BYTES, SEEK_SET) != 0) return false;
    if (fread(superblock, 1, sizeof superblock, stream) != sizeof superblock) return false;
    const size_t end = seal_end_of_file(superblock);
    const size_t sealed = sealed_length(borne);
    return end == facts->length && sealed && end != sealed;
}

confx_status_t seal_check(const char *path, uint32_t *checksum)
{
    char borne[SEAL_BYTES + 1];
    facts_t facts;
    FILE *stream = fopen(path, "rb");
    const bool missing = !stream && (errno == ENOENT || errno == ENOTDIR);
    if (!stream) return status_fail(missing ? CONFX_STATUS_INPUT : CONFX_STATUS_IO, "%s: %s", path, strerror(errno));
    read_seal(stream, borne, &facts);
    const bool read = !ferror(stream);
    const bool rewritten = read && facts.has_content && was_rewritten(stream, borne, &facts);
    (void)fclose(stream);
    if (!read) return status_fail(CONFX_STATUS_DAMAGED, "%s: cannot be read to its end", path);
    *checksum = sealed_checksum(borne);
    if (is_sealed(borne, &facts) || is_sealed_with_zeros(borne, &facts)) return status_ok();
    if (rewritten && content_is(path, sealed_length(borne), facts.content)) return status_ok();
    return status_fail(CONFX_STATUS_DAMAGED, "%s: its content does not match its checksum", path);
}

bool store_is_log(const char *path)
{
    char begin[sizeof first_words - 1];
    FILE *stream = fopen(path, "rb");
    if (!stream) return false;
    const bool whole = fread(begin, 1, sizeof begin, stream) == sizeof begin;
    (void)fclose(stream);
    return whole && !memcmp(begin, first_words, sizeof begin);
}

uint32_t store_checksum(const void *bytes, size_t n)
{
    return (uint32_t)crc32_z(0, bytes, n);
}
