/*
 * damsession.h - stay logged in to a digital asset management (DAM) system.
 *
 * One session engine for three systems: PhotoShelter (API v3 and v4), FotoWeb Archive Agent and FotoWare (the API of
 * FotoWeb 8 and later). The library logs in when it must, or renews what a person has consented to, once per expiry for
 * all threads and processes that share a store, adopts every rotated cookie, keeps the session on disk, sends a request
 * again after a new login, and never logs in twice with a password that was refused.
 *
 * This file is the contract: the Swift bodies are checked against it by the compiler, bindings are written from it
 * alone. It is long because it is whole: an application includes nothing else. "The application" or "the caller" is the
 * program that calls; "response" is what an HTTP server sends; "system" is one of the three above. A program is:
 * dam_config_new, dam_config_set, dam_session_open, dam_session_request, dam_response_get.
 *
 * CONVENTIONS, true of every function below
 *
 *   Names       dam_<type>_<verb>, where the type is that of the first parameter. Opaque types have no _t. Constants
 *               are DAM_<GROUP>_<NAME>; numbers are never reused. Times are in seconds, or the name says _ms or _us.
 *   Parameters  self, inputs, outputs (called `out` or `..._out`), then an optional `dam_error *err`. A callback is
 *               followed by its `void *user_data`, which it gets first.
 *   Verbs       _new or _open makes, _free ends, _get fills a struct or gives a value, _list calls back for each one. A
 *               noun alone gives a value and cannot fail (dam_loop_fd). A callback's 0 means: go on.
 *   Results     dam_status, unless the function cannot fail. Outputs are written only when DAM_OK is returned.
 *   Errors      `err` may be NULL. If given it is filled on every return: status DAM_OK and an empty message on
 *               success. Messages are one English sentence, say what to do, and never hold a secret, a query string or
 *               a body.
 *   Sizes       size_t for what is in memory; uint64_t for the length of a body or file, which may be larger than that.
 *   Text        NUL-terminated UTF-8. Bad UTF-8, a missing pointer or a wrong struct size is DAM_ERR_ARGUMENT, never a
 *               crash.
 *   Structs     that the caller fills begin with their size, so that later versions can add fields at the end: start
 *               from DAM_<TYPE>_INIT, which sets it and makes the rest zero (`dam_request request =
 *               DAM_REQUEST_INIT;`). A larger size is taken if what this version does not know is zero. `reserved` must
 *               be 0. Structs that a callback gets begin with the size that the library has filled: what lies behind
 *               the end of it is not there. dam_error and dam_header never grow.
 *   Limits      option values and secrets 16384 bytes without control characters, paths 65536, image IDs 4096, 1000
 *               headers a list. Beyond them: DAM_ERR_ARGUMENT, for options DAM_ERR_OPTION.
 *   Ownership   what a function returns through `**out` belongs to the caller and goes back through the _free function
 *               of its type; every _free takes NULL. Pointers inside a view or a callback's argument are borrowed:
 *               their comment says for how long. Input is copied before the function returns, or used only until it
 *               returns.
 *   Threads     dam_session: any number of threads at once. dam_config, dam_response: one thread at a time (different
 *               objects are independent). Callbacks run on the thread that is inside a damsession call, never on
 *               another, with its own signal mask. A call that would wait for what only its own thread can end (a
 *               request of an event loop that no other thread dispatches, the call whose callback it is in, an
 *               authorization in a process of one thread) is DAM_ERR_LOCKED at once.
 *   Stack       a thread that calls needs 256 KiB of it, beside what the application's callbacks use.
 *   Memory      what the library frees is wiped first, blocks over 128 KiB excepted; libcurl's copies of what it sends
 *               and receives are not.
 *   Fork        a child may go on with its parent's sessions: it starts with connections and locks of its own, and
 *               finds the stored session. fork() waits until no thread is inside the library; sleeping in it does not
 *               count. Loops and authorizations stay the parent's: in a child every call of them is refused, and _free
 *               leaves them alone. A child of clone() or _Fork() is noticed, too, but they do not wait: call them while
 *               no thread is inside. A child that is made in a callback must not return from it.
 *   A guest     no threads, signal handlers, atexit handlers, environment changes or output of its own. Passing a freed
 *               or foreign pointer is undefined, as everywhere in C; anything else comes back as a status.
 */
#ifndef DAMSESSION_H
#define DAMSESSION_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Version ----------------------------------------------------------------------------------------------------- */

/** The version of this header. A program built with it runs with any library of the same major number that is not
    older. */
#define DAM_VERSION_MAJOR 1
#define DAM_VERSION_MINOR 0
#define DAM_VERSION_PATCH 0
#define DAM_VERSION "1.0.0"

/** The version of the library that runs, for example "1.0.0". Static text; any thread; cannot fail. */
const char *dam_version(void);

/* ---- Status ------------------------------------------------------------------------------------------------------ */

/** What a call came to. Below 20: the call itself; 20 to 39: the network; 40 to 59: what the server says; 60 up: the
    store. */
typedef enum dam_status {
    DAM_OK = 0,
    DAM_ERR_ARGUMENT = 1,      /**< a NULL, bad UTF-8, a wrong struct size, a malformed path or header. */
    DAM_ERR_OPTION = 2,        /**< an unknown option, a bad value, or options that contradict each other. */
    DAM_ERR_NOT_FOUND = 3,     /**< no such name, record or call: nothing is remembered under this name or stored
                                    under this key, or the call of an event loop is over already. */
    DAM_ERR_NOT_SUPPORTED = 4, /**< this system or authentication has no such thing. */
    DAM_ERR_CALLBACK = 5,      /**< a callback of the application asked to stop. */
    DAM_ERR_INTERNAL = 6,      /**< a state that should not exist; please report it. */

    DAM_ERR_CONNECT = 20,   /**< no connection: the server is out of reach, or too few descriptors are left;
                                 nothing was sent. */
    DAM_ERR_TLS = 21,       /**< the certificate or the handshake was refused; nothing was sent. */
    DAM_ERR_TIMEOUT = 22,   /**< `timeout`, `connect-timeout` or `idle-timeout` ran out. */
    DAM_ERR_TRANSFER = 23,  /**< the connection broke before the response was whole. */
    DAM_ERR_PROTOCOL = 24,  /**< the response is not what the API's guide describes. */
    DAM_ERR_TOO_LARGE = 25, /**< the response is larger than `response-limit`. */
    DAM_ERR_INSECURE = 26,  /**< it would send a secret over plain HTTP or to another origin. */
    DAM_ERR_CANCELLED = 27, /**< the application cancelled it. */

    DAM_ERR_CREDENTIALS_NEEDED = 40,  /**< a login is needed and there are no credentials at hand. */
    DAM_ERR_CREDENTIALS_REFUSED = 41, /**< the server refused them, now or before, or five logins in a row failed for no
                                           reason that it gave; they are not tried again. */
    DAM_ERR_SECOND_FACTOR = 42,       /**< the account wants a second factor, which a person gives in a browser only. */
    DAM_ERR_ORGANIZATION_REFUSED = 43, /**< the user may not act for this organization. */
    DAM_ERR_API_KEY_REFUSED = 44,      /**< the API key is missing or refused. */
    DAM_ERR_TOKEN_LIMIT = 45,          /**< the user has too many device tokens; an administrator must revoke some. */
    DAM_ERR_SESSION_INVALID = 46,      /**< the session was refused again right after a new login (FotoWeb: a device
                                            token that was refused when it was new; no other is taken for it). */
    DAM_ERR_THROTTLED = 47,            /**< too many requests; dam_error.retry_after says when to come back. */
    DAM_ERR_SERVER = 48,               /**< the server failed (HTTP 5xx), shows a page that is not one to log in at, or
                                            failed a login without saying why: dam_error.retry_after says when the next
                                            is tried. */
    DAM_ERR_HANDLE_STALE = 49,         /**< the image handle belongs to a device token that is no longer in use. */
    DAM_ERR_REPLAY_IMPOSSIBLE = 50,    /**< the session had ended, and the body cannot be given again; repeat the
                                            request. */
    DAM_ERR_CONSENT = 51,              /**< a person must consent (again): dam_consent_begin. No password is asked
                                            for instead. */
    DAM_ERR_LICENSE = 52,              /**< the site has no licence for the use of its API. */

    DAM_ERR_STORE = 60,       /**< the store cannot be read or written where it must be, or others could. */
    DAM_ERR_LOCKED = 61,      /**< another held this session longer than `lock-timeout`, or this thread holds
                                   it; or another download is writing the file. */
    DAM_ERR_RECORD_NEWER = 62 /**< the stored session was written by a newer damsession; it is left alone. */
} dam_status;

