/*
 * commands.h - what the wrapper can be told to do. The table is in commands.c, the functions in a file for each kind of
 * command.
 *
 * A command is one call of the library with something printed afterwards: it is given the command line and what that
 * opens, and gives back the exit code. A command does not close what was opened for it: main does, whatever became of
 * the command.
 */
#ifndef DAMSESSION_COMMANDS_H
#define DAMSESSION_COMMANDS_H

struct arguments;
struct work;

/* What main opens before it runs a command. */
enum opens {
    OPENS_NOTHING, /* the command opens what it needs itself, since it has something else to do first. */
    OPENS_OPTIONS,
    OPENS_SESSION
};

typedef int run_command_line(const struct arguments *arguments, struct work *work);

struct command {
    const char *name;
    const char *words; /* "NAME PATH". Completion goes by the first of them. */
    int least, most;   /* how many words. */
    unsigned accepts;  /* enum accepts, or-ed. */
    enum opens opens;
    run_command_line *run;
    const char *method; /* the HTTP method, where the command's name says it; else NULL. */
    const char *help;
};

/* All there are; ends with one without a name. */
extern const struct command commands[];

/* The command of that name, or NULL. */
const struct command *find_command(const char *name);

run_command_line run_login, run_keepalive, run_logout, run_forget; /* login.c */
run_command_line run_request;                                      /* request.c */
run_command_line run_header, run_observe;                          /* header.c, observe.c */
run_command_line run_organizations, run_status;                    /* organizations.c, status.c */
run_command_line run_token, run_tokens;                            /* tokens.c */
run_command_line run_bind, run_resolve, run_stale;                 /* images.c */
run_command_line run_list, run_sessions, run_remove;               /* stored.c */
run_command_line run_help, run_version, run_options;               /* help.c, options.c */

#endif
