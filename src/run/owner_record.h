/* Between the files of the owner: what DIR/owner says, and who says it. */
#ifndef RUN_OWNER_RECORD_H
#define RUN_OWNER_RECORD_H

#include "confx/clock.h"
#include "confx/owner.h"

#include <stdint.h>
#include <sys/stat.h>

enum { OWNER_HOST_MAX = 80, OWNER_BOOT_MAX = 40, OWNER_TEXT_MAX = 1024 };

typedef struct {
    char id[OWNER_ID_MAX];     /* of 32 hexadecimal digits */
    char host[OWNER_HOST_MAX]; /* for people alone */
    char boot[OWNER_BOOT_MAX]; /* of the host's kernel; "" where it tells none */
    uint64_t space;            /* inode of the space of process numbers; 0: not known */
    int64_t process;
    uint64_t started;   /* clock ticks from the boot to the start of the process */
    uint64_t directory; /* inode of the directory that is owned */
    bool locked;        /* the file is locked for as long as the process has it open */
    double lease;
    char since[CLOCK_ISO_MAX];
    bool known; /* false: the file is not whole (yet); all but id and lease are empty */
} owner_record_t;

/* This process, as the owner of the directory of that inode, with a new id. CONFX_STATUS_IO. */
confx_status_t owner_record_make(uint64_t directory, double lease, owner_record_t *record);

/* The id of a file that says none: its inode. */
void owner_record_bare(const struct stat *facts, owner_record_t *record);

/* As the file has it. */
void owner_record_write(const owner_record_t *record, char text[OWNER_TEXT_MAX]);

/* Back from the text of an open file, whose facts are `facts`. One that is cut short is a record
   that is not known, and has the id of owner_record_bare; `path` is for messages. CONFX_STATUS_IO,
   or CONFX_STATUS_INPUT for what no confx has written. */
confx_status_t owner_record_read(int file, const char *path, const struct stat *facts,
                                 owner_record_t *record);

/* What can be told of an owner from here, by its record alone: it is gone for certain; it is there;
   or only its silence can tell. file: its open file, for the lock. */
typedef enum { OWNER_GONE, OWNER_PRESENT, OWNER_UNSEEN } owner_verdict_t;
owner_verdict_t owner_record_judge(const owner_record_t *record, const owner_record_t *mine,
                                   int file);

/* Lock an open file for as long as it is open; false where the file system knows no locks. */
bool owner_lock(int file);

#endif
