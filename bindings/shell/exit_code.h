/*
 * exit_code.h - how the wrapper ends.
 */
#ifndef DAMSESSION_EXIT_CODE_H
#define DAMSESSION_EXIT_CODE_H

/* Exit codes of the wrapper's own; every other one is the number of a dam_status, which is never reused. */
enum exit_code {
    EXIT_OK = 0,
    EXIT_INTERNAL = 1, /* DAM_ERR_INTERNAL, or no memory. */
    EXIT_USAGE = 2,    /* DAM_ERR_ARGUMENT, DAM_ERR_OPTION, or a command line that says nothing. */
    EXIT_STOPPED = 5,  /* DAM_ERR_CALLBACK, or a file that cannot be read or written. */
    EXIT_HTTP = 8,     /* an ordinary response whose HTTP status is not a success; the number is wget's. */
    EXIT_AGAIN = 9     /* observe: there is a new session, with which the request is to be sent again. */
};

#endif
