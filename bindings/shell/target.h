/*
 * target.h - where the body of a response goes.
 */
#ifndef DAMSESSION_TARGET_H
#define DAMSESSION_TARGET_H

#include <damsession.h>

struct arguments;
struct transfer;

/* Finds out where the body of a success goes, and opens it if it is no regular file. Returns EXIT_OK, or another exit
   code after printing why. */
int open_target(const struct arguments *arguments, struct transfer *transfer);

int close_target(struct transfer *transfer);

/* dam_session_download to the file of -o. */
dam_status download(const struct arguments *arguments, struct transfer *transfer, dam_session *session,
                    const dam_request *request, dam_response **out, dam_error *error);

#endif
