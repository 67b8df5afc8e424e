/*
 * smoke.c - the main functions of both systems against the sandbox: what the parts share, and main.
 *
 * Environment: DAM_TEST_PHOTOSHELTER, DAM_TEST_FOTOWEB, DAM_TEST_CONTROL (URLs), DAM_TEST_CA_FILE, DAM_TEST_DIR (an
 * empty folder), DAM_TEST_SHORT (fewer repetitions). A secret in a log line is a failure.
 */
#define _POSIX_C_SOURCE 200809L

#include "smoke.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

const char *photoshelter_url, *fotoweb_url, *ca_file;
int is_short;
char store[PATH_ROOM];

static const char *folder;

/* Every line of every session, from whatever thread. */
static struct {
    pthread_mutex_t lock;
    char *text;
    size_t size, room, lines;
} logged = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void take_line(void *user_data, int32_t level, const char *message)
{
    size_t size = strlen(message);
    (void)user_data;
    pthread_mutex_lock(&logged.lock);
    if (logged.size + size + 2 > logged.room) {
        logged.room = 2 * (logged.room + size + 2);
        logged.text = realloc(logged.text, logged.room);
        if (logged.text == NULL)
            abort();
    }
    memcpy(logged.text + logged.size, message, size);
    logged.size += size;
    memcpy(logged.text + logged.size, "\n", 2);
    logged.size++;
    logged.lines += level >= DAM_LOG_ERROR && level <= DAM_LOG_DEBUG;
    pthread_mutex_unlock(&logged.lock);
}

void fresh(void)
{
    static int number;
    control_post("reset", "{}");
    snprintf(store, sizeof store, "%s/store%d", folder, ++number);
}

static void set(dam_config *config, const char *const options[])
{
    for (size_t at = 0; options[at] != NULL; at += 2)
        if (dam_config_set(config, options[at], options[at + 1], check_fresh()) != DAM_OK)
            CHECK(0, "option %s", options[at]);
}

dam_config *configure(const char *const options[])
{
    dam_config *config = NULL;
    if (dam_config_new(&config, check_fresh()) != DAM_OK ||
        dam_config_set_log(config, DAM_LOG_DEBUG, take_line, NULL, check_fresh()) != DAM_OK)
        CHECK(0, "a configuration");
    set(config, OPTIONS("store", store, "ca-file", ca_file));
    set(config, options);
    return config;
}

static dam_session *open_config(dam_config *config)
{
    dam_session *session = NULL;
    EXPECT(DAM_OK, dam_session_open(config, &session, err));
    dam_config_free(config);
    return session;
}

dam_session *open_session(const char *const options[])
{
    return open_config(configure(options));
}

dam_session *open_photoshelter(const char *const options[])
{
    dam_config *config = configure(OPTIONS("system", "photoshelter", "url", photoshelter_url, "user", ADA_MAIL,
                                           "password", ADA_SECRET, "api-key", "sandboxkey1"));
    set(config, options);
    return open_config(config);
}

dam_session *open_fotoweb(const char *const options[])
{
    dam_config *config = configure(OPTIONS("system", "fotoweb", "url", fotoweb_url, "user", KARE, "password",
                                           KARE_SECRET, "encryption-secret", SITE_SECRET));
    set(config, options);
    return open_config(config);
}

uint32_t get(dam_session *session, const char *path, int32_t status, const char *text)
{
    dam_request request = DAM_REQUEST_INIT;
    request.path = path;
    dam_response_view view = DAM_RESPONSE_VIEW_INIT;
    dam_response *response = NULL;
    EXPECT(DAM_OK, dam_session_request(session, &request, &response, err));
    EXPECT(DAM_OK, dam_response_get(response, &view, err));
    CHECK(view.http_status == status && strstr(view.body, text) != NULL, "GET %s is %d with %s", path,
          (int)view.http_status, text);
    CHECK(check_find_secret(check_lines(view.headers, view.header_count)) == NULL,
          "the headers of the response hold no secret");
    dam_response_free(response);
    return view.replays;
}

dam_statistics statistics(dam_session *session)
{
    dam_statistics out = DAM_STATISTICS_INIT;
    EXPECT(DAM_OK, dam_session_get_statistics(session, &out, err));
    return out;
}

dam_session_state state(dam_session *session)
{
    dam_session_state out = DAM_SESSION_STATE_INIT;
    EXPECT(DAM_OK, dam_session_get_state(session, &out, err));
    return out;
}

static int32_t watch_header(void *user_data, const dam_header *header)
{
    (void)user_data;
    if (strcmp(header->name, "X-PS-Api-Key") != 0) /* watched from the start. */
        check_secret(header->value + (strncmp(header->name, "Cookie", 6) == 0 ? strcspn(header->value, "=") + 1 : 0));
    return 0;
}

void watch(dam_session *session)
{
    EXPECT(DAM_OK, dam_session_list_headers(session, watch_header, NULL, NULL, err));
}

static const char *need(const char *variable)
{
    const char *value = getenv(variable);
    if (value == NULL || value[0] == '\0') {
        fprintf(stderr, "%s is missing; run.sh sets it\n", variable);
        exit(2);
    }
    return value;
}

static int run(void)
{
    static const char *const secrets[] = {
        ADA_SECRET,  "correct+horse", "correct%20horse", KARE_SECRET,      "ssw%C3%B6rd",
        SITE_SECRET, "solo-password", "second-password", "wrong-password", "sandboxkey1",
        "?lt=",      "&lt=",          "auth_token=",     "password=",      "FWSession="};
    photoshelter_url = need("DAM_TEST_PHOTOSHELTER");
    fotoweb_url = need("DAM_TEST_FOTOWEB");
    ca_file = need("DAM_TEST_CA_FILE");
    folder = need("DAM_TEST_DIR");
    is_short = getenv("DAM_TEST_SHORT") != NULL;
    control_use(need("DAM_TEST_CONTROL"));
    setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
    for (size_t at = 0; at < sizeof secrets / sizeof secrets[0]; at++)
        check_secret(secrets[at]);

    smoke_photoshelter();
    smoke_fotoweb();
    smoke_refusals();
    smoke_failures();
    smoke_threads();
    smoke_streams();
    smoke_forms();
    smoke_downloads();
    smoke_redirects();
    smoke_loop();
    smoke_turns();
    smoke_loop_work();
    smoke_loop_authorize();
    smoke_loop_downloads();
    smoke_loop_ends();
    smoke_guest();
    smoke_standstill();
    smoke_head();
    smoke_authorize();
    smoke_tickets();
    smoke_observe();
    smoke_suspicions();

    CHECK(logged.lines > 50 && check_is_utf8(logged.text), "%zu log lines", logged.lines);
    CHECK(check_find_secret(logged.text) == NULL, "no log line holds a secret");
    free(logged.text);
    return 0;
}

/* All of it where there is little stack, handshakes included. */
int main(void)
{
    return check_on_least_stack(run);
}