/** What went wrong, in the caller's own memory. Valid for as long as the caller keeps it. */
typedef struct dam_error {
    int32_t status;      /**< the dam_status that the function returned. */
    int32_t http_status; /**< the HTTP status that led to it, or 0. */
    int32_t retry_after; /**< seconds that the server asked to wait (Retry-After), or -1. */
    int32_t reserved;    /**< 0. */
    char message[496];   /**< one redacted sentence, NUL-terminated UTF-8; empty on success. */
} dam_error;

/** The constant's name, for example "DAM_ERR_TLS"; "DAM_ERR_UNKNOWN" for other numbers. Static text; any thread. */
const char *dam_status_name(int32_t status);

/** One sentence about a status in general. Static text; any thread. */
const char *dam_status_text(int32_t status);

/** What to do about a status in general, for a person to read; options are named as dam_config_set takes them. Empty
    for DAM_OK and unknown numbers. Static text; any thread. */
const char *dam_status_advice(int32_t status);

/** Wipes and frees a string that a function of this library returned through `char **out`. NULL is fine. */
void dam_string_free(char *text);

/* ---- Options ----------------------------------------------------------------------------------------------------- */

/** One row of the option table: the one vocabulary of dam_config_set, remembered names, DAMSESSION_* and the
    wrapper. */
typedef struct dam_option {
    uint32_t size;             /**< set by the caller to sizeof(dam_option). */
    int32_t secret;            /**< 1: never shown, never taken from a command line, not readable by dam_config_get. */
    int32_t remembered;        /**< 1: dam_config_save writes it. */
    int32_t reserved;          /**< 0. */
    const char *name;          /**< "connect-timeout". Environment: DAMSESSION_CONNECT_TIMEOUT. Static text, as all
                                    here. */
    const char *kind;          /**< "text", "choice", "url", "seconds", "count", "bytes", "boolean", "path", "secret",
                                    or "statuses" and "words", which are lists parted by commas. */
    const char *default_value; /**< in the words dam_config_set takes; "" where there is none. */
    const char *choices;       /**< for "choice": the words, parted by "|"; else "". */
    const char *help;          /**< one line. */
    const char *system;        /**< the system that alone has it, in the words of the option "system"; "": all have. */
} dam_option;

/** What a dam_option is to begin with: `size` set, the rest zero. */
#define DAM_OPTION_INIT {sizeof(dam_option), 0, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL}

/** How many options there are. Any thread. */
uint32_t dam_option_count(void);

/** Fills `out` with row `index` (0 to dam_option_count() - 1). DAM_ERR_ARGUMENT: no such row, or a wrong
    `out->size`. */
dam_status dam_option_get(uint32_t index, dam_option *out, dam_error *err);

/* ---- Configuration ----------------------------------------------------------------------------------------------- */

/** Options and callbacks for sessions. One thread at a time. */
typedef struct dam_config dam_config;

/** Makes a configuration in which every option has its default. Ownership: dam_config_free. */
dam_status dam_config_new(dam_config **out, dam_error *err);

/** Frees a configuration and wipes the secrets in it. Sessions opened from it live on. NULL is fine. */
void dam_config_free(dam_config *config);

/**
 * Sets one option. `value` NULL puts the default back; an empty value is a bad one.
 * DAM_ERR_OPTION: no such name (the message names the nearest one) or a bad value (the message says what it takes).
 */
dam_status dam_config_set(dam_config *config, const char *name, const char *value, dam_error *err);

/**
 * Reads one option that is not secret: what was set, or its default.
 * Ownership: `*out` by dam_string_free. DAM_ERR_OPTION: no such name, or a secret one.
 */
dam_status dam_config_get(const dam_config *config, const char *name, char **out, dam_error *err);

/** Who has set an option. What comes later here goes before what comes earlier, whatever the order of the calls. */
typedef enum dam_option_source {
    DAM_SOURCE_DEFAULT = 0,     /**< nobody: it has its default. */
    DAM_SOURCE_REMEMBERED = 1,  /**< what is remembered under a name: dam_config_load. */
    DAM_SOURCE_ENVIRONMENT = 2, /**< the environment: dam_config_load_environment. */
    DAM_SOURCE_PROGRAM = 3      /**< the program: dam_config_set. */
} dam_option_source;

/** Tells who has set one option, which may be secret: a dam_option_source. DAM_ERR_OPTION: no such name. */
dam_status dam_config_get_source(const dam_config *config, const char *name, int32_t *out, dam_error *err);

/**
 * Sets every option that the environment names: DAMSESSION_URL for `url` and so on. An empty variable counts as absent.
 * Then secrets that nothing has given yet, from files of their names (`password`, `encryption-secret`, `api-key`) in
 * the folder CREDENTIALS_DIRECTORY: systemd's LoadCredential= makes it (systemd.exec(5)).
 *
 * The environment is about one account, as far as it names one, and a secret of it never reaches another. Where the
 * program sets another `system`, `url` or `user` than the environment names, what the environment says of what lies
 * below it (server, user, secrets) does not count; a system with a usual URL is named together with that. The message
 * of what is missing then says so. If the program sets none of the three, and the environment names another one than
 * the remembered options, then dam_session_open and dam_config_save fail with DAM_ERR_OPTION: either may be meant. An
 * environment that names none of the three counts for every account. For what dam_config_load sets, the same holds.
 * DAM_ERR_OPTION: a bad value; nothing was set then. Do not call while another thread changes the environment.
 */
dam_status dam_config_load_environment(dam_config *config, dam_error *err);

/**
 * Sets the options remembered under `name` (1 to 64 of letters, digits, `.`, `_`, `-`, `@`, not beginning with `.` or
 * `-`). They are kept in $XDG_CONFIG_HOME/damsession (default ~/.config/damsession), one JSON file a name, mode 0600.
 * DAM_ERR_NOT_FOUND: there is none. DAM_ERR_STORE: unreadable; or file or folder belong to another user or are open to
 * others: to their writing, with an API key in it to their reading. DAM_ERR_OPTION: the file is not JSON, or holds an
 * option that is none.
 * DAM_ERR_ARGUMENT: `name` is not one; so for all functions that take a name.
 */
dam_status dam_config_load(dam_config *config, const char *name, dam_error *err);

/** Remembers, under `name`, every option that was set and counts, and that may be remembered; never a password or an
    encryption secret. */
dam_status dam_config_save(const dam_config *config, const char *name, dam_error *err);

/**
 * Changes one option that is remembered under `name`, which is made if there is none; NULL forgets the option. The
 * others stay as they are, secrets too: behind another `url`, a remembered API key is meant for that. DAM_ERR_OPTION:
 * no such option, a bad value, or one that is never remembered. DAM_ERR_NOT_FOUND: no such name to forget it under.
 */
dam_status dam_name_set(const char *name, const char *option, const char *value, dam_error *err);

/** Called once for each remembered name, in alphabetical order. `name` is borrowed for the call. Non-zero stops. */
typedef int32_t (*dam_name_callback)(void *user_data, const char *name);

/** Lists the remembered names. DAM_ERR_CALLBACK: the callback asked to stop. */
dam_status dam_name_list(dam_name_callback callback, void *user_data, dam_error *err);

/** Forgets the options remembered under `name`; sessions stay. DAM_ERR_NOT_FOUND: there is none. */
dam_status dam_name_remove(const char *name, dam_error *err);

/* ---- Credentials ------------------------------------------------------------------------------------------------- */

/** What a login asks for. */
typedef enum dam_prompt_kind {
    DAM_PROMPT_PASSWORD = 1,          /**< the user's password. */
    DAM_PROMPT_ENCRYPTION_SECRET = 2, /**< the FotoWeb site's encryption secret (guide, method 3). */
    DAM_PROMPT_CLIENT_SECRET = 3      /**< the program's own secret (OAuth2, client credentials). */
} dam_prompt_kind;

