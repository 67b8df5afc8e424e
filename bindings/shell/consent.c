/*
 * consent.c - asks a person to consent, in a browser, to what the program does in their name.
 *
 * The address to which the server sends the browser is pasted here: that works over ssh, and without a program that
 * listens. It is shown while it is typed, since the browser shows it too, and it is worth nothing to anybody else. With
 * --listen the browser brings it by itself; then the browser has to run on this machine.
 */
#include "consent.h"

#include "exit_code.h"
#include "listen.h"
#include "remedy.h"
#include "say.h"
#include "terminal.h"
#include "work.h"

#include <damsession.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- Where the browser is sent ---- */

/* The path of the redirect URL, "/" for none, if it leads to this port of this machine; NULL: it does not. To be
   freed. */
static char *find_path(const char *url, unsigned port)
{
    static const char *const hosts[] = {"localhost", "127.0.0.1", "[::1]"};
    for (size_t at = 0; at < sizeof hosts / sizeof *hosts; at++) {
        char start[64];
        int size = snprintf(start, sizeof start, "http://%s:%u", hosts[at], port);
        const char *rest = url + size;
        if (strncmp(url, start, (size_t)size) != 0 || strchr("/?", *rest) == NULL)
            continue;
        return *rest == '/' ? strndup(rest, strcspn(rest, "?")) : strdup("/");
    }
    return NULL;
}

int choose_redirect(struct work *work, unsigned port)
{
    int32_t source = DAM_SOURCE_DEFAULT;
    char *url = NULL, *path, usual[64];
    dam_error error;
    if (dam_config_get_source(work->config, "redirect-url", &source, &error) != DAM_OK ||
        dam_config_get(work->config, "redirect-url", &url, &error) != DAM_OK)
        return report(&error);
    path = find_path(url, port);
    int code = EXIT_OK;
    if (path == NULL && source == DAM_SOURCE_DEFAULT) {
        snprintf(usual, sizeof usual, "http://localhost:%u/callback", port);
        code = set_option(work, "redirect-url", usual);
    } else if (path == NULL) {
        say("--listen %u waits for a browser that is sent to http://localhost:%u, but `redirect-url` is %s: give its"
            " port, or register and set another one",
            port, port, url);
        code = EXIT_USAGE;
    }
    free(path);
    dam_string_free(url);
    return code;
}

/* ---- The answer ---- */

/* Of a pasted address. */
static int paste(struct work *work, const char *page)
{
    char answer[SECRET_CAPACITY], *question = NULL;
    dam_error error;
    int length = asprintf(&question,
                          "Open this page in a browser, on any machine, and consent there within ten minutes:\n%s\n"
                          "Paste the address that the browser shows then; its page need not load: ",
                          page);
    if (length < 0)
        return complain("memory");
    enum { TRIES = 3 };
    ssize_t size = ask_terminal(question, 1, answer);
    free(question);
    dam_status status = DAM_ERR_CONSENT;
    for (int tries = 1; size > 0; tries++) {
        char text[DESCRIPTION_CAPACITY];
        status = dam_consent_finish(work->session, answer, &error);
        if (status != DAM_ERR_ARGUMENT || tries == TRIES) /* another one is still an answer. */
            break;
        say("%s", describe(&error, text));
        size = ask_terminal("Paste the whole address, up to its end: ", 1, answer);
    }
    explicit_bzero(answer, sizeof answer);
    if (status == DAM_OK)
        return EXIT_OK;
    if (size > 0)
        return report(&error);
    say("%s", size < 0 ? "a person must consent, at a terminal or with --listen" : "nobody has consented");
    return find_exit_code(DAM_ERR_CONSENT);
}

/* The value of `state` in the page's own query, which is of letters, digits and "-_". "" for none. */
static void find_state(const char *page, char *state, size_t capacity)
{
    const char *start = strstr(page, "&state=");
    snprintf(state, capacity, "%.*s", start != NULL ? (int)strcspn(start + 7, "&") : 0, start != NULL ? start + 7 : "");
}

static int finish(struct work *work, struct listener *listener, const char *query)
{
    char *answer = NULL;
    dam_error error;
    if (asprintf(&answer, "?%s", query) < 0)
        return complain("memory");
    dam_status status = dam_consent_finish(work->session, answer, &error);
    explicit_bzero(answer, strlen(answer));
    free(answer);
    tell_browser(listener, status == DAM_OK ? "damsession is logged in. You can close this page."
                                            : "damsession is not logged in; its terminal says why.");
    return status == DAM_OK ? EXIT_OK : report(&error);
}

static int await(struct work *work, struct listener *listener, const char *page, const char *path)
{
    char state[128];
    find_state(page, state, sizeof state);
    fprintf(stderr, "Open this page in a browser on this machine, and consent there within ten minutes:\n%s\n", page);
    const char *query = await_browser(listener, path, state);
    if (query != NULL)
        return finish(work, listener, query);
    say("nobody has consented within ten minutes");
    return find_exit_code(DAM_ERR_CONSENT);
}

/* The page is only shown once somebody listens. */
static int listen_for(struct work *work, const char *page, unsigned port)
{
    char *url = NULL;
    dam_error error;
    if (dam_config_get(work->config, "redirect-url", &url, &error) != DAM_OK)
        return report(&error);
    char *path = find_path(url, port);
    dam_string_free(url);
    struct listener *listener = path != NULL ? calloc(1, sizeof *listener) : NULL;
    int code = EXIT_STOPPED;
    if (listener == NULL) {
        code = complain("memory");
    } else if (open_listener(listener, port) == 0) {
        code = await(work, listener, page, path);
        close_listener(listener);
    } else {
        say("port %u of this machine cannot be listened at: %s", port, strerror(errno));
    }
    free(listener);
    free(path);
    return code;
}

/* ---- A code ---- */

int ask_device_consent(struct work *work)
{
    char *page = NULL, *code = NULL;
    dam_error error;
    if (dam_consent_begin_device(work->session, &page, &code, &error) != DAM_OK)
        return report(&error);
    fprintf(stderr, "Open this page in a browser, on any machine, and type the code there:\n%s\n%s\n", page, code);
    dam_string_free(page);
    dam_string_free(code);
    while (dam_consent_poll(work->session, &error) == DAM_ERR_CONSENT && error.retry_after >= 0)
        sleep(error.retry_after > 0 ? (unsigned)error.retry_after : 1);
    return error.status == DAM_OK ? EXIT_OK : report(&error);
}

int ask_consent(struct work *work, unsigned port)
{
    char *page = NULL;
    dam_error error;
    if (dam_consent_begin(work->session, &page, &error) != DAM_OK)
        return report(&error);
    int code = port == 0 ? paste(work, page) : listen_for(work, page, port);
    dam_string_free(page);
    return code;
}
