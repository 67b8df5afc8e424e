/*
 * abuse_depth.c - what is deep, long, endless or larger than any number, in every place where the library reads:
 * responses, observed responses, downloads, forms, names files, records, tickets and handles. All of it on the least
 * stack, so that what recurses or copies to the stack shows.
 *
 * Nothing of it may cost more than a status; which one does not matter where a response makes no sense at all. With
 * DAM_TEST_SHORT (under valgrind) little of it is sent.
 */
#define _POSIX_C_SOURCE 200809L

#include "abuse.h"

#include "table.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { ROOM = 4 << 20 };

static char *document, *message;
static int is_short;

/* `text` so many times. */
static size_t repeat(char *to, const char *text, size_t times)
{
    size_t size = strlen(text);
    for (size_t at = 0; at < times; at++)
        memcpy(to + at * size, text, size);
    return times * size;
}

/* Puts ["X", before a document of wide characters and ] behind it, where X is a character one of whose bytes is that
   of a quotation mark: a reader that counts brackets by bytes takes everything after it for text. */
static size_t hide(size_t size, size_t width, int is_big)
{
    static const char before[] = "[\"X\",";
    size_t moved = width * (sizeof before - 1);
    if (width == 1)
        return size;
    memmove(document + moved, document, size);
    memset(document, 0, moved);
    memset(document + moved + size, 0, width);
    for (size_t at = 0; at < sizeof before - 1; at++)
        document[at * width + (is_big ? width - 1 : 0)] = before[at] == 'X' ? '\x22' : before[at];
    document[2 * width + (is_big ? width - 2 : 1)] = 1; /* U+0122 */
    document[moved + size + (is_big ? width - 1 : 0)] = ']';
    return moved + size + width;
}

/* A JSON document of this depth; `width` bytes for each character, the first or the last of them not 0. */
static size_t nest(const char *open, const char *close, size_t depth, size_t width, int is_big)
{
    static char narrow[ROOM / 4];
    size_t size = repeat(narrow, open, depth);
    narrow[size++] = '1';
    size += repeat(narrow + size, close, depth);
    memset(document, 0, size * width);
    for (size_t at = 0; at < size; at++)
        document[at * width + (is_big ? width - 1 : 0)] = narrow[at];
    return hide(size * width, width, is_big);
}

/* Which document; its size, or 0 when there are no more. */
static size_t deep(int number)
{
    static const struct {
        const char *open, *close;
        size_t depth, width;
        int is_big;
    } all[] = {
        {"[", "]", 32, 1, 0},
        {"{\"a\":", "}", 32, 1, 0},
        {"[", "]", 33, 1, 0},
        {"[", "]", 100000, 1, 0},
        {"{\"a\":", "}", 100000, 1, 0},
        {"[", "]", 20000, 2, 0},
        {"[", "]", 20000, 2, 1},
        {"[", "]", 10000, 4, 0},
        /* As deep as the parser takes by itself; see hide(). */
        {"[", "]", 500, 2, 0},
        {"{\"a\":", "}", 500, 2, 1},
        {"[", "]", 500, 4, 0},
        {"{\"a\":", "}", 500, 4, 1},
        {"[", "]", 10000, 4, 1},
        {"{\"a\":", "}", 3000, 2, 0},
        {"[", "", 60000, 1, 0},
        {"[", "", 30000, 2, 0},
        {"<a>", "</a>", 10000, 1, 0},
        {"\\u005b", "", 10000, 1, 0},
        {"\"\\", "", 30000, 1, 0},
        {"[[],", "", 15000, 1, 0},
        {"{\"status\":\"error\",\"error\":", "}", 32, 1, 0},
    };
    if ((size_t)number >= sizeof all / sizeof all[0])
        return 0;
    return nest(all[number].open, all[number].close, all[number].depth, all[number].width, all[number].is_big);
}

/* A response with this head and the document as its body. */
static size_t say(const char *head, size_t body)
{
    int size = snprintf(message, ROOM, "%s\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n", head, body);
    memcpy(message + size, document, body);
    loopback_say(message, (size_t)size + body);
    return (size_t)size + body;
}

/* A login and a request: any status will do, but the call must return. */
static void ask(dam_session *(*make)(const char *url))
{
    dam_request request = DAM_REQUEST_INIT;
    request.path = "Information";
    dam_response *response = NULL;
    dam_session *session = make(open_url);
    dam_status status = dam_session_request(session, &request, &response, check_fresh());
    check_result(status, status, "dam_session_request(session, &request, &response, err)", __FILE__, __LINE__);
    dam_response_free(response);
    dam_session_free(session);
}

static void responses(void)
{
    static const char *const heads[] = {"HTTP/1.1 200 OK\r\nContent-Type: application/json",
                                        "HTTP/1.1 401 No\r\nContent-Type: application/json",
                                        "HTTP/1.1 500 No\r\nContent-Type: text/html", NULL};
    size_t size;
    for (int number = 0; (size = deep(number)) > 0; number++)
        for (const char *const *head = heads; *head != NULL; head++) {
            if (is_short && head > heads)
                break;
            say(*head, size);
            ask(make_photoshelter);
            ask(make_fotoweb);
        }
}

