/*
 * body.h - the body of a request.
 */
#ifndef DAMSESSION_BODY_H
#define DAMSESSION_BODY_H

#include <damsession.h>

struct arguments;
struct transfer;

/* Sets the body of `request`. Returns EXIT_OK, or another exit code after printing why. */
int open_body(const struct arguments *arguments, dam_request *request, struct transfer *transfer);

void close_body(struct transfer *transfer);

#endif
