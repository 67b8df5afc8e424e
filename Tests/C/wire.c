/*
 * wire.c - what a server may send that no server should: the tests of the transport, against a server of raw bytes.
 *
 * Environment: DAM_TEST_DIR (an empty folder). Run as it is and under valgrind: some of what is sent here made libcurl
 * use memory that it had freed. The first failure ends it.
 */
#include "wire.h"

#include <stdio.h>

const struct wire_response wire_login = {
    .bytes = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nSet-Cookie: SSphotoshelter_com_mem=good; path=/\r\n"
             "Content-Length: 57\r\n\r\n{\"status\":\"ok\",\"data\":{\"token\":\"canary-token\",\"org\":[]}}\n",
    .stays = 1,
};

int wire_is_login(const char *head)
{
    return strncmp(head, "POST ", 5) == 0 && strstr(head, "/mem/authenticate") != NULL;
}

dam_session *wire_session(const char *url, const char *const options[])
{
    dam_config *config = NULL;
    dam_session *session = NULL;
    const char *const usual[] = {
        "system",         "photoshelter", "url", url,     "user",   "ada@example.com",     "password",
        "ada-password",   "api-key",      "key", "store", "memory", "allow-loopback-http", "yes",
        "authentication", "token",        NULL};
    EXPECT(DAM_OK, dam_config_new(&config, err));
    for (int own = 0; own < 2; own++)
        for (const char *const *option = own ? options : usual; option[0] != NULL; option += 2)
            if (dam_config_set(config, option[0], option[1], check_fresh()) != DAM_OK)
                CHECK(0, "option %s", option[0]);
    EXPECT(DAM_OK, dam_session_open(config, &session, err));
    dam_config_free(config);
    return session;
}

struct wire_got wire_get(dam_session *session, const char *path)
{
    struct wire_got got = {0};
    dam_request request = DAM_REQUEST_INIT;
    request.path = path;
    dam_response *response = NULL;
    dam_response_view view = DAM_RESPONSE_VIEW_INIT;
    got.status = dam_session_request(session, &request, &response, check_fresh());
    if (got.status == DAM_OK && dam_response_get(response, &view, NULL) == DAM_OK) {
        got.http = view.http_status;
        snprintf(got.headers, sizeof got.headers, "%s", check_lines(view.headers, view.header_count));
        snprintf(got.body, sizeof got.body, "%s", (const char *)view.body);
    }
    dam_response_free(response);
    return got;
}

int main(void)
{
    check_secret("ada-password");
    check_secret("canary-token");
    wire_heads();
    wire_cuts();
    wire_handles();
    wire_logins();
    wire_descriptors();
    return 0;
}
