/*
 * wrapper.h - what the files of the wrapper binary `damsession` share. It is not installed.
 *
 * The wrapper turns arguments into one library call and prints what comes back. It refuses to know the library's
 * options, defaults and rules: they come from dam_option_get at run time, and what the library refuses, it says itself.
 */
#ifndef DAMSESSION_WRAPPER_H
#define DAMSESSION_WRAPPER_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1 /* explicit_bzero, ppoll and pipe2; it has to come before any system header. */
#endif

#include <damsession.h>

#include <stdio.h>
#include <sys/types.h>

/* Exit codes of the wrapper's own; every other one is the number of a dam_status, which is never reused. */
enum exit_code {
    EXIT_OK = 0,
    EXIT_INTERNAL = 1, /* DAM_ERR_INTERNAL, or no memory. */
    EXIT_USAGE = 2,    /* DAM_ERR_ARGUMENT, DAM_ERR_OPTION, or a command line that says nothing. */
    EXIT_STOPPED = 5,  /* DAM_ERR_CALLBACK, or a file that cannot be read or written. */
    EXIT_HTTP = 8,     /* an ordinary answer whose HTTP status is not a success; the number is wget's. */
    EXIT_AGAIN = 9     /* observe: there is a new session, with which the request is to be sent again. */
};

/* ---- The command line (arguments.c) ---- */

/* What a command accepts beside its words. */
enum accepts {
    ACCEPTS_HELP = 1 << 0,
    ACCEPTS_OPTIONS = 1 << 1, /* the library's options, and the flags that say where secrets come from. */
    ACCEPTS_JSON = 1 << 2,
    ACCEPTS_MARKDOWN = 1 << 3,
    ACCEPTS_AGAIN = 1 << 4,
    ACCEPTS_ANSWER = 1 << 5,
    ACCEPTS_BODY = 1 << 6,
    ACCEPTS_GENERATION = 1 << 7,
    ACCEPTS_STORE = 1 << 8,   /* of the library's options, `store` alone. */
    ACCEPTS_TICKET = 1 << 9,
    ACCEPTS_HEAD = 1 << 10
};

enum flag_id {
    FLAG_HELP, FLAG_VERSION, FLAG_VERBOSE, FLAG_EXPLAIN, FLAG_JSON, FLAG_MARKDOWN, FLAG_AGAIN, FLAG_PASSWORD_STDIN,
    FLAG_PASSWORD_FD, FLAG_API_KEY_STDIN, FLAG_API_KEY_FD, FLAG_DATA, FLAG_FORM, FLAG_CONTENT_TYPE, FLAG_HEADER,
    FLAG_IMAGE, FLAG_ONCE, FLAG_INCLUDE, FLAG_OUTPUT, FLAG_CONTINUE, FLAG_KEEP, FLAG_NO_PROGRESS, FLAG_GENERATION,
    FLAG_TICKET, FLAG_BODY, FLAG_COUNT
};

/* A flag of the wrapper's own; the library's options are not among them. */
struct flag {
    const char *name;
    char letter;          /* 0: none. */
    unsigned group;       /* enum accepts: a command that accepts any of these takes the flag. */
    const char *operand;  /* what its value is called; NULL: it takes none. */
    const char *help;
};

extern const struct flag flags[FLAG_COUNT];

struct arguments;
struct work;

/* What main opens before it runs a command. */
enum opens {
    OPENS_NOTHING, /* or what the command opens itself, since it has something else to do first. */
    OPENS_OPTIONS,
    OPENS_SESSION
};

struct command {
    const char *name;
    const char *words;    /* "NAME PATH". Completion goes by the first of them. */
    int least, most;      /* how many words. */
    unsigned accepts;     /* enum accepts, or-ed. */
    enum opens opens;
    int (*run)(const struct arguments *arguments, struct work *work);
    const char *method;   /* the HTTP method, where the command's name says it; else NULL. */
    const char *help;
};

struct setting {
    const char *name, *value;
};

/* A command line, taken apart. Everything points into argv or lives until the process ends. */
struct arguments {
    const struct command *command;
    const char **words;            /* what follows the command; NULL after the last. */
    int word_count;
    unsigned given;                /* bit FLAG_x: that flag was there. */
    unsigned verbosity;
    struct setting *settings;      /* the library's options, in the order given. */
    size_t setting_count;
    dam_header *headers;
    uint32_t header_count;
    struct setting *parts;         /* of --form, in the order given. */
    size_t part_count;
    const char *data, *content_type, *image, *output, *ticket, *body;
    uint64_t generation;
    int password_fd, api_key_fd;   /* -1: not given. */
};

