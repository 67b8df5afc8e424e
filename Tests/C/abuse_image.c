/*
 * abuse_image.c - image handles: bad IDs, wrong generations, and a handle damaged at every single place.
 */
#include "abuse.h"

#include <stdlib.h>

static void refuse_ids(dam_session *session)
{
    static const char *const ids[] = {"", "a\nb", "\x01", "\x7f", NULL};
    char *handle = NULL;
    REFUSES(DAM_ERR_ARGUMENT, dam_session_bind_image(NULL, "image", 0, &handle, err), handle);
    REFUSES(DAM_ERR_ARGUMENT, dam_session_bind_image(session, NULL, 0, &handle, err), handle);
    REFUSES(DAM_ERR_ARGUMENT, dam_session_bind_image(session, "image", 0, NULL, err), check_nothing);
    for (const char *const *id = ids; *id != NULL; id++)
        REFUSES(DAM_ERR_ARGUMENT, dam_session_bind_image(session, *id, 0, &handle, err), handle);
    for (const char *const *id = not_utf8; *id != NULL; id++)
        REFUSES(DAM_ERR_ARGUMENT, dam_session_bind_image(session, *id, 0, &handle, err), handle);
    REFUSES(DAM_ERR_ARGUMENT, dam_session_bind_image(session, huge_text, 0, &handle, err), handle);
    REFUSES(DAM_ERR_HANDLE_STALE, dam_session_bind_image(session, "image", 2, &handle, err), handle);
    REFUSES(DAM_ERR_HANDLE_STALE, dam_session_bind_image(session, "image", UINT64_MAX, &handle, err), handle);
}

static void refuse_handles(dam_session *session, const char *handle)
{
    static const char *const handles[] = {"",           "image",         "dami1", "dami1....",
                                          "dami1.1...", "dami2.1.a.b.c", "....",  NULL};
    char *image = NULL, *copy = malloc(strlen(handle) + 2);
    dam_response *response = NULL;
    REFUSES(DAM_ERR_ARGUMENT, dam_session_resolve_image(NULL, handle, &image, err), image);
    REFUSES(DAM_ERR_ARGUMENT, dam_session_resolve_image(session, NULL, &image, err), image);
    REFUSES(DAM_ERR_ARGUMENT, dam_session_resolve_image(session, handle, NULL, err), check_nothing);
    for (const char *const *text = handles; *text != NULL; text++)
        REFUSES(DAM_ERR_ARGUMENT, dam_session_resolve_image(session, *text, &image, err), image);
    for (const char *const *text = not_utf8; *text != NULL; text++)
        REFUSES(DAM_ERR_ARGUMENT, dam_session_resolve_image(session, *text, &image, err), image);
    REFUSES(DAM_ERR_ARGUMENT, dam_session_resolve_image(session, huge_text, &image, err), image);
    for (size_t at = 0; at < strlen(handle); at++) {
        strcpy(copy, handle);
        copy[at] = copy[at] == 'x' ? 'y' : 'x';
        check_note(copy);
        REFUSES(DAM_ERR_ARGUMENT, dam_session_resolve_image(session, copy, &image, err), image);
        copy[at] = '\0';
        REFUSES(DAM_ERR_ARGUMENT, dam_session_resolve_image(session, copy, &image, err), image);
    }
    strcat(strcpy(copy, handle), "x");
    dam_request request = DAM_REQUEST_INIT;
    request.path = "FileInfo?Id={image}";
    request.image = copy;
    REFUSES(DAM_ERR_ARGUMENT, dam_session_resolve_image(session, copy, &image, err), image);
    REFUSES(DAM_ERR_ARGUMENT, dam_session_request(session, &request, &response, err), response);
    request.path = "FileInfo";
    request.image = handle;
    REFUSES(DAM_ERR_ARGUMENT, dam_session_request(session, &request, &response, err), response);
    request.path = "FileInfo?Id={image}";
    request.image = NULL;
    REFUSES(DAM_ERR_ARGUMENT, dam_session_request(session, &request, &response, err), response);
    free(copy);
}

void abuse_image(void)
{
    char *handle = NULL, *image = NULL;
    dam_session *photoshelter = make_photoshelter(open_url);
    dam_session *session = make_fotoweb(open_url);
    EXPECT(DAM_OK, dam_session_login(photoshelter, DAM_LOGIN_IF_NEEDED, err));
    REFUSES(DAM_ERR_NOT_SUPPORTED, dam_session_bind_image(photoshelter, "image", 0, &handle, err), handle);
    EXPECT(DAM_OK, dam_session_login(session, DAM_LOGIN_IF_NEEDED, err));
    refuse_ids(session);
    EXPECT(DAM_OK, dam_session_bind_image(session, "image 1/\xc3\xa6?&#%", 0, &handle, err));
    CHECK(check_find_secret(handle) == NULL && strspn(handle, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                                              "0123456789._-") == strlen(handle),
          "a handle is plain text");
    EXPECT(DAM_OK, dam_session_resolve_image(session, handle, &image, err));
    CHECK(strcmp(image, "image 1/\xc3\xa6?&#%") == 0, "what comes back is what went in");
    refuse_handles(session, handle);
    EXPECT(DAM_OK, dam_session_forget(session, err));
    dam_string_free(image);
    image = NULL;
    REFUSES(DAM_ERR_HANDLE_STALE, dam_session_resolve_image(session, handle, &image, err), image);
    dam_string_free(handle);
    dam_session_free(session);
    dam_session_free(photoshelter);
}