/* Heads with very many or very long lines. */
static void heads(void)
{
    static const char *const lines[] = {"X-Long: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n",
                                        "Set-Cookie: a=b; c; d; e; f; g; h; i; j\r\n",
                                        "A: b\r\n",
                                        "Date: Mon, 01 Jan 2024 00:00:00 GMT\r\n",
                                        "Location: https://a.example/%25%25%25%25\r\n",
                                        NULL};
    for (const char *const *line = lines; *line != NULL; line++)
        for (size_t times = 1000; times <= (is_short ? 1000 : 40000); times *= 40) {
            size_t size = (size_t)snprintf(message, ROOM, "HTTP/1.1 200 OK\r\n");
            size += repeat(message + size, *line, times);
            size += (size_t)snprintf(message + size, ROOM - size, "Content-Length: 0\r\nConnection: close\r\n\r\n");
            loopback_say(message, size);
            ask(make_photoshelter);
            ask(make_fotoweb);
        }
}

/* As the application's own client may have received them. */
static void observations(dam_session *session)
{
    static const dam_header json = {"Content-Type", "application/json"};
    static dam_header many[1001];
    int32_t result = 0;
    size_t size;
    for (int number = 0; (size = deep(number)) > 0; number++) {
        dam_observation seen = DAM_OBSERVATION_INIT;
        seen.http_status = 400;
        seen.headers = &json;
        seen.header_count = 1;
        seen.body = document;
        seen.body_size = size > 65536 ? 65536 : size;
        seen.is_whole = 1;
        dam_status status = dam_session_observe(session, NULL, &seen, &result, check_fresh());
        check_result(status, status, "dam_session_observe(session, NULL, &seen, &result, err)", __FILE__, __LINE__);
    }
    size = repeat(document, "a=b; Expires=Mon, 01 Jan 2024 00:00:00 GMT; ", 18000);
    document[size] = '\0';
    for (size_t at = 0; at < 1001; at++)
        many[at] = (dam_header){"Set-Cookie", at == 0 ? document : "a=b; Expires=Mon, 01 Jan 2024 00:00:00 GMT"};
    dam_observation seen = DAM_OBSERVATION_INIT;
    seen.http_status = 200;
    seen.headers = many;
    seen.header_count = 1001;
    seen.is_whole = 1;
    REFUSES(DAM_ERR_ARGUMENT, dam_session_observe(session, NULL, &seen, &result, err), result);
    seen.header_count = 1000;
    dam_status status = dam_session_observe(session, NULL, &seen, &result, check_fresh());
    check_result(status, status, "dam_session_observe(session, NULL, &seen, &result, err)", __FILE__, __LINE__);
}

static void files(void)
{
    char path[4096];
    size_t size;
    dam_config *config = make_config((const char *const[]){NULL});
    EXPECT(DAM_OK, dam_config_save(config, "deep", err));
    snprintf(path, sizeof path, "%s/damsession/deep.json", getenv("XDG_CONFIG_HOME"));
    for (int number = 0; (size = deep(number)) > 0; number++) {
        FILE *file = fopen(path, "w");
        CHECK(file != NULL && fwrite(document, 1, size, file) == size && fclose(file) == 0, "a file of %zu bytes",
              size);
        REFUSES(DAM_ERR_OPTION, dam_config_load(config, "deep", err), check_nothing);
    }
    EXPECT(DAM_OK, dam_name_remove("deep", err));
    dam_config_free(config);
}

/* Records that are whole by their first line, so that the document is read. */
static void records(void)
{
    static struct table table;
    char hex[65];
    size_t size;
    for (int number = 0; (size = deep(number)) > 0; number++) {
        if (size > 60000)
            continue; /* as much as sha256() of the tests takes. */
        int length = snprintf(message, ROOM, "damsession-record 1 1 %zu ", size);
        memcpy(message + length, document, size);
        sha256(hex, message, (size_t)length + size);
        length += snprintf(message + length, ROOM - (size_t)length, "%s\n", hex);
        memcpy(message + length, document, size);
        dam_store store = table_store(&table);
        dam_config *config =
            make_config((const char *const[]){"system", "photoshelter", "url", closed_url, "user", "ada@example.com",
                                              "password", "canary-password", "api-key", "canary-key", NULL});
        dam_session *session = NULL;
        dam_session_state state = DAM_SESSION_STATE_INIT;
        EXPECT(DAM_OK, dam_config_set_store(config, &store, err));
        EXPECT(DAM_OK, dam_session_open(config, &session, err));
        table.found = message;
        table.found_size = (size_t)length + size;
        EXPECT(DAM_OK, dam_session_get_state(session, &state, err));
        CHECK(state.generation == 0, "nothing is taken from it");
        table.found = NULL;
        table.found_size = 0;
        dam_session_free(session);
        dam_config_free(config);
        table_clear(&table);
    }
}

