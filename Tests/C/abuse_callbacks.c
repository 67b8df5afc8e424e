/*
 * abuse_callbacks.c - the callbacks of a configuration and of a session: absent, stopping, answering badly.
 * No prompt is kept beyond its callback: the header rules that out as undefined.
 */
#include "abuse.h"

#include <stdio.h>

/* What a credentials callback is to do, and what it saw. */
struct script {
    const void *answer;
    size_t size;
    dam_status wanted; /* of dam_prompt_answer. */
    int32_t result;
    int is_silent; /* no answer at all. */
    int calls;
};

static int32_t answer(void *user_data, dam_prompt *prompt)
{
    struct script *script = user_data;
    script->calls++;
    CHECK(prompt->size >= sizeof *prompt && prompt->kind == DAM_PROMPT_PASSWORD && strcmp(prompt->user, "ada") == 0 &&
              strcmp(prompt->origin, closed_url) == 0,
          "the prompt says who and where");
    if (!script->is_silent)
        REFUSES(script->wanted, dam_prompt_answer(prompt, script->answer, script->size, err), check_nothing);
    return script->result;
}

/* A login at the closed port with an answer like this. With device tokens, so that there is one prompt only. */
static void ask(struct script script, dam_status wanted)
{
    dam_config *config =
        make_config((const char *const[]){"system", "fotoweb", "url", closed_url, "user", "ada", NULL});
    dam_session *session = NULL;
    EXPECT(DAM_OK, dam_config_set_credentials(config, answer, &script, err));
    EXPECT(DAM_OK, dam_session_open(config, &session, err));
    EXPECT(wanted, dam_session_login(session, DAM_LOGIN_IF_NEEDED, err));
    CHECK(script.calls == 1, "the callback ran once");
    dam_session_free(session);
    dam_config_free(config);
}

static void abuse_prompt(void)
{
    dam_prompt forged = {.size = sizeof forged, .kind = DAM_PROMPT_PASSWORD, .user = "ada", .origin = "https://x"};
    REFUSES(DAM_ERR_ARGUMENT, dam_prompt_answer(NULL, "canary", 6, err), check_nothing);
    REFUSES(DAM_ERR_ARGUMENT, dam_prompt_answer(&forged, "canary", 6, err), forged);
    REFUSES(DAM_ERR_ARGUMENT, dam_prompt_answer(&forged, NULL, 6, err), forged);
    forged.size = 1;
    REFUSES(DAM_ERR_ARGUMENT, dam_prompt_answer(&forged, "canary", 6, err), forged);

    ask((struct script){.answer = "canary-password", .size = 15}, DAM_ERR_CONNECT);
    ask((struct script){.is_silent = 1}, DAM_ERR_CREDENTIALS_NEEDED);
    ask((struct script){.is_silent = 1, .result = DAM_ERR_CALLBACK}, DAM_ERR_CALLBACK);
    ask((struct script){.is_silent = 1, .result = -1}, DAM_ERR_CALLBACK);
    ask((struct script){.answer = "canary", .size = 6, .result = 99}, DAM_ERR_CALLBACK);
    ask((struct script){.answer = NULL, .size = 6, .wanted = DAM_ERR_ARGUMENT}, DAM_ERR_CREDENTIALS_NEEDED);
    ask((struct script){.answer = "canary", .size = SIZE_MAX, .wanted = DAM_ERR_ARGUMENT}, DAM_ERR_CREDENTIALS_NEEDED);
    ask((struct script){.answer = "canary", .size = INT64_MAX, .wanted = DAM_ERR_ARGUMENT}, DAM_ERR_CREDENTIALS_NEEDED);
    ask((struct script){.answer = huge_text, .size = 1 << 20, .wanted = DAM_ERR_ARGUMENT}, DAM_ERR_CREDENTIALS_NEEDED);
}

struct log {
    int lines, is_bad;
};

static void take_line(void *user_data, int32_t level, const char *message)
{
    struct log *log = user_data;
    log->lines++;
    if (level < DAM_LOG_ERROR || level > DAM_LOG_DEBUG || message[0] == '\0' || !check_is_utf8(message) ||
        check_find_secret(message) != NULL || strpbrk(message, "\r\n") != NULL)
        log->is_bad = 1;
}

static void abuse_log(void)
{
    struct log log = {0};
    dam_session *session = NULL;
    dam_config *config = make_config((const char *const[]){"system", "fotoweb", "url", open_url, "user", "ada",
                                                           "password", "canary-password", NULL});
    REFUSES(DAM_ERR_ARGUMENT, dam_config_set_log(NULL, DAM_LOG_DEBUG, take_line, &log, err), log);
    EXPECT(DAM_OK, dam_config_set_log(config, DAM_LOG_DEBUG, take_line, NULL, err));
    EXPECT(DAM_OK, dam_config_set_log(config, DAM_LOG_DEBUG, NULL, &log, err));
    REFUSES(DAM_ERR_ARGUMENT, dam_config_set_log(config, 5, take_line, &log, err), log);
    REFUSES(DAM_ERR_ARGUMENT, dam_config_set_log(config, -1, take_line, &log, err), log);
    REFUSES(DAM_ERR_ARGUMENT, dam_config_set_log(config, INT32_MAX, take_line, &log, err), log);
    EXPECT(DAM_OK, dam_config_set_log(config, DAM_LOG_DEBUG, take_line, &log, err));
    EXPECT(DAM_OK, dam_session_open(config, &session, err));
    EXPECT(DAM_OK, dam_session_login(session, DAM_LOGIN_IF_NEEDED, err));
    CHECK(log.lines > 1 && !log.is_bad, "log lines are clean and without secrets");
    dam_session_free(session);
    dam_config_free(config);
}