/** One question of a login. Lives for the callback; not to be copied. */
typedef struct dam_prompt {
    uint32_t size;      /**< sizeof(dam_prompt) of the library. */
    int32_t kind;       /**< a dam_prompt_kind. */
    const char *user;   /**< whose; borrowed for the call. */
    const char *origin; /**< at which server, "https://www.photoshelter.com"; borrowed for the call. */
    void *reserved;     /**< the library's. */
} dam_prompt;

/**
 * Asked when a login is needed and the option `password` (or `encryption-secret`) is not set. Answer with
 * dam_prompt_answer and return DAM_OK. Return without an answer: DAM_ERR_CREDENTIALS_NEEDED. Another status:
 * DAM_ERR_CALLBACK.
 * Threads: runs on a thread that is in a call of the session, with the session's login lock held: do not call the
 * session.
 */
typedef int32_t (*dam_credentials_callback)(void *user_data, dam_prompt *prompt);

/** Says who is to be asked for credentials; NULL: nobody. `user_data` must outlive every session opened from
    `config`. */
dam_status dam_config_set_credentials(dam_config *config, dam_credentials_callback callback, void *user_data,
                                      dam_error *err);

/** Answers a prompt with `size` bytes, which are copied; the caller may wipe its own at once. Only inside the
    callback. */
dam_status dam_prompt_answer(dam_prompt *prompt, const void *secret, size_t size, dam_error *err);

/* ---- Log --------------------------------------------------------------------------------------------------------- */

/** How much it matters. */
typedef enum dam_log_level {
    DAM_LOG_ERROR = 1,   /**< something is lost or broken. */
    DAM_LOG_WARNING = 2, /**< it went on, but somebody should look: a damaged record, a store that cannot be
                              written. */
    DAM_LOG_INFO = 3,    /**< logins, logouts, replays. */
    DAM_LOG_DEBUG = 4    /**< every request (URL without its query), every adopted or dropped cookie (as a hash). */
} dam_log_level;

/** Gets one redacted line. `message` is borrowed for the call. Must not call the session it logs for. */
typedef void (*dam_log_callback)(void *user_data, int32_t level, const char *message);

/** Says who gets log lines up to `level`; NULL: nobody (the default). `user_data` must outlive every session opened. */
dam_status dam_config_set_log(dam_config *config, int32_t level, dam_log_callback callback, void *user_data,
                              dam_error *err);

/* ---- Stores ------------------------------------------------------------------------------------------------------ */

/** What a function of a dam_store says. */
typedef enum dam_store_result {
    DAM_STORE_OK = 0,        /**< done. */
    DAM_STORE_ABSENT = 1,    /**< load, remove: there is no record of this key. */
    DAM_STORE_UNCHANGED = 2, /**< load: the record still has the revision `known`. */
    DAM_STORE_CONFLICT = 3,  /**< save: the record has another revision than `expected`; nothing was written. */
    DAM_STORE_BUSY = 4,      /**< lock: somebody else kept it for all of `wait_ms`. */
    DAM_STORE_FAILED = 5     /**< the store is out of order. The session goes on in memory, but asks for nothing that
                                  can be had only once (a device token, a renewal): DAM_ERR_STORE. */
} dam_store_result;

/** Where a load puts what it found. The library's; lives for the call. */
typedef struct dam_record dam_record;

/** Hands a loaded record to the library, which copies it. Only inside dam_store.load. At most 4 MiB. */
dam_status dam_record_fill(dam_record *record, const void *data, size_t size, dam_error *err);

/**
 * A place for records that the application provides, for example a database that a fleet shares. Records are opaque
 * bytes that hold secrets: keep them from others. Keys are at most 64 letters and digits. Each function returns a
 * dam_store_result.
 * Threads: all of them are called from any thread that is inside a call of a session, at the same time for different
 * keys and, but for lock, for the same one. They must not call damsession, except dam_record_fill.
 */
typedef struct dam_store {
    uint32_t size;     /**< sizeof(dam_store). */
    uint32_t reserved; /**< 0. */
    void *user_data;   /**< handed to every function; must outlive every session opened. */
    /** Finds a record and hands it to dam_record_fill; DAM_STORE_OK without that counts as DAM_STORE_FAILED. `known`: a
        revision that the library has; 0: none. */
    int32_t (*load)(void *user_data, const char *key, uint64_t known, dam_record *record);
    /** Replaces the record of revision `expected` (0: there is none) by `data` of `revision`, in one atomic step that
        is durable when it returns. */
    int32_t (*save)(void *user_data, const char *key, const void *data, size_t size, uint64_t revision,
                    uint64_t expected);
    /** Locks the key against every other holder, in this process and elsewhere; sets `*lock_out` to whatever unlock
        needs. The lock must end with its process. Held across a login, so for seconds. */
    int32_t (*lock)(void *user_data, const char *key, uint32_t wait_ms, void **lock_out);
    /** Releases a lock. */
    void (*unlock)(void *user_data, const char *key, void *lock);
    /** Calls `callback` with `callback_data` for every key there is; stops when it returns non-zero. */
    int32_t (*list)(void *user_data, dam_name_callback callback, void *callback_data);
    /** Removes a record of any revision. */
    int32_t (*remove)(void *user_data, const char *key);
} dam_store;

/** What a dam_store is to begin with: `size` set, the rest zero. */
#define DAM_STORE_INIT {sizeof(dam_store), 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL}

/**
 * Keeps the sessions opened from `config` in this store instead of the one of the option `store`; NULL: no longer.
 * The struct is copied. DAM_ERR_ARGUMENT: a function is missing or `store->size` is wrong.
 */
dam_status dam_config_set_store(dam_config *config, const dam_store *store, dam_error *err);

/** A stored session. Borrowed for the callback. */
typedef struct dam_stored_session {
    uint32_t size;      /**< sizeof(dam_stored_session) of the library. */
    int32_t logged_in;  /**< 1: there is a secret; 0: logged out or forgotten. */
    const char *key;    /**< names the record; for dam_config_remove_stored. */
    const char *system; /**< as the option of this name; so are the next three. */
    const char *url;
    const char *user;
    const char *organization; /**< "" for none. */
    uint64_t generation;      /**< as in dam_session_state; so is the next one. */
    int64_t used_at;
} dam_stored_session;

/** Called once for each stored session, in order of its key. Non-zero stops. */
typedef int32_t (*dam_stored_session_callback)(void *user_data, const dam_stored_session *session);

/** Lists the sessions in the store of `config`. Damaged records and those of a newer version are left out. */
dam_status dam_config_list_stored(const dam_config *config, dam_stored_session_callback callback, void *user_data,
                                  dam_error *err);

/**
 * Removes a record from the store of `config`, secret and memory of it. The server is not told, and running programs
 * may save it again: dam_session_forget is the better way where the session can be opened.
 * DAM_ERR_NOT_FOUND: there is no record of this key.
 */
dam_status dam_config_remove_stored(const dam_config *config, const char *key, dam_error *err);

/* ---- Session ----------------------------------------------------------------------------------------------------- */

/** One identity (origin, authentication, user, organization) at work. Any number of threads at once. */
typedef struct dam_session dam_session;

/**
 * Opens a session. Checks the options together; reads no network and logs nobody in: that happens at the first need.
 * Sessions of one identity in one process share their state and their connections.
 * Ownership: dam_session_free. DAM_ERR_OPTION: an option is missing or contradicts another; the message says which.
 * DAM_ERR_INSECURE: `url` is plain HTTP. DAM_ERR_STORE: there is no place for the store, or its folder belongs to
 * another user, others may write in it, or they could exchange it. Calls say the same of a record: it must be this
 * user's own file, with one name and closed to others, and is neither believed nor replaced until somebody has looked
 * at it. A store that cannot be made or written is no error where a login costs nothing: the session lives in memory,
 * and the log says so (dam_session_state.flags lacks DAM_STATE_STORED). DAM_ERR_NOT_SUPPORTED: the system's libcurl is
 * older than 7.80.0.
 */
