/*
 * batch_report.h - what came of many paths, and what did not.
 */
#ifndef DAMSESSION_BATCH_REPORT_H
#define DAMSESSION_BATCH_REPORT_H

#include <damsession.h>

#include <stddef.h>
#include <stdio.h>

struct wanted;

struct tally {
    FILE *report;      /* that of --report, or NULL. */
    const char *place; /* its name for messages. */
    size_t came, failed, untried;
    size_t old;     /* of those that came: they were there before. */
    size_t kept;    /* of those that failed: a file of that name was there before. */
    int64_t bytes;  /* of the files of those that came now. */
    int code;       /* the exit code of the first failure. */
    size_t renamed; /* files that have another name than they would have had. */
    size_t named;   /* those of them that `names` has. */
    int is_cut;     /* there are more than there is room for. */
    char names[512];
};

/* `path` may be NULL: no report is wanted. Returns EXIT_OK, or another exit code after printing why. */
int open_report(struct tally *tally, const char *path);

/* A path that did not come into `file`: `http_status` is that of a response which is no success, else `error` says
   why. */
void report_failure(struct tally *tally, const struct wanted *wanted, const char *file, int32_t http_status,
                    const dam_error *error);

/* A path that came, or had come before. It is told of only if its file has another name than it would have had. */
void report_success(struct tally *tally, const struct wanted *wanted);

/* A path that was not asked for, because of this. */
void report_untried(struct tally *tally, const struct wanted *wanted, const dam_error *error);

/* Says how many came. Returns the exit code of the command: `code` if that is a failure, else by what came. */
int close_report(struct tally *tally, size_t count, int code);

#endif
