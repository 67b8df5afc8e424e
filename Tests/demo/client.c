/*
 * client.c - the demo's C program: one command, options from the environment, the result as one word on standard
 * output.
 *
 *   get PATH COUNT TEXT   COUNT requests; prints how many were answered with 200 and TEXT in the body
 *   bind PATH             prints a handle of the first image that PATH finds
 *   image PATH HANDLE     prints "found" or "stale"
 *   consented             takes the address on standard input, to which a browser was sent; prints "renewable"
 *   logout                prints how the session ended
 *
 * It knows nothing of logins: that is what the demo is about.
 */
#include <damsession.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static dam_session *session;
static dam_error error;

static int complain(void)
{
    fprintf(stderr, "%s: %s\n", dam_status_name(error.status), error.message);
    return 1;
}

static dam_status get(const char *path, const char *image, dam_response **response, dam_response_view *view)
{
    dam_request request = DAM_REQUEST_INIT;
    request.path = path;
    request.image = image;
    *view = (dam_response_view)DAM_RESPONSE_VIEW_INIT;
    dam_status status = dam_session_request(session, &request, response, &error);
    return status == DAM_OK ? dam_response_get(*response, view, &error) : status;
}

static int get_many(const char *path, int count, const char *text)
{
    int good = 0;
    for (int round = 0; round < count; round++) {
        dam_response *response = NULL;
        dam_response_view view;
        if (get(path, NULL, &response, &view) != DAM_OK)
            return complain();
        good += view.http_status == 200 && strstr(view.body, text) != NULL;
        dam_response_free(response);
    }
    printf("%d\n", good);
    return 0;
}

static int bind_image(const char *path)
{
    dam_response *response = NULL;
    dam_response_view view;
    char id[256], *handle = NULL;
    const char *place = NULL;
    if (get(path, NULL, &response, &view) == DAM_OK)
        place = strstr(view.body, " Id=\"");
    if (place == NULL || sscanf(place, " Id=\"%255[^\"]", id) != 1 ||
        dam_session_bind_image(session, id, view.generation, &handle, &error) != DAM_OK)
        return complain();
    puts(handle);
    dam_string_free(handle);
    dam_response_free(response);
    return 0;
}

static int get_image(const char *path, const char *handle)
{
    dam_response *response = NULL;
    dam_response_view view;
    dam_status status = get(path, handle, &response, &view);
    if (status != DAM_OK && status != DAM_ERR_HANDLE_STALE)
        return complain();
    puts(status == DAM_ERR_HANDLE_STALE ? "stale" : view.http_status == 200 ? "found" : "lost");
    dam_response_free(response);
    return 0;
}

static int take_consent(void)
{
    char address[4096];
    dam_session_state state = DAM_SESSION_STATE_INIT;
    if (fgets(address, sizeof address, stdin) == NULL || dam_consent_finish(session, address, &error) != DAM_OK ||
        dam_session_get_state(session, &state, &error) != DAM_OK)
        return complain();
    puts(state.flags & DAM_STATE_RENEWABLE ? "renewable" : "not renewable");
    return 0;
}

static int log_out(void)
{
    static const char *const words[] = {"none", "server", "local", "unconfirmed"};
    int32_t result;
    if (dam_session_logout(session, &result, &error) != DAM_OK)
        return complain();
    puts(words[result]);
    return 0;
}

static int run(int argc, char **argv)
{
    if (argc == 5 && strcmp(argv[1], "get") == 0)
        return get_many(argv[2], atoi(argv[3]), argv[4]);
    if (argc == 3 && strcmp(argv[1], "bind") == 0)
        return bind_image(argv[2]);
    if (argc == 4 && strcmp(argv[1], "image") == 0)
        return get_image(argv[2], argv[3]);
    if (argc == 2 && strcmp(argv[1], "consented") == 0)
        return take_consent();
    if (argc == 2 && strcmp(argv[1], "logout") == 0)
        return log_out();
    fputs("usage: client get PATH COUNT TEXT | bind PATH | image PATH HANDLE | consented | logout\n", stderr);
    return 2;
}

int main(int argc, char **argv)
{
    dam_config *config = NULL;
    if (dam_config_new(&config, &error) != DAM_OK || dam_config_load_environment(config, &error) != DAM_OK ||
        dam_session_open(config, &session, &error) != DAM_OK)
        return complain();
    dam_config_free(config);
    int code = run(argc, argv);
    dam_session_free(session);
    return code;
}
