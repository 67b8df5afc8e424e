/*
 * abi_session.c - sessions: opened, asked, ended, from this thread, beside it from another one, and in a forked child.
 */
#define _GNU_SOURCE
#include "abi.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Whatever a configuration says: nothing leaves this machine, and nobody waits for long. */
static void tame(struct play *play, dam_config *config)
{
    char user[32];
    const char *const options[] = {"url",
                                   "http://127.0.0.1:1",
                                   "allow-loopback-http",
                                   "yes",
                                   "unix-socket",
                                   server_socket(),
                                   "proxy",
                                   "none",
                                   "lock-timeout",
                                   "0",
                                   "timeout",
                                   "1",
                                   "connect-timeout",
                                   "1",
                                   "retry-after",
                                   "0",
                                   "retries",
                                   "0",
                                   "ca-file",
                                   NULL,
                                   "client-certificate",
                                   NULL,
                                   "client-key",
                                   NULL};
    for (size_t at = 0; at < sizeof options / sizeof options[0]; at += 2)
        dam_config_set(config, options[at], options[at + 1], NULL);
    /* Another account each time: refused passwords outlive the sessions of this process. */
    snprintf(user, sizeof user, "kim%u@example.com", play->user);
    dam_config_set(config, "user", user, NULL);
}

static void set_secrets(dam_config *config, int has_password)
{
    dam_config_set(config, "password", has_password ? canary_password : NULL, NULL);
    dam_config_set(config, "api-key", canary_key, NULL);
    dam_config_set(config, "encryption-secret", has_password ? canary_secret : NULL, NULL);
}

dam_session *open_kind(struct play *play, const char *system, const char *authentication)
{
    dam_config *config = NULL;
    dam_session *session = NULL;
    dam_config_new(&config, NULL);
    tame(play, config);
    set_secrets(config, 1);
    dam_config_set(config, "system", system, NULL);
    dam_config_set(config, "authentication", authentication, NULL);
    dam_config_set(config, "store", "memory", NULL);
    dam_config_set_log(config, DAM_LOG_DEBUG, take_line, NULL, NULL);
    dam_session_open(config, &session, NULL);
    dam_config_free(config);
    return session;
}

/* In place of what is there; what of a kind fits together, or whatever was set. */
static void open_session(struct play *play, dam_session **out)
{
    dam_config **config = &play->configs[byte(play) % SLOTS];
    uint8_t choice = byte(play);
    if (*config == NULL && dam_config_new(config, NULL) != DAM_OK)
        broken("a configuration can be had", "dam_config_new");
    join_beside(play);
    dam_session_free(*out);
    *out = NULL;
    tame(play, *config);
    set_secrets(*config, choice % 8 != 0);
    dam_config_set(*config, "store", choice & 16 ? "file" : "memory", NULL);
    if (choice & 32) {
        dam_config_set(*config, "system", choice & 64 ? "fotoweb" : "photoshelter", NULL);
        dam_config_set(*config, "authentication", choice & 128 ? NULL : choice & 64 ? "query" : "token", NULL);
    }
    SAYS(dam_session_open(*config, byte(play) % 16 ? out : NULL, err(play)));
}

static int32_t take_organization(void *user_data, const dam_organization *organization)
{
    if (organization->size != sizeof *organization || organization->reserved != 0 || organization->id == NULL ||
        organization->name == NULL)
        broken("an organization is whole", "dam_organization");
    return byte(user_data) % 4 == 0;
}

static int32_t take_sealed(void *user_data, const char *line)
{
    struct play *play = user_data;
    if (line == NULL || strncmp(line, "damsession-session-1.", 21) != 0)
        broken("what is handed over is sealed", line != NULL ? line : "NULL");
    return byte(play) % 2;
}

static int32_t take_token(void *user_data, const dam_device_token *token)
{
    if (token->size != sizeof *token || token->fingerprint == NULL)
        broken("a device token is whole", "dam_device_token");
    return byte(user_data) % 4 == 0;
}

