/*
 * examine.h - looks at the folders of remembered options and stored sessions.
 */
#ifndef DAMSESSION_EXAMINE_H
#define DAMSESSION_EXAMINE_H

#include <sys/types.h>

struct findings;

/* Owners and modes of a folder and of its files; `closed` are the mode bits that no file may have. 1: it is there. */
int examine_files(struct findings *findings, const char *check, const char *folder, mode_t closed);

/* Whether locks work in the folder, and who has locks of sessions. */
void examine_locks(struct findings *findings, const char *folder);

#endif