/* Takes argv apart. Not EXIT_OK: it has said what is wrong. */
int parse_arguments(int argc, char **argv, struct arguments *out);

void free_arguments(struct arguments *arguments);

/* A flag that was given, and its value if it takes one (values.c). Not EXIT_OK: it has said what is wrong. */
int take_flag(struct arguments *out, enum flag_id id, char *value);

/* What was given against what the command accepts (check.c). Not EXIT_OK: it has said what is wrong. */
int check_arguments(const struct arguments *given);

/* The library's option of that name; 0: there is none. */
int find_option(const char *name, dam_option *row);

/* The flag of that name, or where that is NULL of that letter; -1: there is none. */
int find_flag(const char *name, char letter);

/* All there are; ends with one without a name. */
extern const struct command commands[];

/* The command of that name, or NULL. */
const struct command *find_command(const char *name);

static inline int is_given(const struct arguments *arguments, enum flag_id flag)
{
    return (int)(arguments->given >> flag & 1U);
}

/* ---- Words, tables, JSON (print.c) ---- */

/* One line on standard error, with "damsession: " before it. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Says what went wrong and gives the exit code for it. */
int report(const dam_error *error);

/* Text that may come from a server: control characters, which could drive a terminal or split a line, become '?'. */
void print_clean(FILE *stream, const char *text);

/* "label: text", clean; "-" for no text. */
void print_text(const char *label, const char *text);

/* A column of a table: the text, clean, or "-", and then `after`. */
void print_column(const char *text, char after);

/* Seconds since 1970 as "2026-01-31T12:00:00Z"; 0: "never". Gives back `text`. */
enum { TIME_CAPACITY = 32 };
const char *write_time(int64_t seconds, char text[TIME_CAPACITY]);

/* The environment variable of an option: DAMSESSION_CONNECT_TIMEOUT for "connect-timeout". */
enum { VARIABLE_CAPACITY = 128 };
void name_variable(const char *option, char variable[VARIABLE_CAPACITY]);

/* A JSON string on standard output. */
void print_json(const char *text);

/* `before`, the key and a string: print_json_member("{", "name", "press"). */
void print_json_member(const char *before, const char *key, const char *text);

/* A list that a callback prints row by row. */
struct rows {
    int json, count;
};

/* The end of a JSON list. */
void end_rows(const struct rows *list);

/* ---- Bytes in and out (files.c) ---- */

/* Everything, or EXIT_STOPPED after saying why. `place` is for the message. */
int write_bytes(int fd, const void *bytes, size_t size, const char *place);

/* Secrets and the like: `text` and a newline, past stdio's buffers; a line break in it is refused (EXIT_INTERNAL). */
int write_line(const char *text);

/* Says what errno is about; EXIT_STOPPED. */
int complain(const char *place);

/* A file, or standard input for "-", in memory of malloc, with a NUL after it that is not counted. */
int read_file(const char *path, void **bytes, size_t *size);

/* ---- Bodies on their way (body.c, target.c, progress.c) ---- */

/* One request's bodies: the user_data of all its callbacks. */
struct transfer {
    dam_form *form;            /* of --form, else NULL. */
    int source;                /* the body of --data @FILE or @-; -1: it is not a file. */
    const char *source_place;  /* for messages. */
    char *file;                /* the file of -o, which the library writes; NULL: `sink` is written. */
    int sink;
    const char *sink_place;
    int code;                  /* not EXIT_OK: a callback has said why it stopped the request. */
};

/* Puts the body into `request`. EXIT_OK, or another exit code after saying why. */
int open_body(const struct arguments *arguments, dam_request *request, struct transfer *transfer);
void close_body(struct transfer *transfer);

/* Finds out where a success goes, and opens what is no file. EXIT_OK, or another exit code after saying why. */
int open_target(const struct arguments *arguments, struct transfer *transfer);
int close_target(struct transfer *transfer);

/* dam_session_download to the file of -o. */
dam_status download(const struct arguments *arguments, struct transfer *transfer, dam_session *session,
                    const dam_request *request, dam_response **out, dam_error *error);