dam_status dam_session_open(const dam_config *config, dam_session **out, dam_error *err);

/**
 * Opens the session whose options are remembered under `name`, with what the environment says over them, as the command
 * `damsession` does: dam_config_load, dam_config_load_environment and dam_session_open in one. `name` NULL: with the
 * environment alone. Ownership and errors: those of the three.
 */
dam_status dam_session_open_named(const char *name, dam_session **out, dam_error *err);

/** Closes a session; what is stored stays stored. No call of it may be under way. NULL is fine. */
void dam_session_free(dam_session *session);

/** Flags of dam_session_login. */
typedef enum dam_login_flags {
    DAM_LOGIN_IF_NEEDED = 0, /**< a stored session that looks usable is kept. */
    DAM_LOGIN_AGAIN = 1      /**< try credentials that failed before once more. It never replaces a device token. */
} dam_login_flags;

/**
 * Makes sure that there is a session: uses the stored one or logs in (including the organization step). `flags` are
 * dam_login_flags.
 * Not needed before requests. PhotoShelter: POST mem/authenticate. FotoWeb: Login.fwx or a login token, then one small
 * request with the device token; Information for `query`. OAuth2 (FotoWare; PhotoShelter's `oauth`): a refresh token
 * is spent, in doubt the same one once more; without one DAM_ERR_CONSENT, and no password is asked for. FotoWare's
 * `script`: its client secret.
 * What proves that credentials are wrong (PhotoShelter's documented classes, a 401) is remembered, as a slow hash, by
 * all programs that share the store, until other credentials are given, or these with DAM_LOGIN_AGAIN. A 403, a page, a
 * redirect or FotoWeb's 500 may be a refusal or an outage: DAM_ERR_SERVER, tried again after a minute, two, four and
 * eight.
 */
dam_status dam_session_login(dam_session *session, uint32_t flags, dam_error *err);

/**
 * Makes sure that the server still has the session, and resets its idle clock: sends one small request (PhotoShelter:
 * GET mem/user/session, of v4 user/session; FotoWeb: Information; FotoWare: GET me) and logs in if it is refused. Never
 * done unasked, but for one case: before an upload of 64 KiB or more, when half of the idle limit has gone by.
 * DAM_ERR_PROTOCOL: the response is neither a success nor a refusal, and shows nothing.
 */
dam_status dam_session_keepalive(dam_session *session, dam_error *err);

/**
 * Asks for a person's consent to what the program does in their name (OAuth2): `*url_out` is the page that they open in
 * a browser of theirs, on any machine. The server then sends the browser to the option `redirect-url`, where nobody
 * need be: the address that the browser shows then is the answer, for dam_consent_finish, in this process or another.
 * An answer is taken for ten minutes, once, and to the last question that was asked. PhotoShelter wants the API key in
 * the page's address: keep that out of logs.
 * Ownership: `*url_out` by dam_string_free. DAM_ERR_NOT_SUPPORTED: this authentication asks nobody. DAM_ERR_STORE: the
 * question could not be kept; nothing was asked.
 */
dam_status dam_consent_begin(dam_session *session, char **url_out, dam_error *err);

/**
 * Takes the answer to dam_consent_begin: the whole address to which the server has sent the browser. Then there is a
 * session, which renews itself for as long as the server lets it. DAM_ERR_CONSENT: the person has declined, or it is no
 * answer to the last question: begin anew. DAM_ERR_ARGUMENT: it is no answer at all. DAM_ERR_STORE: the session is
 * there, but lives in this process only. Errors of dam_session_login.
 */
dam_status dam_consent_finish(dam_session *session, const char *redirected_url, dam_error *err);

/**
 * dam_consent_begin for a person at another machine, where the server offers it (RFC 8628; the option `device-path`):
 * they open `*url_out` in any browser and type `*code_out` there. dam_consent_poll asks whether they have, also in
 * another process. Ownership: both by dam_string_free. Errors: those of dam_consent_begin; DAM_ERR_NOT_SUPPORTED: no
 * `device-path`, which neither vendor is known to have.
 */
dam_status dam_consent_begin_device(dam_session *session, char **url_out, char **code_out, dam_error *err);

/**
 * Asks the server whether the person has consented; DAM_OK: there is a session. DAM_ERR_CONSENT: not yet, if
 * dam_error.retry_after is 0 or more: ask again after so many seconds, since servers refuse whoever asks more often;
 * else they have declined, or it is too late. Errors of dam_consent_finish.
 */
dam_status dam_consent_poll(dam_session *session, dam_error *err);

/** Takes a sealed session, of one line; borrowed for the callback. 0: it has it now. */
typedef int32_t (*dam_sealed_callback)(void *user_data, const char *line);

/**
 * Gives what a person has consented to here to the same program on another machine, for instance from a laptop with a
 * browser to a server: `take` gets one line of text, sealed by `passphrase` (8 bytes or more). Once it has returned 0
 * the session is forgotten here, since a refresh token may be good for one renewal only; before that nothing has
 * changed. `take` is called once, while the session is locked, and must not use it: write to a file that only its
 * owner reads, and sync it. DAM_ERR_CONSENT: there is no refresh token. DAM_ERR_CALLBACK: `take` has refused.
 * DAM_ERR_STORE: handed over, but it could not be wiped here: dam_session_forget.
 */
dam_status dam_consent_export(dam_session *session, const char *passphrase, dam_sealed_callback take, void *user_data,
                              dam_error *err);

/**
 * Takes a line of dam_consent_export; white space in it does not count. The session must have been opened for the same
 * system, URL, user, authentication and organization; what it had is replaced. DAM_ERR_ARGUMENT: another pass-phrase,
 * another account, or not the whole line. DAM_ERR_STORE: the session is there, but lives in this process only.
 */
dam_status dam_consent_import(dam_session *session, const char *sealed, const char *passphrase, dam_error *err);

/** How a session ended. */
typedef enum dam_logout_result {
    DAM_LOGOUT_NONE = 0,       /**< there was no session. */
    DAM_LOGOUT_SERVER = 1,     /**< the server closed it, and it is forgotten here. */
    DAM_LOGOUT_LOCAL = 2,      /**< forgotten here only: FotoWeb has no logout (an administrator can revoke the token),
                                    nor is one known of PhotoShelter's v4, or of OAuth2 without `revoke-path`. */
    DAM_LOGOUT_UNCONFIRMED = 3 /**< forgotten here; the server could not be told or did not agree. */
} dam_logout_result;

/**
 * Ends the session: forgets its secrets first (memory and store), then tells the server where it has a logout, or has
 * it revoke the tokens (OAuth2, `revoke-path`; RFC 7009).
 * The same session may log in again later. `*result_out` is a dam_logout_result; it may be NULL. DAM_ERR_STORE: the
 * stored secret could not be wiped.
 */
dam_status dam_session_logout(dam_session *session, int32_t *result_out, dam_error *err);

/** Forgets the session's secrets in memory and store, without a word to the server. */
dam_status dam_session_forget(dam_session *session, dam_error *err);

/** An organization of the user (PhotoShelter guide, "Organization authentication"). Borrowed for the callback. */
typedef struct dam_organization {
    uint32_t size;     /**< sizeof(dam_organization) of the library. */
    uint32_t reserved; /**< 0. */
    const char *id;    /**< opaque; what the option `organization` takes. */
    const char *name;  /**< "" where the server gave none. */
    int32_t member;    /**< 1: the server says the user is a member; 0: it says not; -1: it did not say. */
    int32_t selected;  /**< 1: this session acts for it. */
} dam_organization;

/** Called once for each organization. Non-zero stops. */
typedef int32_t (*dam_organization_callback)(void *user_data, const dam_organization *organization);

/**
 * Lists the organizations that the last login named; logs in if there was none.
 * DAM_ERR_NOT_SUPPORTED: the system has no organizations. DAM_ERR_CALLBACK: the callback asked to stop.
 */
dam_status dam_session_list_organizations(dam_session *session, dam_organization_callback callback, void *user_data,
                                          dam_error *err);

/** One header. Lists of them are an array and its `header_count`, in the order sent or received; names may repeat. */
typedef struct dam_header {
    const char *name;  /**< without the colon; in any case. */
    const char *value; /**< without the blanks around it; no CR, LF or NUL. Of a response: bytes as received, which
                            need not be UTF-8. */
} dam_header;

