#include "seal.h"
#include "confx/store.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

enum { PIECE_BYTES = 1 << 16 };

static const char first_words[] = "confx log: HDF5";

static void write_seal(char seal[SEAL_BYTES], size_t length, unsigned long crc)
{
    memset(seal, 0, SEAL_BYTES);
    (void)snprintf(seal, SEAL_BYTES, "%s from byte %d on\nbytes %zu\ncrc32 %08lx\n", first_words, SEAL_BYTES, length,
                   crc);
}

void seal_stamp(unsigned char *bytes, size_t length)
{
    const unsigned long crc = crc32_z(0, bytes + SEAL_BYTES, length - SEAL_BYTES);
    write_seal((char *)bytes, length, crc);
}

/* The seal the file bears, and the one it should bear by its content. */
static void read_seals(FILE *stream, char borne[SEAL_BYTES], char due[SEAL_BYTES])
{
    unsigned char piece[PIECE_BYTES];
    size_t length = fread(borne, 1, SEAL_BYTES, stream);
    unsigned long crc = 0;
    for (size_t n; (n = fread(piece, 1, sizeof piece, stream)) > 0; length += n) crc = crc32_z(crc, piece, n);
    write_seal(due, length, crc);
}

status_t seal_stamp_file(const char *path)
{
    char borne[SEAL_BYTES];
    char due[SEAL_BYTES];
    FILE *stream = fopen(path, "r+b");
    if (!stream) return status_fail(STATUS_IO, "%s: cannot be sealed: %s", path, strerror(errno));
    read_seals(stream, borne, due);
    const bool written =
        !ferror(stream) && fseek(stream, 0, SEEK_SET) == 0 && fwrite(due, 1, SEAL_BYTES, stream) == SEAL_BYTES;
    const int why = errno;
    if (fclose(stream) == 0 && written) return status_ok();
    return status_fail(STATUS_IO, "%s: cannot be sealed: %s", path, strerror(written ? errno : why));
}

status_t seal_check(const char *path)
{
    char borne[SEAL_BYTES] = {0};
    char due[SEAL_BYTES];
    FILE *stream = fopen(path, "rb");
    const bool missing = !stream && (errno == ENOENT || errno == ENOTDIR);
    if (!stream) return status_fail(missing ? STATUS_INPUT : STATUS_IO, "%s: %s", path, strerror(errno));
    read_seals(stream, borne, due);
    const bool read = !ferror(stream);
    (void)fclose(stream);
    if (!read) return status_fail(STATUS_DAMAGED, "%s: cannot be read to its end", path);
    if (memcmp(borne, due, SEAL_BYTES) == 0) return status_ok();
    return status_fail(STATUS_DAMAGED, "%s: its content does not match its checksum", path);
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
