/*
 * consent.h - asks a person to consent, in a browser, to what the program does in their name.
 */
#ifndef DAMSESSION_CONSENT_H
#define DAMSESSION_CONSENT_H

struct work;

/* Asks at the terminal, and makes a session of the answer. If this does not return EXIT_OK, it has printed why. */
int ask_consent(struct work *work);

#endif
