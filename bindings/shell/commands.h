/*
 * commands.h - the commands of the wrapper. The table is in commands.c; the functions are in one file for each kind of
 * command, so this header names them all.
 *
 * A command is one call of the library whose result is printed. It gets the command line and what main has opened for
 * it, and returns the exit code. main closes what it opened, whether the command failed or not.
 */
#ifndef DAMSESSION_COMMANDS_H
#define DAMSESSION_COMMANDS_H

#include <damsession.h>

struct arguments;
struct work;

/* What main opens before it runs a command. */
enum opens {
    OPENS_NOTHING, /* the command opens what it needs by itself, because something else comes first. */
    OPENS_OPTIONS,
    OPENS_SESSION
};

typedef int run_command_line(const struct arguments *arguments, struct work *work);

struct command {
    const char *name;
    const char *words; /* such as "NAME PATH"; completion depends on the first word. */
    int least, most;   /* how many words. */
    unsigned accepts;  /* enum accepts, or-ed. */
    enum opens opens;
    run_command_line *run;
    const char *method; /* the HTTP method that the command's name stands for, or NULL. */
    const char *help;
    const char *options; /* those of the library that it is most often given, parted by spaces, or NULL. */
    const char *example; /* without the name of the program. */
};

/* All commands. The last row has no name. */
extern const struct command commands[];

/* Prints all that is known of one option. */
void print_whole_option(const dam_option *row);

/* The command of that name, or NULL. */
const struct command *find_command(const char *name);

run_command_line run_login, run_keepalive, run_logout, run_forget; /* login.c, forget.c */
run_command_line run_request;                                      /* request.c */
run_command_line run_header, run_observe;                          /* header.c, observe.c */
run_command_line run_organizations, run_status;                    /* organizations.c, status.c */
run_command_line run_token, run_tokens;                            /* tokens.c */
run_command_line run_bind, run_resolve, run_stale;                 /* images.c */
run_command_line run_list, run_sessions, run_remove;               /* stored.c */
run_command_line run_doctor;                                       /* doctor.c */
run_command_line run_config;                                       /* config.c */
run_command_line run_consent;                                      /* handover.c */
run_command_line run_help, run_version, run_options;               /* help.c, options.c */

#endif
