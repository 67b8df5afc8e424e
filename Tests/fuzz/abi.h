/*
 * abi.h - what the parts of the fuzzer of the C ABI share.
 *
 * An input is a list of calls: a byte for each says which, the bytes after it with what. Everything of damsession.h is
 * called, in any order, with arguments that are good, odd or NULL. Only what the header calls undefined is left out:
 * freed and foreign pointers, objects that a request still needs, two threads where one is allowed.
 */
#ifndef FUZZ_ABI_H
#define FUZZ_ABI_H

#include <damsession.h>

#include <calls.h> /* build.sh makes it: notes every call of the header's functions in this. */
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

extern unsigned char fuzz_calls[];

enum { SLOTS = 3, TEXTS = 64 };

/* A call that was given callbacks: what they do, and what they saw. Lives as long as the input. */
struct job {
    struct job *next;
    struct play *play;
    uint8_t manner; /* how its callbacks behave. */
    int is_in_loop;
    int calls; /* of all callbacks. */
    int done;  /* of dam_done_callback. */
    uint64_t read, id;
    int32_t logout;
    char *url, *code; /* of a consent. */
};

struct play {
    const uint8_t *at, *end;
    dam_config *configs[SLOTS];
    dam_session *sessions[SLOTS];
    dam_response *responses[SLOTS];
    dam_loop *loops[SLOTS];
    dam_canceller *cancellers[SLOTS];
    dam_form *forms[SLOTS];
    dam_authorization *authorizations[SLOTS];
    char *handles[SLOTS]; /* tickets and image handles that the library gave. */
    char key[65];         /* of a stored session that was listed. */
    int in_loop[SLOTS];   /* requests that a loop has not reported. */
    struct job *jobs;
    void *texts[TEXTS]; /* copies that live for one call. */
    int text_count;
    dam_error error;
    int has_error; /* whether the next call gets one. */
    int is_child, is_beside;
    pthread_t beside;
    dam_session *beside_session;
    dam_canceller *beside_canceller;
    uint8_t beside_manner;
    uint32_t user; /* makes every input's account another one. */
};

/* Ends the process: a promise of the header was broken. */
void broken(const char *promise, const char *detail) __attribute__((noreturn));

/* The secrets that every session is opened with; none of them may be in this text. */
extern const char canary_password[], canary_key[], canary_secret[];
void check_clean(const char *text, const char *what);

/* Reads from the input; 0 at its end. */
uint8_t byte(struct play *play);
uint64_t number(struct play *play);

/* A copy of some bytes that lives until the next step; NULL when there are too many. */
void *keep(struct play *play, const void *bytes, size_t size);

/* A text for a call: a word of this list (which ends with NULL), any word, bytes of the input, or NULL. */
const char *text(struct play *play, const char *const words[]);
/* Bytes in a block of exactly their size. */
const void *block(struct play *play, uint64_t *size);

/* Where a call puts its error, and what a call has come to: all that the header says of a result. */
dam_error *err(struct play *play);
dam_status said(struct play *play, dam_status status, const char *call);
#define SAYS(call) said(play, call, #call)

/* The calls, by the part of the header they are in. */
void play_values(struct play *play);
void play_config(struct play *play);
void play_session(struct play *play);
void play_request(struct play *play);
void play_loop(struct play *play);
void play_authorization(struct play *play);
void play_fork(struct play *play);
void play_free(struct play *play);
void finish(struct play *play);
void join_beside(struct play *play);
void wait_for(pid_t child);
void drain(struct play *play, int slot);

/* A dam_store in memory whose functions behave as `manner` says. */
const dam_store *odd_store(uint8_t manner);
void odd_store_clear(void);

/* A dam_log_callback that looks for secrets. */
void take_line(void *user_data, int32_t level, const char *message);

/* A session of the server's, in memory. */
dam_session *open_kind(struct play *play, const char *system, const char *authentication);

/* Folders for sessions, names and downloads; emptied after each input. */
void folders_make(void);
void folders_clear(void);

/* The server: a thread that answers on a Unix socket with what `serve` was given, in turn. */
void server_start(const char *folder);
const char *server_socket(void);
/* Takes note of a response. `kind` chooses one; for some, `bytes` are sent as they are. */
void serve(uint8_t kind, const uint8_t *bytes, size_t size);
/* What a request under way is cancelled with, from the server's thread. */
void server_cancels(dam_canceller *canceller);
void server_reset(void);

#endif