static int32_t take_header(void *user_data, const dam_header *header)
{
    if (header->name == NULL || header->value == NULL || strpbrk(header->name, "\r\n:") != NULL ||
        strpbrk(header->value, "\r\n") != NULL)
        broken("a header is one line", header->name != NULL ? header->name : "NULL");
    return byte(user_data) % 8 == 0;
}

/* Keeps a text of the library's for later calls. */
static void keep_handle(struct play *play, char *handle)
{
    char **place = &play->handles[byte(play) % SLOTS];
    if (handle == NULL)
        return;
    for (const char *at = handle; *at != '\0'; at++)
        if (*at < 0x21 || *at > 0x7e)
            broken("tickets and image handles are printable ASCII", handle);
    dam_string_free(*place);
    *place = handle;
}

/* As this library's struct, too small, or as a later header's with a field more. */
static void look(struct play *play, dam_session *session)
{
    struct {
        dam_session_state known;
        uint64_t more;
    } state = {.known.size = sizeof state.known};
    dam_statistics statistics = DAM_STATISTICS_INIT;
    uint8_t choice = byte(play) % 16;
    state.known.size = choice == 0 ? sizeof state : sizeof state.known - (choice == 1);
    state.more = choice == 0 && byte(play) % 2;
    dam_status status = SAYS(dam_session_get_state(session, &state.known, err(play)));
    if (status == DAM_OK &&
        (state.more != 0 || strnlen(state.known.origin, sizeof state.known.origin) == sizeof state.known.origin))
        broken("a state is whole", "dam_session_state");
    SAYS(dam_session_get_statistics(session, &statistics, err(play)));
}

static void images(struct play *play, dam_session *session)
{
    static const char *const ids[] = {"image 1", "12/34+56=", "a.b", "\xc3\xa4", NULL};
    char *out = NULL, *back = NULL;
    const char *id = text(play, ids);
    if (SAYS(dam_session_bind_image(session, id, byte(play) % 3, &out, err(play))) == DAM_OK) {
        if (dam_session_resolve_image(session, out, &back, NULL) == DAM_OK && strcmp(back, id) != 0)
            broken("an image handle gives its ID back", id);
        dam_string_free(back);
        keep_handle(play, out);
    }
    back = NULL;
    SAYS(dam_session_resolve_image(session, text(play, ids), &back, err(play)));
    dam_string_free(back);
}

static void headers(struct play *play, dam_session *session)
{
    char *ticket = NULL;
    int wants = byte(play) % 4 != 0;
    SAYS(dam_session_list_headers(session, byte(play) % 8 ? take_header : NULL, play, wants ? &ticket : NULL,
                                  err(play)));
    keep_handle(play, ticket);
}

void wait_for(pid_t child)
{
    char detail[32];
    int status = 0;
    if (child < 0)
        return;
    /* libFuzzer looks at the clock now and then, by a signal. */
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    snprintf(detail, sizeof detail, "wait status %d", status);
    if (status != 0)
        broken("a forked child goes on", detail);
}

/* What another thread does meanwhile: ask, cancel, log out, fork at the same time. */
static void *run_beside(void *data)
{
    struct play *play = data;
    dam_request request = DAM_REQUEST_INIT;
    request.path = "beside";
    request.timeout_ms = 200;
    dam_session_state state = DAM_SESSION_STATE_INIT;
    dam_response *response = NULL;
    for (int round = 0; round < 3; round++) {
        dam_session_request(play->beside_session, &request, &response, NULL);
        dam_response_free(response);
        response = NULL;
        if (play->beside_manner == 1 && play->beside_canceller != NULL)
            dam_canceller_cancel(play->beside_canceller, NULL);
        if (play->beside_manner == 2)
            dam_session_logout(play->beside_session, NULL, NULL);
        if (play->beside_manner == 3) {
            pid_t child = fork();
            if (child == 0)
                _exit(0);
            wait_for(child);
        }
        dam_session_get_state(play->beside_session, &state, NULL);
    }
    return NULL;
}

