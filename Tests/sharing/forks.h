/* forks.h - what the parts of the parent in forks.c share. */
#ifndef FORKS_H
#define FORKS_H

#include <damsession.h>

#include <sys/types.h>

enum { LONGEST = 60 }; /* seconds that a child may take. */

extern dam_session *session;

/* The path of a small request that needs a session. */
const char *path(void);

/* 1 when a request of `who` is answered with 200. */
int ask(const char *who);

/* What a child ended with; 99: it was killed. */
int end_of(pid_t child);

/* Plans (fork_owned.c). */
void free_loop(void);
void free_authorization(void);

#endif