/** Called once for each request header that carries a secret. `header` is borrowed for the call. Non-zero stops. */
typedef int32_t (*dam_header_callback)(void *user_data, const dam_header *header);

/**
 * Gives the request headers that authenticate a request of the application's own, logging in if needed. `ticket_out`
 * may be NULL; else it gets what dam_session_observe wants to know of them: short printable ASCII without a secret, by
 * dam_string_free. In PhotoShelter's cookie mode the cookie is only good until the server rotates it, so the response
 * must be observed.
 * DAM_ERR_NOT_SUPPORTED: the secret travels in the URL (`token-in-url`, `query`, `api-key-in` parameter), so headers do
 * not suffice. DAM_ERR_CALLBACK: the callback asked to stop.
 */
dam_status dam_session_list_headers(dam_session *session, dam_header_callback callback, void *user_data,
                                    char **ticket_out, dam_error *err);

/**
 * Gives the bare secret: PhotoShelter's auth token, FotoWeb's device token or the access token of OAuth2, logging in if
 * needed.
 * Ownership: `*out` by dam_string_free, which wipes it. DAM_ERR_NOT_SUPPORTED: this authentication has no token.
 */
dam_status dam_session_get_token(dam_session *session, char **out, dam_error *err);

/** A device token that this store obtained for the session's user and origin. Borrowed for the callback. */
typedef struct dam_device_token {
    uint32_t size;           /**< sizeof(dam_device_token) of the library. */
    int32_t in_use;          /**< 1: this session uses it. */
    const char *fingerprint; /**< a short hash; the token itself is not kept here. */
    int64_t obtained_at;     /**< seconds since 1970 UTC. */
    int64_t dead_at;         /**< when the server proved it invalid, by accepting its successor right after refusing
                                  it; 0: as far as known it counts against the limit. */
} dam_device_token;

/** Called once for each token, oldest first. Non-zero stops. */
typedef int32_t (*dam_device_token_callback)(void *user_data, const dam_device_token *token);

/**
 * Lists the device tokens of the session's user that this store knows of: what an administrator needs to see before
 * revoking. Asks no server. DAM_ERR_NOT_SUPPORTED: this authentication has none.
 */
dam_status dam_session_list_device_tokens(dam_session *session, dam_device_token_callback callback, void *user_data,
                                          dam_error *err);

/** Bits of dam_session_state.flags. */
typedef enum dam_state_flags {
    DAM_STATE_LOGGED_IN = 1, /**< there is a session secret. The server may have ended it meanwhile. */
    DAM_STATE_STORED = 2,    /**< it is on disk (or in the application's store); else it dies with the process. */
    DAM_STATE_REFUSED = 4,   /**< the last login was refused; those credentials are not tried again. */
    DAM_STATE_RENEWABLE = 8  /**< there is a refresh token, which renews the session without a person. */
} dam_state_flags;

/** What is known here about a session, without asking the server. Times are seconds since 1970 UTC, 0: never. */
typedef struct dam_session_state {
    uint32_t size;           /**< set by the caller to sizeof(dam_session_state). */
    uint32_t flags;          /**< dam_state_flags. */
    uint64_t generation;     /**< the number of the session secret; it only grows. 0: there never was one. */
    int64_t issued_at;       /**< when the secret was issued. */
    int64_t used_at;         /**< when the server last answered to it. */
    int32_t idle_limit;      /**< seconds of inactivity after which the server ends it: the option, or what was learned;
                                  0: unknown or never. */
    int32_t tokens_obtained; /**< device tokens this store obtained for the user that are not known to be dead. */
    char fingerprint[16];    /**< a short hash that tells secrets apart and gives nothing away; "" without one. */
    char organization[128];  /**< the organization acted for; "" for none. */
    char origin[264];        /**< the server, for example "https://www.photoshelter.com". */
    char store[512];         /**< where the record is kept: a folder, "memory", or "application" for a store of the
                                  application's. Cut at a character if longer. */
    int64_t expires_at;      /**< when the secret ends by itself, by this machine's clock; 0: unknown or never. */
} dam_session_state;

/** What a dam_session_state is to begin with: `size` set, the rest zero. */
#define DAM_SESSION_STATE_INIT {sizeof(dam_session_state), 0, 0, 0, 0, 0, 0, "", "", "", "", 0}

/** Fills `out` with what is known here. DAM_ERR_ARGUMENT: a wrong `out->size`. */
dam_status dam_session_get_state(dam_session *session, dam_session_state *out, dam_error *err);

/** Counters since the identity was first opened in this process. */
typedef struct dam_statistics {
    uint32_t size;                  /**< set by the caller to sizeof(dam_statistics). */
    uint32_t reserved;              /**< 0. */
    uint64_t requests;              /**< requests of the application, replays not counted. */
    uint64_t exchanges;             /**< HTTP exchanges of every kind: requests, replays, logins, logouts. */
    uint64_t logins;                /**< logins that were tried. */
    uint64_t logins_refused;        /**< of these, refused, or failed without a reason. */
    uint64_t organization_logins;   /**< organization steps that were sent. */
    uint64_t replays;               /**< requests sent once more: with a newer secret, or after a failed try
                                         (`retries`). */
    uint64_t adopted_from_siblings; /**< newer secrets that another process had stored. */
    uint64_t waits;                 /**< times a call had to wait for a sibling thread or process. */
    uint64_t wait_us;               /**< how long in all. */
    uint64_t cookies_adopted;       /**< rotated cookies taken. */
    uint64_t cookies_late;          /**< cookies dropped because a later-sent request had brought a newer one. */
    uint64_t saves;                 /**< records handed to the store, one in memory too. */
    uint64_t save_failures;         /**< records that could not be written; the session went on in memory. */
    uint64_t records_damaged;       /**< damaged records set aside. */
    uint64_t keepalives;            /**< small requests sent only to keep or to prove a session. */
    uint64_t renewals;              /**< renewals by a refresh token that succeeded. */
    uint64_t renewals_in_doubt;     /**< refresh tokens sent once more, as the answer to the first time was lost. */
    uint64_t consents;              /**< consents taken up. */
} dam_statistics;

/** What a dam_statistics is to begin with: `size` set, the rest zero. */
#define DAM_STATISTICS_INIT {sizeof(dam_statistics), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}

/** Fills `out` with the counters of the session's identity. DAM_ERR_ARGUMENT: a wrong `out->size`. */
dam_status dam_session_get_statistics(dam_session *session, dam_statistics *out, dam_error *err);

/* ---- Requests ---------------------------------------------------------------------------------------------------- */

/** A `body_size` that nobody knows before the body ends. */
#define DAM_SIZE_UNKNOWN 0xFFFFFFFFFFFFFFFFu

/** Gives the next bytes of a request's body: fills at most `size` of them. Returns how many, 0 at the end, negative to
    stop (DAM_ERR_CALLBACK); in an event loop DAM_READ_PAUSE: none yet, dam_loop_resume will say. */
typedef int64_t (*dam_read_callback)(void *user_data, void *buffer, size_t size);

/** Makes the first byte of the body the next one, because the request must be sent again. Returns 0; else it cannot. */
typedef int32_t (*dam_rewind_callback)(void *user_data);

/** Takes the next bytes of a response's body. Returns 0, or non-zero to stop (DAM_ERR_CALLBACK); in an event loop
    DAM_WRITE_PAUSE: not now, give the same bytes again after dam_loop_resume. */
typedef int32_t (*dam_write_callback)(void *user_data, const void *data, size_t size);

/** Hears how far a transfer is, in bytes; totals are -1 while unknown. Returns 0, or non-zero to cancel it. Called a
    few times a second while bytes move, and with zeros while the session logs in or waits; in an event loop only while
    bytes move. */
typedef int32_t (*dam_progress_callback)(void *user_data, int64_t down, int64_t down_total, int64_t up,
                                         int64_t up_total);

/** What a read or write callback says in an event loop when it is not ready. */
#define DAM_READ_PAUSE (-1000)
#define DAM_WRITE_PAUSE 1000

