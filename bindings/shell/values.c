/*
 * values.c - reads the values of the wrapper's own flags.
 *
 * It never prints a value, because it might be a secret.
 */
#include "values.h"

#include "exit_code.h"
#include "say.h"

#include <damsession.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* 0: it is no such number. */
static int read_digits(const char *text, uint64_t most, uint64_t *out)
{
    char *rest = NULL;
    errno = 0;
    unsigned long long number = strtoull(text, &rest, 10);
    *out = number;
    return text[0] >= '0' && text[0] <= '9' && *rest == '\0' && errno == 0 && number <= most;
}

static int parse_number(const char *flag, const char *text, uint64_t most, uint64_t *out)
{
    if (read_digits(text, most, out))
        return EXIT_OK;
    say("--%s takes a number", flag);
    return EXIT_USAGE;
}

static int parse_descriptor(const char *flag, const char *text, int *out)
{
    uint64_t number = 0;
    int code = parse_number(flag, text, INT32_MAX, &number);
    if (code != EXIT_OK)
        return code;
    *out = (int)number;
    /* Close-on-exec keeps the other secrets from the password command. */
    if (fcntl(*out, F_SETFD, FD_CLOEXEC) < 0) {
        say("--%s: file descriptor %d is not open", flag, *out);
        return EXIT_USAGE;
    }
    return EXIT_OK;
}

/* From 1 on. */
static int parse_count(const char *flag, const char *text, unsigned most, unsigned *out)
{
    uint64_t number = 0;
    if (!read_digits(text, most, &number) || number == 0) {
        say("--%s takes a number from 1 to %u", flag, most);
        return EXIT_USAGE;
    }
    *out = (unsigned)number;
    return EXIT_OK;
}

/* The type of the body has a field of its own in the library, but not for those who come from curl. */
static int take_header(struct arguments *out, char *text)
{
    char *colon = strchr(text, ':');
    if (colon == NULL || colon == text) {
        say("--header takes 'NAME: VALUE'");
        return EXIT_USAGE;
    }
    *colon = '\0';
    if (strcasecmp(text, "Content-Type") == 0)
        return take_flag(out, FLAG_CONTENT_TYPE, colon + 1 + strspn(colon + 1, " \t"));
    out->headers[out->header_count++] = (dam_header){.name = text, .value = colon + 1 + strspn(colon + 1, " \t")};
    return EXIT_OK;
}

static int take_pair(struct arguments *out, char *text)
{
    char *sign = strchr(text, '=');
    if (sign == NULL || sign == text) {
        say("--query takes NAME=VALUE, not percent-encoded");
        return EXIT_USAGE;
    }
    *sign = '\0';
    out->pairs[out->pair_count++] = (dam_pair){.name = text, .value = sign + 1};
    return EXIT_OK;
}

static int take_part(struct arguments *out, char *text)
{
    char *sign = strchr(text, '=');
    if (sign == NULL || sign == text) {
        say("--form takes NAME=VALUE or NAME=@FILE");
        return EXIT_USAGE;
    }
    *sign = '\0';
    out->parts[out->part_count++] = (struct setting){.name = text, .value = sign + 1};
    return EXIT_OK;
}

int take_flag(struct arguments *out, enum flag_id id, char *value)
{
    if (is_given(out, id) && flags[id].operand != NULL && !flags[id].repeats) {
        say("--%s is given twice, and has one value", flags[id].name);
        return EXIT_USAGE;
    }
    out->given |= UINT64_C(1) << id;
    switch (id) {
    case FLAG_VERBOSE: out->verbosity++; return EXIT_OK;
    case FLAG_PASSWORD_STDIN: out->password_fd = 0; return EXIT_OK;
    case FLAG_PASSWORD_FD: return parse_descriptor("password-fd", value, &out->password_fd);
    case FLAG_API_KEY_STDIN: out->api_key_fd = 0; return EXIT_OK;
    case FLAG_API_KEY_FD: return parse_descriptor("api-key-fd", value, &out->api_key_fd);
    case FLAG_PASSPHRASE_FD: return parse_descriptor("passphrase-fd", value, &out->passphrase_fd);
    case FLAG_QUERY: return take_pair(out, value);
    case FLAG_DATA:
    case FLAG_DATA_URLENCODE:
    case FLAG_DATA_JSON:
        out->data[out->data_count++] = (struct setting){.name = flags[id].name, .value = value};
        return EXIT_OK;
    case FLAG_FORM: return take_part(out, value);
    case FLAG_CONTENT_TYPE: out->content_type = value; return EXIT_OK;
    case FLAG_HEADER: return take_header(out, value);
    case FLAG_IMAGE: out->image = value; return EXIT_OK;
    case FLAG_OUTPUT: out->output = value; return EXIT_OK;
    case FLAG_TICKET: out->ticket = value; return EXIT_OK;
    case FLAG_BODY: out->body = value; return EXIT_OK;
    case FLAG_OUTPUT_DIR: out->output_dir = value; return EXIT_OK;
    case FLAG_LIST: out->list = value; return EXIT_OK;
    case FLAG_JOBS: return parse_count("jobs", value, 100, &out->jobs);
    case FLAG_LISTEN: return parse_count("listen", value, UINT16_MAX, &out->port);
    case FLAG_REPORT: out->report = value; return EXIT_OK;
    case FLAG_GENERATION: return parse_number("generation", value, UINT64_MAX, &out->generation);
    default: return EXIT_OK; /* for these flags, `given` is enough. */
    }
}
