/*
 * examine.h - looks at the folders of remembered options and stored sessions.
 */
#ifndef DAMSESSION_EXAMINE_H
#define DAMSESSION_EXAMINE_H

#include <damsession.h>

#include <sys/types.h>

struct findings;

/* What to look at: a folder, and which mode bits none of its files may have: 077 for one that holds a secret. `refused`
   is why the library does not take the folder, if it does not; that is a finding where nothing else is found. */
struct examined {
    const char *check, *folder;
    mode_t (*find_closed)(const char *name);
    const dam_error *refused;
};

/* Owners and modes of the folder and of its files. 1: it is there. */
int examine_files(struct findings *findings, const struct examined *examined);

/* Whether locks work in the folder, and who has locks of sessions. */
void examine_locks(struct findings *findings, const char *folder);

#endif