/* Another thread uses the session while this one goes on; until join_beside, what it uses must not be freed. */
static void begin_beside(struct play *play, dam_session *session)
{
    join_beside(play);
    play->beside_manner = byte(play) % 4;
    play->beside_session = session;
    play->beside_canceller = play->cancellers[0];
    if (session != NULL && !play->is_child)
        play->is_beside = pthread_create(&play->beside, NULL, run_beside, play) == 0;
}

void join_beside(struct play *play)
{
    if (play->is_beside)
        pthread_join(play->beside, NULL);
    play->is_beside = 0;
}

void play_session(struct play *play)
{
    dam_session **session = &play->sessions[byte(play) % SLOTS];
    int32_t result = -1;
    char *token = NULL, *code = NULL;
    switch (byte(play) % 14) {
    case 0:
    case 1: open_session(play, session); break;
    case 2:
    case 3: SAYS(dam_session_login(*session, byte(play) % 3, err(play))); break;
    case 4: SAYS(dam_session_keepalive(*session, err(play))); break;
    case 5:
        if (SAYS(dam_session_logout(*session, byte(play) % 2 ? &result : NULL, err(play))) != DAM_OK && result != -1)
            broken("outputs are written only on DAM_OK", "dam_session_logout");
        break;
    case 6: SAYS(dam_session_forget(*session, err(play))); break;
    case 7:
        SAYS(dam_session_list_organizations(*session, byte(play) % 8 ? take_organization : NULL, play, err(play)));
        break;
    case 8: SAYS(dam_session_list_device_tokens(*session, byte(play) % 8 ? take_token : NULL, play, err(play))); break;
    case 9:
        if (SAYS(dam_session_get_token(*session, byte(play) % 16 ? &token : NULL, err(play))) != DAM_OK &&
            token != NULL)
            broken("outputs are written only on DAM_OK", "dam_session_get_token");
        dam_string_free(token);
        token = NULL;
        if (SAYS(dam_consent_begin(*session, &token, err(play))) == DAM_OK) /* which few systems do. */
            SAYS(dam_consent_finish(*session, token, err(play)));
        else if (token != NULL)
            broken("outputs are written only on DAM_OK", "dam_consent_begin");
        dam_string_free(token);
        SAYS(dam_consent_finish(*session, "http://localhost/?code=c&state=s", err(play)));
        token = NULL;
        if (SAYS(dam_consent_begin_device(*session, &token, &code, err(play))) != DAM_OK &&
            (token != NULL || code != NULL))
            broken("outputs are written only on DAM_OK", "dam_consent_begin_device");
        dam_string_free(token);
        dam_string_free(code);
        SAYS(dam_consent_poll(*session, err(play)));
        SAYS(dam_consent_export(*session, "pass-phrase", take_sealed, play, err(play)));
        SAYS(dam_consent_import(*session, "damsession-session-1.00000000000000000000000000000000.AAAA", "pass-phrase",
                                err(play)));
        break;
    case 10: headers(play, *session); break;
    case 11: images(play, *session); break;
    case 12: begin_beside(play, *session); break;
    default: look(play, *session);
    }
}

/* The child goes on with all it has, and frees it; loops of its parent it may only free. */
static void be_child(struct play *play)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGALRM, SIG_DFL);
    alarm(20);
    play->is_child = 1;
    play->is_beside = 0;
    for (int slot = 0; slot < SLOTS; slot++) {
        dam_loop_free(play->loops[slot]);
        play->loops[slot] = NULL;
        play->in_loop[slot] = 0;
    }
    for (int calls = 0; calls < 6 && play->at < play->end; calls++) {
        static void (*const parts[])(struct play *) = {play_session, play_request, play_loop, play_authorization};
        parts[byte(play) % 4](play);
        while (play->text_count > 0)
            free(play->texts[--play->text_count]);
    }
    finish(play);
    _exit(0);
}

void play_fork(struct play *play)
{
    if (play->is_child || byte(play) % 4 != 0) /* it costs as much as a hundred other calls. */
        return;
    pid_t child = fork();
    if (child == 0)
        be_child(play);
    wait_for(child);
}