/* Whether somebody watches a transfer that is worth it. */
int wants_progress(const struct arguments *arguments, const struct transfer *transfer);

/* A dam_progress_callback. */
int32_t show_progress(void *user_data, int64_t down, int64_t down_total, int64_t up, int64_t up_total);

/* Takes the bar away, before anything else is written. */
void clear_progress(void);

/* ---- Secrets (credentials.c, secret_line.c, password_command.c, terminal.c) ---- */

enum { SECRET_CAPACITY = 4096 }; /* a line of a terminal is no longer than this either. */

/* Where passwords come from. Lives as long as the session. */
struct credentials {
    int fd;           /* -1: not this way. */
    char *command;    /* the option `password-command`; "" or NULL: not this way. */
    unsigned patience; /* the option `lock-timeout`: siblings wait no longer for the command. */
};

/* A dam_credentials_callback; `user_data` is a struct credentials. */
int32_t answer_prompt(void *user_data, dam_prompt *prompt);

/* The first line of `fd`, without its end and NUL-terminated. Its length, or -1 after saying why. */
ssize_t read_secret_line(int fd, char line[SECRET_CAPACITY], const char *place);

/* The end of such a line, of which `size` bytes were read: its length, or -1 after saying why. */
ssize_t end_secret_line(char line[SECRET_CAPACITY], size_t size, int is_too_long, const char *place);

/* The first line that a shell command prints; the command has so many seconds for it. Its length, or -1 after saying why. */
ssize_t run_password_command(const char *command, unsigned seconds, char line[SECRET_CAPACITY]);

/* Asks without echo. The length of the answer; -1: there is no terminal that would answer. */
ssize_t ask_terminal(const char *question, char answer[SECRET_CAPACITY]);

/* ---- A session of the library (session.c) ---- */

struct work {
    dam_config *config;
    dam_session *session;
    struct credentials credentials;
    int explains;     /* --explain: `end_work` says what the session did. */
};

/* Whether a name is meant; "-" stands for none: options come from environment and command line only. */
int has_name(const struct arguments *arguments);

/* A session with the options remembered, of the environment and of the command line. Not EXIT_OK: it has said why. */
int open_session(struct work *work, const struct arguments *arguments);

/* The same in three steps, for commands that go on where one of them fails. */
dam_status load_options(struct work *work, const struct arguments *arguments, dam_error *error);
int override_options(struct work *work, const struct arguments *arguments);
int start_session(struct work *work);

/* An option, other than of the command line. Not EXIT_OK: it has said why. */
int set_option(struct work *work, const char *name, const char *value);

/* Opens what the command says (enum opens). Not EXIT_OK: it has said why. There is something to end all the same. */
int begin_work(struct work *work, const struct arguments *arguments);

/* Gives everything back, and explains what the session did if that was asked for. */
void end_work(struct work *work);

/* The line of --explain: what the statistics count, in words (explain.c). */
void explain(dam_session *session);

/* ---- Commands (session.c, answers.c, observe.c, commands.c, tokens.c, stored.c, help.c) ---- */

int run_login(const struct arguments *arguments, struct work *work);
int run_keepalive(const struct arguments *arguments, struct work *work);
int run_logout(const struct arguments *arguments, struct work *work);
int run_forget(const struct arguments *arguments, struct work *work);
int run_request(const struct arguments *arguments, struct work *work);
int run_organizations(const struct arguments *arguments, struct work *work);
int run_token(const struct arguments *arguments, struct work *work);
int run_header(const struct arguments *arguments, struct work *work);
int run_observe(const struct arguments *arguments, struct work *work);
int run_status(const struct arguments *arguments, struct work *work);
int run_bind(const struct arguments *arguments, struct work *work);
int run_resolve(const struct arguments *arguments, struct work *work);
int run_tokens(const struct arguments *arguments, struct work *work);
int run_stale(const struct arguments *arguments, struct work *work);
int run_sessions(const struct arguments *arguments, struct work *work);
int run_remove(const struct arguments *arguments, struct work *work);
int run_list(const struct arguments *arguments, struct work *work);
int run_options(const struct arguments *arguments, struct work *work);
int run_version(const struct arguments *arguments, struct work *work);
int run_help(const struct arguments *arguments, struct work *work);

#endif
