/*
 * data.h - the body of --data: texts and files, one after another.
 */
#ifndef DAMSESSION_DATA_H
#define DAMSESSION_DATA_H

#include <damsession.h>

struct arguments;
struct data;

/* Makes it the body of `request`, which must be over before close_data. Returns EXIT_OK, or another exit code after
   printing why. */
int open_data(const struct arguments *arguments, dam_request *request, struct data *data);

/* dam_read_callback and dam_rewind_callback, whose user_data is a struct transfer. */
int64_t read_data(void *user_data, void *buffer, size_t size);
int32_t rewind_data(void *user_data);

void close_data(struct data *data);

#endif
