/*
 * progress.h - how far a transfer is, for a person at a terminal.
 */
#ifndef DAMSESSION_PROGRESS_H
#define DAMSESSION_PROGRESS_H

#include <stdint.h>

struct arguments;
struct transfer;

/* Whether somebody watches a transfer that is worth it. */
int wants_progress(const struct arguments *arguments, const struct transfer *transfer);

/* A dam_progress_callback; `user_data` is a struct transfer. */
int32_t show_progress(void *user_data, int64_t down, int64_t down_total, int64_t up, int64_t up_total);

/* Takes the bar away, before anything else is written. */
void clear_progress(void);

#endif
