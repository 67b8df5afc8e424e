/*
 * explain.h - the line that --explain prints.
 */
#ifndef DAMSESSION_EXPLAIN_H
#define DAMSESSION_EXPLAIN_H

#include <damsession.h>

/* Prints what the session did since it was opened. */
void explain(dam_session *session);

#endif
