/*
 * arguments.h - a command line, parsed: what all commands read.
 */
#ifndef DAMSESSION_ARGUMENTS_H
#define DAMSESSION_ARGUMENTS_H

#include "flags.h"

#include <damsession.h>

#include <stddef.h>
#include <stdint.h>

struct command;

struct setting {
    const char *name, *value;
};

/* Every pointer is into argv, or valid until free_arguments (parse.h). */
struct arguments {
    const struct command *command;
    const char **words; /* what follows the command; NULL after the last. */
    int word_count;
    uint64_t given; /* bit FLAG_x is set: that flag was given. */
    unsigned verbosity;
    struct setting *settings; /* the library's options, in the order given. */
    size_t setting_count;
    dam_header *headers;
    size_t header_count;
    struct setting *parts; /* those of --form, in the order given. */
    size_t part_count;
    dam_pair *pairs; /* those of --query, in the order given. */
    size_t pair_count;
    struct setting *data; /* those of --data and --data-urlencode, in the order given; the name is the flag's. */
    size_t data_count;
    const char *content_type, *image, *output, *ticket, *body;
    const char *output_dir, *list, *report;
    unsigned jobs, port; /* 0: not given. */
    uint64_t generation;
    int password_fd, api_key_fd, passphrase_fd; /* -1: not given. */
};

static inline int is_given(const struct arguments *arguments, enum flag_id flag)
{
    return (int)(arguments->given >> flag & 1);
}

#endif
