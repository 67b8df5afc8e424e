/*
 * flags.h - the flags of the wrapper, and the options of the library, as a command line may have them.
 *
 * The library's options are not listed here: dam_option_get tells their names, defaults and rules at run time.
 */
#ifndef DAMSESSION_FLAGS_H
#define DAMSESSION_FLAGS_H

#include <damsession.h>

/* What a command accepts beside its words. */
enum accepts {
    ACCEPTS_HELP = 1 << 0,
    ACCEPTS_OPTIONS = 1 << 1, /* the library's options, and the flags for sources of secrets. */
    ACCEPTS_JSON = 1 << 2,
    ACCEPTS_MARKDOWN = 1 << 3,
    ACCEPTS_AGAIN = 1 << 4,
    ACCEPTS_RESPONSE = 1 << 5,
    ACCEPTS_BODY = 1 << 6,
    ACCEPTS_GENERATION = 1 << 7,
    ACCEPTS_STORE = 1 << 8, /* of the library's options only `store`. */
    ACCEPTS_TICKET = 1 << 9,
    ACCEPTS_HEAD = 1 << 10,
    ACCEPTS_API_KEY = 1 << 11,
    ACCEPTS_PATHS = 1 << 12,
    ACCEPTS_LOG_IN = 1 << 13,
    ACCEPTS_CONSENT = 1 << 14,
    ACCEPTS_PASSPHRASE = 1 << 15
};

enum flag_id {
    FLAG_HELP,
    FLAG_VERSION,
    FLAG_VERBOSE,
    FLAG_EXPLAIN,
    FLAG_JSON,
    FLAG_MARKDOWN,
    FLAG_AGAIN,
    FLAG_LISTEN,
    FLAG_DEVICE,
    FLAG_LOG_IN,
    FLAG_PASSWORD_STDIN,
    FLAG_PASSWORD_FD,
    FLAG_API_KEY_STDIN,
    FLAG_API_KEY_FD,
    FLAG_PASSPHRASE_FD,
    FLAG_QUERY,
    FLAG_DATA,
    FLAG_DATA_URLENCODE,
    FLAG_DATA_JSON, /* `--json DATA` of those that send a body; to others `--json` is FLAG_JSON. */
    FLAG_FORM,
    FLAG_CONTENT_TYPE,
    FLAG_HEADER,
    FLAG_IMAGE,
    FLAG_ONCE,
    FLAG_INCLUDE,
    FLAG_OUTPUT,
    FLAG_CONTINUE,
    FLAG_KEEP,
    FLAG_NO_PROGRESS,
    FLAG_OUTPUT_DIR,
    FLAG_LIST,
    FLAG_JOBS,
    FLAG_REPLACE,
    FLAG_REPORT,
    FLAG_GENERATION,
    FLAG_TICKET,
    FLAG_BODY,
    FLAG_COUNT
};

/* A flag of the wrapper itself. The library's options are not flags. */
struct flag {
    const char *name;
    char letter;         /* 0: none. */
    unsigned group;      /* enum accepts, or-ed: a command that accepts one of these takes the flag. */
    const char *operand; /* the name of its value in help; NULL: it takes none. */
    int repeats;         /* may be given more than once, each time with another value. */
    const char *help;
};

extern const struct flag flags[FLAG_COUNT];

/* The flag with that name or, if the name is NULL, with that letter; -1: there is none. Of two with one name it is that
   of the command, which `accepts` one of them. */
int find_flag(const char *name, char letter, unsigned accepts);

/* Finds the library's option of that name; 0: there is none. */
int find_option(const char *name, dam_option *row);

/* Whether the option has a text, and the number that it has; 0 where there is none. */
int has_value(const dam_config *config, const char *name);
long read_number(const dam_config *config, const char *name);

#endif
