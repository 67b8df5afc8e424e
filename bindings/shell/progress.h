/*
 * progress.h - the progress bar of a transfer.
 */
#ifndef DAMSESSION_PROGRESS_H
#define DAMSESSION_PROGRESS_H

#include <stdint.h>

struct arguments;
struct transfer;

/* Whether standard error is a terminal and the transfer may be long. */
int wants_progress(const struct arguments *arguments, const struct transfer *transfer);

/* A dam_progress_callback; `user_data` is a struct transfer. */
int32_t show_progress(void *user_data, int64_t down, int64_t down_total, int64_t up, int64_t up_total);

/* Removes the bar. Call it before anything else is written. */
void clear_progress(void);

#endif
