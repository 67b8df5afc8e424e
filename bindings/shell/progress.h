/*
 * progress.h - the progress bar of transfers.
 */
#ifndef DAMSESSION_PROGRESS_H
#define DAMSESSION_PROGRESS_H

#include <stddef.h>
#include <stdint.h>

struct arguments;
struct transfer;

/* Whether standard error is a terminal, and a bar is not unwanted. */
int may_show_progress(const struct arguments *arguments);

/* The same, and whether the transfer may be long. */
int wants_progress(const struct arguments *arguments, const struct transfer *transfer);

/* A dam_progress_callback; `user_data` is a struct transfer. */
int32_t show_progress(void *user_data, int64_t down, int64_t down_total, int64_t up, int64_t up_total);

/* When a transfer began to move, and how much was there before. Begins with zeros. */
struct pace {
    int64_t began_ms, before;
};

/* Draws the bar: `words`, bytes, rate, time left. A total of 0 is unknown. */
void draw_progress(struct pace *pace, const char *words, int64_t done, int64_t total);

/* "12.3 MiB" */
enum { SIZE_CAPACITY = 32 };
const char *write_size(int64_t bytes, char text[SIZE_CAPACITY]);

/* Milliseconds of a clock that nobody sets. */
int64_t count_milliseconds(void);

/* Removes the bar. Call it before anything else is written. */
void clear_progress(void);

#endif