/** A wish to end requests early. Any thread, at any time. */
typedef struct dam_canceller dam_canceller;

/** Makes a canceller. Ownership: dam_canceller_free, when no request uses it any more. */
dam_status dam_canceller_new(dam_canceller **out, dam_error *err);

/** Ends the requests that were given this canceller, within a quarter of a second: they return DAM_ERR_CANCELLED. For
    good. */
dam_status dam_canceller_cancel(dam_canceller *canceller, dam_error *err);

/** Frees a canceller. NULL is fine. */
void dam_canceller_free(dam_canceller *canceller);

/** A multipart/form-data body (RFC 7578), such as PhotoShelter's image upload. Files are read from disk while they are
    sent. One thread at a time; any number of requests one after another. */
typedef struct dam_form dam_form;

/** Makes an empty form. Ownership: dam_form_free, not before the requests that use it are over. */
dam_status dam_form_new(dam_form **out, dam_error *err);

/** Adds a field of `size` bytes, which are copied. Fields of one name may repeat. `file_name` makes it a file for the
    server; NULL: it is none. `content_type` may be NULL: none is said. */
dam_status dam_form_add(dam_form *form, const char *name, const void *data, size_t size, const char *file_name,
                        const char *content_type, dam_error *err);

/**
 * Adds a file. `file_name` is what the server is told; NULL: the last part of `path`. `content_type` NULL:
 * application/octet-stream. DAM_ERR_ARGUMENT: the file cannot be read, or the form is larger than any request; its size
 * counts from here on, and a file that changes before it is sent fails the request.
 */
dam_status dam_form_add_file(dam_form *form, const char *name, const char *path, const char *file_name,
                             const char *content_type, dam_error *err);

/** Frees a form. NULL is fine. */
void dam_form_free(dam_form *form);

/** A response, whole and in memory. One thread at a time. */
typedef struct dam_response dam_response;

/** What is in a response. The pointers are borrowed from the dam_response and live until it is freed. */
typedef struct dam_response_view {
    uint32_t size;             /**< set by the caller to sizeof(dam_response_view). */
    int32_t http_status;       /**< 200, 404, ... */
    const void *body;          /**< never NULL; followed by a NUL byte that is not counted. */
    size_t body_size;          /**< bytes. */
    const dam_header *headers; /**< as received, but for Set-Cookie: cookies are the session's own. */
    size_t header_count;       /**< how many `headers`. */
    uint64_t generation;       /**< the generation of the secret it was sent with. */
    uint32_t replays;          /**< how often it had to be sent again with a newer secret: 0, or 1 after a new login. */
    uint32_t reserved;         /**< 0. */
    const char *redirected_url; /**< where redirects led to, with its query unless a secret may be in that; NULL: no
                                     redirect was followed, and the URL is the request's own. */
} dam_response_view;

/** What a dam_response_view is to begin with: `size` set, the rest zero. */
#define DAM_RESPONSE_VIEW_INIT {sizeof(dam_response_view), 0, NULL, 0, NULL, 0, 0, 0, 0, NULL}

/** Hears of the response that is delivered, when it is judged and before any of its body is. `head` is borrowed for the
    call; its body is empty as yet. Returns 0, or non-zero to stop (DAM_ERR_CALLBACK). */
typedef int32_t (*dam_head_callback)(void *user_data, const dam_response_view *head);

/** Flags of a dam_request. */
typedef enum dam_request_flags {
    DAM_REQUEST_ONCE = 1,      /**< a GET, PUT or DELETE that must not be worked on twice: when its response is lost,
                                    that is reported (DAM_ERR_TRANSFER, DAM_ERR_TIMEOUT) and it is not sent again. POST
                                    and PATCH are always so, and the paths that a system is on record to write by
                                    (PhotoShelter: .../insert, .../update and the like, by any method). Sent again all
                                    the same is what cannot have been worked on: no connection was made, or the server
                                    refused the session. */
    DAM_REQUEST_HEARTBEAT = 2, /**< progress is a heartbeat: it is not called before the request has taken a fifth of a
                                    second, nor for its end. For bindings that look for signals in it, and whose
                                    callbacks cost more than a small request. */
    DAM_REQUEST_GATHER = 4     /**< write gets pieces of up to 128 KiB, as far as so many bytes are there, rather than
                                    of up to 16 KiB. For bindings, whose callbacks cost more than a copy. */
} dam_request_flags;

/** One request. Start from DAM_REQUEST_INIT and fill what you need. Everything in it is read only until the call
    returns. */
typedef struct dam_request {
    uint32_t size;              /**< sizeof(dam_request). */
    uint32_t flags;             /**< dam_request_flags; 0: none. */
    const char *method;         /**< NULL: GET, with a body POST. CONNECT and TRACE are DAM_ERR_ARGUMENT. */
    const char *path;           /**< "mem/user/session": below the API's own path; "/x": below the origin; or a whole
                                     URL of this origin. With its query, percent-encoded. No fragment, no space.
                                     "{image}" in it stands for `image`. */
    const dam_header *headers;  /**< more headers; NULL when header_count is 0. Names are tokens (RFC 9110), and none of
                                     Host, Content-Length, Content-Type, Transfer-Encoding and Connection, which the
                                     library sets, nor of those that carry the session's own secrets. */
    size_t header_count;        /**< how many `headers`. */
    const void *body;           /**< the body, in memory; NULL for none. */
    uint64_t body_size;         /**< its bytes; a streamed body may be larger than memory. */
    const char *content_type;   /**< Content-Type of the body; NULL: application/x-www-form-urlencoded. */
    const char *image;          /**< an image handle from dam_session_bind_image whose ID takes the place of "{image}"
                                     in the path; or NULL. The one without the other is DAM_ERR_ARGUMENT. */
    void *user_data;            /**< what read, rewind, write, progress and head get. */
    dam_read_callback read;     /**< gives the body instead of `body`; `body_size` says how much, or
                                     DAM_SIZE_UNKNOWN. */
    dam_rewind_callback rewind; /**< with `read`: lets the request be sent again after a new login. NULL: it cannot be,
                                     and DAM_ERR_REPLAY_IMPOSSIBLE says so. */
    dam_write_callback write;   /**< takes the body of a response with a status of 2xx, once it is judged: no login page
                                     and no error ever gets there. Other bodies are in the dam_response as ever. */
    dam_progress_callback progress; /**< may be NULL. */
    dam_canceller *canceller;       /**< may be NULL. */
    const dam_form *form;           /**< the body as multipart/form-data, instead of `body` and `read`. */
    dam_head_callback head;         /**< may be NULL. */
    uint32_t timeout_ms;            /**< for each HTTP exchange of this request; 0: the option `timeout`. Waiting
                                         for siblings (`lock-timeout`) and asking for credentials come on top. */
    uint32_t reserved;              /**< 0. */
} dam_request;

/** What a dam_request is to begin with: `size` set, the rest zero. */
#define DAM_REQUEST_INIT DAM_REQUEST_GET(NULL)

/** A dam_request that gets `path`: `dam_request request = DAM_REQUEST_GET("mem/user/session");` */
#define DAM_REQUEST_GET(path) DAM_REQUEST_FIELDS(NULL, path, NULL, 0)

/** A dam_request that posts `body_size` bytes of `body`, a form (dam_encode_form) unless `content_type` is set to
    something else. */
#define DAM_REQUEST_POST(path, body, body_size) DAM_REQUEST_FIELDS("POST", path, body, body_size)

/** What these three are made of; not for programs. */
#define DAM_REQUEST_FIELDS(method, path, body, body_size) \
    {sizeof(dam_request),                                 \
     0,                                                   \
     method,                                              \
     path,                                                \
     NULL,                                                \
     0,                                                   \
     body,                                                \
     body_size,                                           \
     NULL,                                                \
     NULL,                                                \
     NULL,                                                \
     NULL,                                                \
     NULL,                                                \
     NULL,                                                \
     NULL,                                                \
     NULL,                                                \
     NULL,                                                \
     NULL,                                                \
     0,                                                   \
     0}

/** One name and its value, before they are percent-encoded. UTF-8. */
typedef struct dam_pair {
    const char *name;
    const char *value;
} dam_pair;

