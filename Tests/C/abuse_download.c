/*
 * abuse_download.c - downloads: bad requests, flags and paths, and places where no file can be.
 * A refusal leaves no file behind, not even a part of one. Interrupted downloads are in smoke_downloads.c.
 */
#define _POSIX_C_SOURCE 200809L

#include "abuse.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char path[4096];

static int exists(const char *suffix)
{
    char name[4200];
    snprintf(name, sizeof name, "%s%s", path, suffix);
    return access(name, F_OK) == 0;
}

static int32_t take(void *user_data, const void *data, size_t size)
{
    (void)user_data;
    (void)data;
    return size > INT32_MAX;
}

static void refuse_structs(dam_session *session)
{
    WITH_TAIL(dam_request) large = {.known = {.size = sizeof large, .path = "Information"}, .more = 1};
    static const uint32_t flags[] = {4, 5, 7, 0x80000000, UINT32_MAX};
    dam_request request = DAM_REQUEST_INIT;
    request.path = "Information";
    dam_response *response = NULL;
    REFUSES(DAM_ERR_ARGUMENT, dam_session_download(NULL, &request, path, 0, &response, err), response);
    REFUSES(DAM_ERR_ARGUMENT, dam_session_download(session, NULL, path, 0, &response, err), response);
    REFUSES(DAM_ERR_ARGUMENT, dam_session_download(session, &request, NULL, 0, &response, err), response);
    REFUSES(DAM_ERR_ARGUMENT, dam_session_download(session, &request, path, 0, NULL, err), check_nothing);
    REFUSES(DAM_ERR_ARGUMENT, dam_session_download(session, &large.known, path, 0, &response, err), large);
    for (size_t at = 0; at < sizeof flags / sizeof flags[0]; at++)
        REFUSES(DAM_ERR_ARGUMENT, dam_session_download(session, &request, path, flags[at], &response, err), response);
    request.size = 0;
    REFUSES(DAM_ERR_ARGUMENT, dam_session_download(session, &request, path, 0, &response, err), response);
    request = (dam_request){.size = sizeof request, .path = "Information", .write = take};
    REFUSES(DAM_ERR_ARGUMENT, dam_session_download(session, &request, path, 0, &response, err), response);
    request = (dam_request){.size = sizeof request, .path = "Information", .method = "POST"};
    REFUSES(DAM_ERR_ARGUMENT, dam_session_download(session, &request, path, 0, &response, err), response);
    request = (dam_request){.size = sizeof request, .path = "Information", .body = "b", .body_size = 1};
    REFUSES(DAM_ERR_ARGUMENT, dam_session_download(session, &request, path, 0, &response, err), response);
    request = (dam_request){.size = sizeof request, .path = "a b"};
    REFUSES(DAM_ERR_ARGUMENT, dam_session_download(session, &request, path, 0, &response, err), response);
    request = (dam_request){.size = sizeof request, .path = "https://evil.example/x"};
    REFUSES(DAM_ERR_INSECURE, dam_session_download(session, &request, path, 0, &response, err), response);
    CHECK(!exists("") && !exists(".part") && !exists(".part.json"), "no file of a refused download");
}

static void refuse_paths(dam_session *session)
{
    static const char *const none[] = {"", "/", "x/", NULL};
    static const char *const unusable[] = {"/dev/null/x", "/nowhere/at/all/x", "/proc/x", NULL};
    dam_request request = DAM_REQUEST_INIT;
    request.path = "Information";
    dam_response *response = NULL;
    for (const char *const *name = none; *name != NULL; name++)
        REFUSES(DAM_ERR_ARGUMENT, dam_session_download(session, &request, *name, 0, &response, err), response);
    for (const char *const *name = not_utf8; *name != NULL; name++)
        REFUSES(DAM_ERR_ARGUMENT, dam_session_download(session, &request, *name, 0, &response, err), response);
    for (const char *const *name = unusable; *name != NULL; name++)
        for (uint32_t flags = 0; flags <= (DAM_DOWNLOAD_CONTINUE | DAM_DOWNLOAD_KEEP); flags++)
            REFUSES(DAM_ERR_STORE, dam_session_download(session, &request, *name, flags, &response, err), response);
    EXPECT(DAM_ERR_STORE, dam_session_download(session, &request, huge_text, 0, &response, err));
    CHECK(mkdir(path, 0700) == 0, "a folder in the file's place");
    REFUSES(DAM_ERR_ARGUMENT, dam_session_download(session, &request, path, 0, &response, err), response);
    REFUSES(DAM_ERR_ARGUMENT, dam_session_download(session, &request, path, DAM_DOWNLOAD_KEEP, &response, err),
            response);
    CHECK(rmdir(path) == 0, "the folder is still there, and empty");
}

/* Files of an earlier download that say nothing sensible: the download starts over. */
static void damaged_notes(dam_session *session)
{
    static const char *const notes[] = {
        "", "{", "[]", "{\"target\":7}", "{\"target\":\"x\",\"validator\":\"a\\r\\nb\"}", NULL};
    dam_request request = DAM_REQUEST_INIT;
    request.path = "Information";
    for (const char *const *note = notes; *note != NULL; note++) {
        char name[4200];
        dam_response *response = NULL;
        struct stat known;
        for (int part = 0; part < 2; part++) {
            snprintf(name, sizeof name, "%s%s", path, part ? ".part" : ".part.json");
            FILE *file = fopen(name, "w");
            CHECK(file != NULL && fputs(part ? "canary" : *note, file) >= 0 && fclose(file) == 0, "%s",
                  part ? "part" : "note");
        }
        EXPECT(DAM_OK, dam_session_download(session, &request, path, DAM_DOWNLOAD_CONTINUE, &response, err));
        dam_response_free(response);
        CHECK(stat(path, &known) == 0 &&
                  known.st_size == (off_t)strlen("<FileList><File Name=\"x\" Id=\"image 1\"/></FileList>"),
              "the file is whole");
        CHECK(!exists(".part") && !exists(".part.json"), "and nothing is left beside it");
    }
    unlink(path);
}

void abuse_download(void)
{
    dam_request request = DAM_REQUEST_INIT;
    request.path = "Information";
    dam_response *response = NULL;
    dam_session *closed = make_fotoweb(closed_url), *open = make_fotoweb(open_url);
    snprintf(path, sizeof path, "%s/download", getenv("DAM_TEST_DIR"));
    refuse_structs(closed);
    REFUSES(DAM_ERR_CONNECT, dam_session_download(closed, &request, path, 0, &response, err), response);
    CHECK(!exists("") && !exists(".part") && !exists(".part.json"), "no file without a response");
    EXPECT(DAM_OK, dam_session_login(open, DAM_LOGIN_IF_NEEDED, err));
    refuse_paths(open);
    damaged_notes(open);
    dam_session_free(closed);
    dam_session_free(open);
}