static void texts(dam_session *session)
{
    static const char *const parts[] = {"1.", ".", "%", "a/", "{image}", "dami1.", "?a=%25", ";", "[", NULL};
    int32_t result = 0;
    char *out = NULL;
    for (const char *const *part = parts; *part != NULL; part++) {
        dam_observation seen = DAM_OBSERVATION_INIT;
        seen.http_status = 200;
        seen.is_whole = 1;
        dam_request request = DAM_REQUEST_INIT;
        request.path = document;
        request.image = document;
        dam_response *response = NULL;
        document[repeat(document, *part, 200000)] = '\0';
        REFUSES(DAM_ERR_ARGUMENT, dam_session_observe(session, document, &seen, &result, err), result);
        REFUSES(DAM_ERR_ARGUMENT, dam_session_resolve_image(session, document, &out, err), out);
        REFUSES(DAM_ERR_ARGUMENT, dam_session_request(session, &request, &response, err), response);
    }
}

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    CHECK(file != NULL && fputs(text, file) >= 0 && fclose(file) == 0, "a file for the test");
}

/* The rest of a download that has three bytes so far, with a length or a place that overflows any counter. */
static void endless_downloads(dam_session *session)
{
    static const char *const heads[] = {
        "Content-Range: bytes 3-5/*\r\nContent-Length: 9223372036854775807",
        "Content-Range: bytes 3-5/6\r\nContent-Length: 9223372036854775807",
        "Content-Range: bytes 3-9223372036854775807/*\r\nContent-Length: 3",
        "Content-Range: bytes 3-9223372036854775806/9223372036854775807\r\nContent-Length: 3",
        "Content-Range: bytes 3-18446744073709551615/18446744073709551616\r\nContent-Length: 3",
        "Content-Range: bytes 3--1/-1\r\nContent-Length: 3",
        "Content-Length: 9223372036854775807",
        "Content-Range: bytes 3-5/6\r\nContent-Length: -3",
        NULL};
    static char path[4096], part[4200], note[4200];
    snprintf(path, sizeof path, "%s/endless", getenv("DAM_TEST_DIR"));
    snprintf(part, sizeof part, "%s.part", path);
    snprintf(note, sizeof note, "%s.part.json", path);
    for (const char *const *head = heads; *head != NULL; head++) {
        dam_request request = DAM_REQUEST_INIT;
        request.path = "/x";
        dam_response *response = NULL;
        write_file(part, "abc");
        write_file(note, "{\"target\":\"/x\",\"validator\":\"\\\"v\\\"\"}");
        int size =
            snprintf(message, ROOM, "HTTP/1.1 206 Part\r\nETag: \"v\"\r\n%s\r\nConnection: close\r\n\r\n", *head);
        /* More than is looked at before it is judged. */
        memset(message + size, 'd', 70000);
        loopback_say(message, (size_t)size + 70000);
        dam_status status =
            dam_session_download(session, &request, path, DAM_DOWNLOAD_CONTINUE, &response, check_fresh());
        check_note(*head);
        CHECK(status == DAM_ERR_PROTOCOL || status == DAM_ERR_TRANSFER, "no whole file: %s",
              dam_status_name((int32_t)status));
        CHECK(access(path, F_OK) != 0, "and none with its name");
        dam_response_free(response);
    }
    loopback_say(NULL, 0);
}

/* Files with holes claim more than there is. */
static void endless_forms(void)
{
    char path[64];
    dam_form *form = NULL;
    snprintf(path, sizeof path, "/dev/shm/damsession-%d", (int)getpid());
    int file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    CHECK(file >= 0 && ftruncate(file, INT64_MAX) == 0 && close(file) == 0, "a file of 8 EiB");
    EXPECT(DAM_OK, dam_form_new(&form, err));
    for (int at = 0; at < 3; at++)
        REFUSES(DAM_ERR_ARGUMENT, dam_form_add_file(form, "f", path, NULL, NULL, err), check_nothing);
    CHECK(truncate(path, INT64_MAX / 2) == 0, "a file of 4 EiB");
    EXPECT(DAM_OK, dam_form_add_file(form, "f", path, NULL, NULL, err));
    EXPECT(DAM_OK, dam_form_add_file(form, "f", path, NULL, NULL, err));
    REFUSES(DAM_ERR_ARGUMENT, dam_form_add_file(form, "f", path, NULL, NULL, err), check_nothing);
    dam_form_free(form);
    unlink(path);
}

void abuse_depth(void)
{
    is_short = getenv("DAM_TEST_SHORT") != NULL;
    document = malloc(ROOM);
    message = malloc(ROOM);
    CHECK(document != NULL && message != NULL, "room for what is deep");
    responses();
    heads();
    loopback_say(NULL, 0);
    dam_session *session = make_fotoweb(open_url);
    EXPECT(DAM_OK, dam_session_login(session, DAM_LOGIN_AGAIN, err));
    observations(session);
    texts(session);
    endless_downloads(session);
    dam_session_free(session);
    endless_forms();
    files();
    records();
    free(document);
    free(message);
}
