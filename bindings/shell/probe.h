/*
 * probe.h - reaches a server without a session.
 */
#ifndef DAMSESSION_PROBE_H
#define DAMSESSION_PROBE_H

#include <damsession.h>

struct findings;

/* Looks at network, certificate and clock with one HEAD request of "/" at `origin`, which holds no secret. `config`
   says how to get there. */
void probe(struct findings *findings, const dam_config *config, const char *origin);

#endif
