/*
 * abuse.c - the sweep over bad input: what all parts share, and main.
 *
 * DAM_TEST_DIR must name an empty folder, which takes the place of the user's own.
 */
#define _POSIX_C_SOURCE 200809L

#include "abuse.h"

#include <stdio.h>
#include <stdlib.h>

char open_url[LOOPBACK_URL], closed_url[LOOPBACK_URL];
const char *const not_utf8[] = {"\xff", "a\xc3", "\xc0\xaf", "\xed\xa0\x80", "\xf5\x80\x80\x80", NULL};
const char *huge_text;

dam_config *make_config(const char *const options[])
{
    dam_config *config = NULL;
    dam_error error;
    dam_status status = dam_config_new(&config, &error);
    if (status == DAM_OK)
        status = dam_config_set(config, "store", "memory", &error);
    if (status == DAM_OK)
        status = dam_config_set(config, "allow-loopback-http", "yes", &error);
    for (size_t at = 0; status == DAM_OK && options[at] != NULL; at += 2)
        status = dam_config_set(config, options[at], options[at + 1], &error);
    if (status != DAM_OK)
        CHECK(0, "a configuration for the tests: %s", error.message);
    return config;
}

dam_session *make_session(const char *const options[])
{
    dam_session *session = NULL;
    dam_error error;
    dam_config *config = make_config(options);
    if (dam_session_open(config, &session, &error) != DAM_OK)
        CHECK(0, "a session for the tests: %s", error.message);
    dam_config_free(config);
    return session;
}

dam_session *make_fotoweb(const char *url)
{
    return make_session(
        (const char *const[]){"system", "fotoweb", "url", url, "user", "ada", "password", "canary-password", NULL});
}

dam_session *make_photoshelter(const char *url)
{
    return make_session((const char *const[]){"system", "photoshelter", "url", url, "user", "ada@example.com",
                                              "password", "canary-password", "api-key", "canary-key", "authentication",
                                              "token", NULL});
}

static void use_folder(const char *variable, const char *root)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", root, variable);
    setenv(variable, path, 1);
}

static int run(void)
{
    static char text[(1 << 20) + 1];
    const char *root = getenv("DAM_TEST_DIR");
    if (root == NULL || root[0] != '/') {
        fputs("DAM_TEST_DIR must name an empty folder\n", stderr);
        return 2;
    }
    use_folder("XDG_CONFIG_HOME", root);
    use_folder("XDG_STATE_HOME", root);
    setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
    memset(text, 'a', sizeof text - 1);
    huge_text = text;
    check_secret("canary");
    loopback_closed(closed_url);
    loopback_start(open_url);

    abuse_texts();
    abuse_options();
    abuse_config();
    abuse_environment();
    abuse_names();
    abuse_callbacks();
    abuse_store();
    abuse_session();
    abuse_request();
    abuse_response();
    abuse_pairs();
    abuse_stream();
    abuse_form();
    abuse_download();
    abuse_loop();
    abuse_loop_work();
    abuse_loop_authorize();
    abuse_authorization();
    abuse_observe();
    abuse_image();

    abuse_depth();

    CHECK(loopback_stop() > 0, "the loopback server was asked");
    return 0;
}

/* All of it on a small stack: threads of other languages have less than a program's first thread. */
int main(void)
{
    return check_on_least_stack(run);
}