/**
 * Puts a query behind a path: "mem/search" and {"term", "caf\xC3\xA9 au lait"} become
 * "mem/search?term=caf%C3%A9%20au%20lait", as dam_request.path wants it. `path` stays as it is; where it has a query
 * already, the pairs come after an "&". Names may repeat; their order is kept. `pairs` may be NULL when `count` is 0.
 * Ownership: `*out` by dam_string_free. DAM_ERR_ARGUMENT: a NULL, text that is not UTF-8, a path with a fragment ("#"),
 * or more than 10,000 pairs.
 */
dam_status dam_path_with_query(const char *path, const dam_pair *pairs, size_t count, char **out, dam_error *err);

/**
 * Encodes a form (application/x-www-form-urlencoded), for dam_request.body: "name=value&name=value". A blank becomes
 * "%20". Ownership: `*out` by dam_string_free, which wipes it. DAM_ERR_ARGUMENT: as dam_path_with_query.
 */
dam_status dam_encode_form(const dam_pair *pairs, size_t count, char **out, dam_error *err);

/**
 * Sends a request with the session's secret and waits for the response. Logs in first if needed; logs in and sends the
 * request once more if the server says that the session is invalid. An HTTP error that says nothing of the session,
 * such as a 404, is a response like any other: DAM_OK. Redirects are followed (option `redirects`): the same origin
 * keeps the secret; another one gets a GET or HEAD without any secret and without headers that say who asks, and none
 * at all if its location holds a secret in any spelling or a parameter such as `p`, `lt` or `auth_token`
 * (DAM_ERR_INSECURE, as when https becomes http); too many are DAM_ERR_PROTOCOL. A 303,
 * and a 301 or 302 to a POST, make a GET of it, as in browsers; what is no GET or HEAD then and would go to another
 * origin is not followed: the redirect is the response.
 * Ownership: `*out` by dam_response_free. Errors: those of the groups 20, 40 and 60; DAM_ERR_ARGUMENT for a malformed
 * path, method or header; DAM_ERR_INSECURE for a URL of another origin.
 */
dam_status dam_session_request(dam_session *session, const dam_request *request, dam_response **out, dam_error *err);

/** Fills `out` with what is in the response. DAM_ERR_ARGUMENT: a wrong `out->size`. */
dam_status dam_response_get(const dam_response *response, dam_response_view *out, dam_error *err);

/**
 * The value of the first header called `name`, in any case. NULL: there is none, or an argument is NULL. Borrowed, as
 * the pointers of a dam_response_view. Cannot fail.
 */
const char *dam_response_header(const dam_response *response, const char *name);

/** Frees a response. NULL is fine. */
void dam_response_free(dam_response *response);

/** Flags of dam_session_download. */
typedef enum dam_download_flags {
    DAM_DOWNLOAD_REPLACE = 0,  /**< a file of this name is replaced, once the new one is whole; its mode stays. */
    DAM_DOWNLOAD_CONTINUE = 1, /**< go on where an earlier download of the same thing was interrupted. */
    DAM_DOWNLOAD_KEEP = 2      /**< a file of this name is left alone: DAM_ERR_ARGUMENT. May be or-ed with
                                    _CONTINUE. */
} dam_download_flags;

/**
 * Sends a GET and writes the body of a 2xx response to the file `path`, which appears under its name only when it is
 * whole; until then there are `path`.part and, if the server gave a strong validator (ETag, or a Last-Modified a minute
 * older than its response), `path`.part.json, which remain after an interruption, if more than 128 KiB had come.
 * `flags` are dam_download_flags. DAM_DOWNLOAD_CONTINUE asks for the rest of what is there (Range, If-Range); if the
 * thing has changed meanwhile, by the validator or the size that the rest comes with, or the server gives all of it,
 * the download starts over. What was continued has the status 206. Progress
 * counts what was there before. Another response than 2xx is in `*out` and touches no file. `request->write` must be
 * NULL.
 * Ownership: `*out` by dam_response_free. DAM_ERR_STORE: the file cannot be written, `path`.part is not this user's
 * own. DAM_ERR_LOCKED: another download, of any process, is writing it.
 * Errors of dam_session_request.
 */
dam_status dam_session_download(dam_session *session, const dam_request *request, const char *path, uint32_t flags,
                                dam_response **out, dam_error *err);

/* ---- Event loop -------------------------------------------------------------------------------------------------- */

/**
 * Many requests on one thread, for programs that have an event loop: watch dam_loop_fd for reading, and call
 * dam_loop_dispatch when it is readable, for as long as dam_loop_count is not 0. Logins and waiting for siblings happen
 * in there without blocking; only small records are read and written, and the credentials callback is called, on the
 * way.
 * Threads: one at a time. Sessions may be used elsewhere at the same time.
 */
typedef struct dam_loop dam_loop;

/** Makes a loop. Ownership: dam_loop_free. */
dam_status dam_loop_new(dam_loop **out, dam_error *err);

/**
 * Frees a loop. Requests under way are dropped, and their callbacks are not called any more; a rotated cookie that has
 * arrived is saved. Not in a callback. NULL is fine.
 */
void dam_loop_free(dam_loop *loop);

/** The descriptor to watch; readable when there is something to do. -1 for NULL. The loop's own: do not read or close
    it. */
int32_t dam_loop_fd(const dam_loop *loop);

/** How many requests are under way. 0 for NULL. */
uint32_t dam_loop_count(const dam_loop *loop);

/**
 * Called once for everything that a loop was asked for, in dam_loop_dispatch. On DAM_OK `response` is the caller's, to
 * be freed with dam_response_free; else it is NULL. `error` is never NULL and borrowed for the call. It may ask for
 * more, cancel and resume.
 */
typedef void (*dam_done_callback)(void *user_data, uint64_t id, int32_t status, dam_response *response,
                                  const dam_error *error);

/**
 * Takes note of a request; nothing is sent before the next dispatch. `body` and all texts are copied; what callbacks,
 * form and canceller point to must live until `done` was called. `id_out` may be NULL.
 * Errors: DAM_ERR_ARGUMENT and DAM_ERR_INSECURE as in dam_session_request; then `done` is not called.
 */
dam_status dam_loop_request(dam_loop *loop, dam_session *session, const dam_request *request, dam_done_callback done,
                            void *user_data, uint64_t *id_out, dam_error *err);

/** dam_session_download in the loop. The file is written, and synced at its end, in dam_loop_dispatch: as fast as the
    disk is. */
dam_status dam_loop_download(dam_loop *loop, dam_session *session, const dam_request *request, const char *path,
                             uint32_t flags, dam_done_callback done, void *user_data, uint64_t *id_out, dam_error *err);

/** dam_session_login in the loop. Its `done` gets no response. */
dam_status dam_loop_login(dam_loop *loop, dam_session *session, uint32_t flags, dam_done_callback done, void *user_data,
                          uint64_t *id_out, dam_error *err);

/** dam_session_keepalive in the loop. Its `done` gets no response. */
dam_status dam_loop_keepalive(dam_loop *loop, dam_session *session, dam_done_callback done, void *user_data,
                              uint64_t *id_out, dam_error *err);

/** dam_session_logout in the loop. Its `done` gets no response. `*result_out` (a dam_logout_result; may be NULL) is
    written before `done` is called. */
dam_status dam_loop_logout(dam_loop *loop, dam_session *session, dam_done_callback done, void *user_data,
                           int32_t *result_out, uint64_t *id_out, dam_error *err);

/** dam_consent_begin in the loop. Its `done` gets no response. `*url_out` is NULL until it is written, before `done` is
    called. */
dam_status dam_loop_consent_begin(dam_loop *loop, dam_session *session, dam_done_callback done, void *user_data,
                                  char **url_out, uint64_t *id_out, dam_error *err);

/** dam_consent_finish in the loop. Its `done` gets no response. */
dam_status dam_loop_consent_finish(dam_loop *loop, dam_session *session, const char *redirected_url,
                                   dam_done_callback done, void *user_data, uint64_t *id_out, dam_error *err);

/** dam_consent_begin_device in the loop. Its `done` gets no response. `*url_out` and `*code_out` are NULL until they
    are written, before `done` is called. */
