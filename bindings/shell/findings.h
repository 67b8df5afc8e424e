/*
 * findings.h - what `doctor` has found, as it is printed.
 */
#ifndef DAMSESSION_FINDINGS_H
#define DAMSESSION_FINDINGS_H

#include "print.h"

struct findings {
    struct rows rows;
    int code; /* the exit code of the first that is bad. */
};

/* Prints a finding about something that is in order (`code` EXIT_OK) or not. */
void find(struct findings *findings, const char *check, int code, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Prints that something could not be looked at. */
void skip(struct findings *findings, const char *check, const char *why);

/* Prints the end. Returns the exit code. */
int end_findings(const struct findings *findings);

#endif
