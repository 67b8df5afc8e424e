/*
 * exit_code.h - the exit codes of the wrapper.
 */
#ifndef DAMSESSION_EXIT_CODE_H
#define DAMSESSION_EXIT_CODE_H

/* The wrapper's own exit codes. Every other one is the number of a dam_status; numbers are never reused. */
enum exit_code {
    EXIT_OK = 0,
    EXIT_INTERNAL = 1, /* DAM_ERR_INTERNAL, or no memory. */
    EXIT_USAGE = 2,    /* DAM_ERR_ARGUMENT, DAM_ERR_OPTION, or a wrong command line. */
    EXIT_STOPPED = 5,  /* DAM_ERR_CALLBACK, or a file that cannot be read or written. */
    EXIT_HTTP = 8,     /* the HTTP status of a response is no success; wget uses the same number. */
    EXIT_AGAIN = 9,    /* observe: there is a new session, with which the request is to be sent again. */
    EXIT_PARTLY = 10,  /* get: some of the paths came, and some did not. */
    EXIT_CLOCK = 11,   /* doctor: this clock and the server's differ. */
    EXIT_LIBRARY = 12  /* doctor: the library is older than the command. */
};

enum { MOST_CODE = 125 }; /* a shell's own begin after it. */

#endif
