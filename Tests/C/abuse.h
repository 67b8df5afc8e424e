/*
 * abuse.h - what the parts of the sweep over bad input share.
 *
 * Every function of the header is called with every pointer NULL in turn and with everything that its comment rules
 * out. sweep.sh holds the output against the header, so that no function and no pointer can be left out. No network is
 * needed: sessions live in memory and talk to a closed port or to loopback.c.
 */
#ifndef ABUSE_H
#define ABUSE_H

#include "check.h"
#include "loopback.h"

#include <stdint.h>

/* One part each, in the order of the header. */
void abuse_texts(void);
void abuse_options(void);
void abuse_config(void);
void abuse_environment(void);
void abuse_names(void);
void abuse_callbacks(void);
void abuse_store(void);
void abuse_session(void);
void abuse_request(void);
void abuse_response(void);
void abuse_pairs(void);
void abuse_stream(void);
void abuse_form(void);
void abuse_download(void);
void abuse_loop(void);
void abuse_loop_work(void);
void abuse_loop_authorize(void);
void abuse_authorization(void);
void abuse_observe(void);
void abuse_image(void);
void abuse_depth(void);

/* The server that answers, and the port that does not. */
extern char open_url[LOOPBACK_URL], closed_url[LOOPBACK_URL];

/* Text that is not UTF-8: stray, cut, overlong, surrogate, too high. Ends with NULL. */
extern const char *const not_utf8[];

/* A mebibyte of 'a'. */
extern const char *huge_text;

/* The SHA-256 of at most 64 KiB, in hexadecimal digits. */
void sha256(char hex[65], const void *data, size_t size);

/* What a struct larger than the library's looks like: a size that says so, and something behind the end. */
#define WITH_TAIL(type) \
    struct {            \
        type known;     \
        uint64_t more;  \
    }

/* A configuration with store=memory and these options (name, value, ..., NULL) beside it. */
dam_config *make_config(const char *const options[]);

/* A session of such a configuration. */
dam_session *make_session(const char *const options[]);

/* A FotoWeb user with a device token, and a PhotoShelter user with an auth token, at `url`. */
dam_session *make_fotoweb(const char *url);
dam_session *make_photoshelter(const char *url);

#endif
