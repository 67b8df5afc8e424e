/*
 * consent.h - asks a person to consent, in a browser, to what the program does in their name.
 */
#ifndef DAMSESSION_CONSENT_H
#define DAMSESSION_CONSENT_H

struct work;

/* Has the browser sent to this port of this machine: to what is registered for the program, if that is set already. If
   this does not return EXIT_OK, it has printed why. */
int choose_redirect(struct work *work, unsigned port);

/* Asks, and makes a session of the answer: of what the browser brings to `port`, or of what is pasted at the terminal
   (0). If this does not return EXIT_OK, it has printed why. */
int ask_consent(struct work *work, unsigned port);

/* The same by a code that is typed elsewhere. */
int ask_device_consent(struct work *work);

#endif
