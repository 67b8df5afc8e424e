/*
 * refuse.h - messages about words that are not known or not wanted. They name the nearest word that is.
 */
#ifndef DAMSESSION_REFUSE_H
#define DAMSESSION_REFUSE_H

#include <stddef.h>

struct command;

/* All of them print why and return EXIT_USAGE. `command`: only what it takes is suggested; NULL: it is not known
   yet. */
int refuse_command(const char *word);
int refuse_page(const char *word);
int refuse_option(const char *name, const struct command *command);
int refuse_letter(char letter);

/* An option as a word, which is repeated only if it is like one. */
int refuse_option_word(const char *word);
int refuse_config_option(const char *word, const char *usage);

/* An option that is a secret, with a value on the command line. */
int refuse_secret(const char *name);

/* The one of `words`, which ends with NULL, that is spelled most like `word`; NULL: none is like it. */
const char *find_nearest(const char *word, const char *const *words);

/* The same of the library's options. */
const char *find_nearest_option(const char *word);

/* Writes the remembered name that is spelled most like `word`; 0: none is like it. */
int find_nearest_name(const char *word, char *text, size_t capacity);

#endif
