/*
 * ask.h - asks a person for the options that a first login needs.
 */
#ifndef DAMSESSION_ASK_H
#define DAMSESSION_ASK_H

struct work;

/* What is asked again if it turns out to be needed. */
struct asked {
    int url_is_open; /* the person left the URL to the system. */
};

/* Asks for system, URL and user as far as they are missing. Without a terminal nothing is asked, and the library says
   what is missing. Returns EXIT_OK, or another exit code after printing why. */
int ask_options(struct work *work, struct asked *asked);

/* Whether a person has given any answer so far. */
int has_answered(void);

/* What a program is registered by at the server, if it has to be. The library names what is missing one after the
   other: after another option this may be the next. */
void ask_client(struct work *work);

/* Asks for the URL. 0: nobody answered. */
int ask_url(struct work *work, const char *question);

/* "API key of USER at URL: ", if the options are enough to open a session; any value of the option will do. */
enum { QUESTION_CAPACITY = 1024 };
void write_question(struct work *work, const char *option, char question[QUESTION_CAPACITY]);

/* What proves the program to the chosen system (PhotoShelter's API key), as far as it is given nowhere: whether it is
   missing; a value for it, or NULL for none; the answer of a person. */
int misses_program_secrets(struct work *work);
int fill_program_secrets(struct work *work, const char *value);
int ask_program_secrets(struct work *work);

#endif
