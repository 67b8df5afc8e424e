/*
 * origin.h - where a secret came from, or was looked for, in words that tell where to correct it.
 */
#ifndef DAMSESSION_ORIGIN_H
#define DAMSESSION_ORIGIN_H

struct arguments;
struct work;

enum proof { PROOF_PASSWORD, PROOF_API_KEY, PROOF_CLIENT_SECRET };

/* What has a secret given. */
enum giver {
    GIVER_NONE, /* nobody, or it is not known. */
    GIVER_CALL, /* this very command line, or its environment. */
    GIVER_NAME, /* what is remembered. */
    GIVER_PERSON
};

enum { ORIGIN_CAPACITY = 512 };

/* The option that has it: "encryption-secret" for the password of some authentications. */
const char *find_proof_option(const struct work *work, enum proof proof);

/* "password", "encryption secret" or "client secret", as the authentication has it, or "API key". */
const char *name_proof(const struct work *work, enum proof proof);

/* Writes where it came from: "DAMSESSION_PASSWORD"; "" for nobody and for a person. */
enum giver find_origin(const struct arguments *arguments, const struct work *work, enum proof proof,
                       char text[ORIGIN_CAPACITY]);

/* Whether it should have come from a command that gave none. */
int has_failed(const struct work *work, enum proof proof);

/* Where it is missing: says why CREDENTIALS_DIRECTORY, if it is set, has not given it. */
void say_credentials_folder(const struct work *work, enum proof proof);

#endif