dam_status dam_loop_consent_begin_device(dam_loop *loop, dam_session *session, dam_done_callback done, void *user_data,
                                         char **url_out, char **code_out, uint64_t *id_out, dam_error *err);

/** dam_consent_poll in the loop: one question to the server. Its `done` gets no response. */
dam_status dam_loop_consent_poll(dam_loop *loop, dam_session *session, dam_done_callback done, void *user_data,
                                 uint64_t *id_out, dam_error *err);

/** Does what there is to do, without waiting, and calls callbacks. Not in a callback. */
dam_status dam_loop_dispatch(dam_loop *loop, dam_error *err);

/** Ends a request early: its `done` says DAM_ERR_CANCELLED in the next dispatch. DAM_ERR_NOT_FOUND: it is over
    already. */
dam_status dam_loop_cancel(dam_loop *loop, uint64_t id, dam_error *err);

/** Asks a callback that said DAM_READ_PAUSE or DAM_WRITE_PAUSE again, in the next dispatch. DAM_ERR_NOT_FOUND: the
    request is over. */
dam_status dam_loop_resume(dam_loop *loop, uint64_t id, dam_error *err);

/* ---- Bring your own HTTP ----------------------------------------------------------------------------------------- */

/**
 * A request that the application sends with an HTTP client of its own: dam_session_authorize, dam_authorization_get
 * says what to send, dam_authorization_observe what to do with the response; after DAM_OBSERVE_REPLAY it begins with
 * the get. Logins, confirmations and everything else that the session needs for itself still go through the library's
 * own client. The application's must not follow redirects: they come back as DAM_OBSERVE_REPLAY, without secrets where
 * they must not go. With `rotation` serialize, the session is held for this request until it is delivered or freed:
 * siblings wait.
 * Threads: one at a time.
 */
typedef struct dam_authorization dam_authorization;

/**
 * Makes sure that there is a session, and says what to send. `request->body` is not looked at beyond its presence; its
 * callbacks must be NULL, and so must `form` and `canceller`: they are the application's own business.
 * Ownership: dam_authorization_free. Errors: those of dam_session_request.
 */
dam_status dam_session_authorize(dam_session *session, const dam_request *request, dam_authorization **out,
                                 dam_error *err);

/** What to send. Borrowed from the dam_authorization until it is observed or freed. */
typedef struct dam_authorization_view {
    uint32_t size;       /**< set by the caller to sizeof(dam_authorization_view). */
    uint32_t replays;    /**< 1: it is to be sent again. */
    uint64_t generation; /**< the generation of the secret. */
    const char *method;
    const char *url;           /**< may hold secrets in its query: not for logs. */
    const dam_header *headers; /**< the request's own and those that authenticate. Not for logs. */
    size_t header_count;       /**< how many `headers`. */
} dam_authorization_view;

/** What a dam_authorization_view is to begin with: `size` set, the rest zero. */
#define DAM_AUTHORIZATION_VIEW_INIT {sizeof(dam_authorization_view), 0, 0, NULL, NULL, NULL, 0}

/** Fills `out` with what to send. DAM_ERR_ARGUMENT: a wrong `out->size`, or there is nothing to send any more. */
dam_status dam_authorization_get(const dam_authorization *authorization, dam_authorization_view *out, dam_error *err);

/** What the application is to do with a response. */
typedef enum dam_observe_result {
    DAM_OBSERVE_DELIVER = 0, /**< it is the response to the request. */
    DAM_OBSERVE_REPLAY = 1   /**< throw it away, get the authorization's view again and send that. */
} dam_observe_result;

/** A response as the application's client received it. Everything in it is read only until the call returns. */
typedef struct dam_observation {
    uint32_t size;             /**< sizeof(dam_observation). */
    int32_t http_status;       /**< 100 to 599. */
    const dam_header *headers; /**< as received, every Set-Cookie by itself; NULL when header_count is 0. A name may not
                                    be empty or hold a colon, CR or LF. */
    size_t header_count;       /**< how many `headers`. */
    const void *body; /**< the beginning of the body, up to 65536 bytes: what may carry a verdict. May be NULL. */
    size_t body_size; /**< bytes of `body`. */
    int32_t is_whole; /**< 1: that is all of it. */
    int32_t reserved; /**< 0. */
} dam_observation;

/** What a dam_observation is to begin with: `size` set, the rest zero. */
#define DAM_OBSERVATION_INIT {sizeof(dam_observation), 0, NULL, 0, NULL, 0, 0, 0}

/**
 * Judges a response, adopts its cookies, logs in if the session has ended. DAM_OK with DAM_OBSERVE_DELIVER or _REPLAY
 * in `result_out`; else the verdict, as in dam_session_request.
 */
dam_status dam_authorization_observe(dam_authorization *authorization, const dam_observation *observation,
                                     int32_t *result_out, dam_error *err);

/**
 * Called once for a dam_loop_authorize, in dam_loop_dispatch. On DAM_OK `authorization` is the caller's, to be freed
 * with dam_authorization_free; else it is NULL. `error` is never NULL and borrowed for the call.
 */
typedef void (*dam_authorized_callback)(void *user_data, uint64_t id, int32_t status, dam_authorization *authorization,
                                        const dam_error *error);

/** dam_session_authorize in an event loop. Nothing happens before the next dispatch. */
dam_status dam_loop_authorize(dam_loop *loop, dam_session *session, const dam_request *request,
                              dam_authorized_callback done, void *user_data, uint64_t *id_out, dam_error *err);

/**
 * Called once for a dam_loop_observe, in dam_loop_dispatch. On DAM_OK `result` is a dam_observe_result. `error` is
 * never NULL and borrowed for the call.
 */
typedef void (*dam_observed_callback)(void *user_data, uint64_t id, int32_t status, int32_t result,
                                      const dam_error *error);

/**
 * dam_authorization_observe in an event loop. What is observed is copied. The authorization may belong to another loop
 * or to none; there is nothing to send before `done` was called, and it must not be freed before.
 */
dam_status dam_loop_observe(dam_loop *loop, dam_authorization *authorization, const dam_observation *observation,
                            dam_observed_callback done, void *user_data, uint64_t *id_out, dam_error *err);

/** Frees an authorization; one that was not observed counts as not answered. NULL is fine. */
void dam_authorization_free(dam_authorization *authorization);

/**
 * For requests that were sent with the headers of dam_session_list_headers, perhaps by another program: judges the
 * response, adopts its cookies, logs in if the session has ended. `ticket` says which headers these were; NULL: those
 * of the present session, which is wrong where a sibling has logged in meanwhile. Redirects are delivered.
 * DAM_OK with DAM_OBSERVE_DELIVER, or with DAM_OBSERVE_REPLAY: there is a newer session, get its headers and send the
 * request again. Else the verdict, as in dam_session_request. DAM_ERR_ARGUMENT: no ticket. DAM_ERR_NOT_SUPPORTED: as
 * there.
 */
dam_status dam_session_observe(dam_session *session, const char *ticket, const dam_observation *observation,
                               int32_t *result_out, dam_error *err);

/* ---- Image handles ----------------------------------------------------------------------------------------------- */

/**
 * Binds an image ID to the device token it came with (FotoWeb guide, "Validity of image IDs"). `generation` is that of
 * the response (dam_response_view.generation); 0: the session's present one, if there is a session. The handle is short
 * printable ASCII without a secret, and may be passed between processes that share the session. Do not keep it for
 * long: the guide says IDs are temporary.
 * Ownership: `*out` by dam_string_free. DAM_ERR_HANDLE_STALE: `generation` is not in use any more.
 * DAM_ERR_NOT_SUPPORTED: this system's IDs are not bound to a token, or this authentication has none.
 */
dam_status dam_session_bind_image(dam_session *session, const char *image_id, uint64_t generation, char **out,
                                  dam_error *err);

/**
 * Gives the image ID of a handle, if its device token is still the one in use. Sends nothing.
 * Ownership: `*out` by dam_string_free. DAM_ERR_HANDLE_STALE: it is not. DAM_ERR_ARGUMENT: not a handle, or damaged.
 */
dam_status dam_session_resolve_image(dam_session *session, const char *handle, char **out, dam_error *err);

#ifdef __cplusplus
}
#endif

#endif /* DAMSESSION_H */