struct seen {
    int calls, stop_at, selected;
    char text[256];
};

static int32_t take_organization(void *user_data, const dam_organization *one)
{
    struct seen *seen = user_data;
    char line[64];
    snprintf(line, sizeof line, "%s/%s/%d ", one->id, one->name, (int)one->member);
    strcat(seen->text, line);
    seen->selected += one->selected;
    return ++seen->calls == seen->stop_at ? 42 : 0;
}

static int32_t take_header(void *user_data, const dam_header *header)
{
    struct seen *seen = user_data;
    strcat(strcat(seen->text, header->name), header->value[0] != '\0' ? " " : "! ");
    return ++seen->calls == seen->stop_at ? -1 : 0;
}

static int32_t take_token(void *user_data, const dam_device_token *one)
{
    struct seen *seen = user_data;
    CHECK(one->fingerprint[0] != '\0' && one->obtained_at > 0 && one->dead_at == 0 && one->size == sizeof *one,
          "a device token");
    seen->selected += one->in_use;
    return ++seen->calls == seen->stop_at ? 1 : 0;
}

static void abuse_tokens(void)
{
    struct seen seen = {0};
    dam_session *photoshelter = make_photoshelter(open_url);
    dam_session *fotoweb = make_fotoweb(open_url);
    REFUSES(DAM_ERR_ARGUMENT, dam_session_list_device_tokens(NULL, take_token, &seen, err), seen);
    REFUSES(DAM_ERR_ARGUMENT, dam_session_list_device_tokens(fotoweb, NULL, &seen, err), seen);
    REFUSES(DAM_ERR_NOT_SUPPORTED, dam_session_list_device_tokens(photoshelter, take_token, &seen, err), seen);
    EXPECT(DAM_OK, dam_session_list_device_tokens(fotoweb, take_token, &seen, err));
    EXPECT(DAM_OK, dam_session_login(fotoweb, DAM_LOGIN_IF_NEEDED, err));
    EXPECT(DAM_OK, dam_session_list_device_tokens(fotoweb, take_token, &seen, err));
    CHECK(seen.calls >= 1 && seen.selected == 1, "device tokens are known, one of them in use");
    seen.stop_at = seen.calls + 1;
    EXPECT(DAM_ERR_CALLBACK, dam_session_list_device_tokens(fotoweb, take_token, &seen, err));
    EXPECT(DAM_OK, dam_session_keepalive(fotoweb, err));
    dam_session_free(photoshelter);
    dam_session_free(fotoweb);
}

static void abuse_lists(void)
{
    struct seen seen = {0};
    dam_session *photoshelter = make_photoshelter(open_url);
    dam_session *fotoweb = make_fotoweb(open_url);
    REFUSES(DAM_ERR_ARGUMENT, dam_session_list_organizations(NULL, take_organization, &seen, err), seen);
    REFUSES(DAM_ERR_ARGUMENT, dam_session_list_organizations(photoshelter, NULL, &seen, err), seen);
    REFUSES(DAM_ERR_NOT_SUPPORTED, dam_session_list_organizations(fotoweb, take_organization, &seen, err), seen);
    EXPECT(DAM_OK, dam_session_list_organizations(photoshelter, take_organization, &seen, err));
    CHECK(strcmp(seen.text, "O1/One/1 O2/Two/0 O3//-1 ") == 0 && seen.selected == 0, "organizations: %s", seen.text);
    seen = (struct seen){.stop_at = 2};
    EXPECT(DAM_ERR_CALLBACK, dam_session_list_organizations(photoshelter, take_organization, &seen, err));
    CHECK(seen.calls == 2, "a callback that stops is not called again");

    seen = (struct seen){0};
    REFUSES(DAM_ERR_ARGUMENT, dam_session_list_headers(NULL, take_header, &seen, NULL, err), seen);
    REFUSES(DAM_ERR_ARGUMENT, dam_session_list_headers(photoshelter, NULL, &seen, NULL, err), seen);
    EXPECT(DAM_OK, dam_session_list_headers(photoshelter, take_header, &seen, NULL, err));
    CHECK(seen.calls == 2 && strstr(seen.text, "X-PS-Auth-Token ") && strstr(seen.text, "X-PS-Api-Key "), "headers: %s",
          seen.text);
    seen = (struct seen){.stop_at = 1};
    char *ticket = NULL;
    EXPECT(DAM_ERR_CALLBACK, dam_session_list_headers(photoshelter, take_header, &seen, &ticket, err));
    CHECK(seen.calls == 1 && ticket == NULL, "a callback that stops is not called again, and there is no ticket");
    dam_session_free(photoshelter);
    dam_session_free(fotoweb);
}

void abuse_callbacks(void)
{
    struct script script = {0};
    dam_config *config = make_config((const char *const[]){NULL});
    REFUSES(DAM_ERR_ARGUMENT, dam_config_set_credentials(NULL, answer, &script, err), check_nothing);
    EXPECT(DAM_OK, dam_config_set_credentials(config, answer, NULL, err));
    EXPECT(DAM_OK, dam_config_set_credentials(config, NULL, &script, err));
    dam_config_free(config);
    abuse_prompt();
    abuse_log();
    abuse_lists();
    abuse_tokens();
}
