/*
 * smoke.h - what the parts of the test against the sandbox share.
 *
 * The sandbox counts what reaches it, and those counts are what is checked: the library's own word is never enough. No
 * store is shared: every part gets an empty folder and a sandbox as just started.
 */
#ifndef SMOKE_H
#define SMOKE_H

#include "check.h"
#include "control.h"

#define OPTIONS(...) ((const char *const[]){__VA_ARGS__, NULL})

/* The accounts of the sandbox that the tests use. */
#define ADA_MAIL "ada@example.com"
#define ADA_SECRET "correct horse & battery=staple%41+\xc3\xbc"
#define AARDVARK "O0000AARDVARK0001"
#define KARE "k\xc3\xa5re.\xc3\xb8st"
#define KARE_SECRET "p\xc3\xa4ssw\xc3\xb6rd;&=+%41"
#define SITE_SECRET "n\xc3\xb8kkel-\xd0\xba\xd0\xbb\xd1\x8e\xd1\x87-\xc3\x9f"

enum { PATH_ROOM = 4096 };

/* From the environment. */
extern const char *photoshelter_url, *fotoweb_url, *ca_file;
/* Fewer repetitions, for a run under valgrind. */
extern int is_short;

void smoke_photoshelter(void);
void smoke_fotoweb(void);
void smoke_refusals(void);
void smoke_failures(void);
void smoke_threads(void);
void smoke_streams(void);
void smoke_forms(void);
void smoke_downloads(void);
void smoke_redirects(void);
void smoke_loop(void);
void smoke_turns(void);
void smoke_loop_work(void);
void smoke_loop_authorize(void);
void smoke_loop_downloads(void);
void smoke_loop_ends(void);
void smoke_guest(void);
void smoke_standstill(void);
void smoke_head(void);
void smoke_authorize(void);
void smoke_tickets(void);
void smoke_observe(void);
void smoke_suspicions(void);

/* The sandbox as just started, and a new, empty store for the sessions that are opened from now on. */
void fresh(void);
extern char store[PATH_ROOM];

/* A configuration with store, CA file, log and these options (name, value, ..., NULL); a session of it. */
dam_config *configure(const char *const options[]);
dam_session *open_session(const char *const options[]);

/* ada@example.com with her password, and these options; the same for kåre.øst. */
dam_session *open_photoshelter(const char *const options[]);
dam_session *open_fotoweb(const char *const options[]);

/* A GET that must be answered with `status` and a body with `text` in it. Gives the replays. */
uint32_t get(dam_session *session, const char *path, int32_t status, const char *text);

/* The session's counters, and its state. */
dam_statistics statistics(dam_session *session);
dam_session_state state(dam_session *session);

/* The file that is downloaded, what may lie beside it ("", ".part", ".part.json"): its bytes, or -1; another text in
   it. */
extern char path[PATH_ROOM];
long size_of(const char *suffix);
void put(const char *suffix, const char *text);

/* Whether the file is the sandbox's of this many bytes, with nothing beside it. */
int is_whole(long size);

/* From now on the session's present secret is looked for in every message and log line. */
void watch(dam_session *session);

/* Whether the sandbox counted this. */
#define COUNTED(system, counter, wanted)                                                                      \
    do {                                                                                                      \
        long counted_ = control_count(system, counter);                                                       \
        CHECK(counted_ == (wanted), "%s: %s is %ld (wanted %ld)", system, counter, counted_, (long)(wanted)); \
    } while (0)

#endif
