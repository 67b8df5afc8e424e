/*
 * abuse_form.c - forms: fields and files with bad names, types and sizes, and files that are none.
 * What a server makes of a form is in smoke_forms.c.
 */
#define _POSIX_C_SOURCE 200809L

#include "abuse.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char path[4096];

/* A refusal leaves the form as it was: with its one good field, and it can be sent. */
static void send_form(const dam_form *form)
{
    dam_session *session = make_photoshelter(open_url);
    dam_request request = DAM_REQUEST_INIT;
    request.method = "POST";
    request.path = "mem/image/upload";
    request.form = form;
    dam_response *response = NULL;
    for (int round = 0; round < 2; round++) {
        EXPECT(DAM_OK, dam_session_request(session, &request, &response, err));
        dam_response_free(response);
    }
    dam_session_free(session);
}

static void refuse_fields(dam_form *form)
{
    static const char *const bad[] = {"a\nb", "a\r\nX-Evil: 1", "\x01", "\x7f", NULL};
    REFUSES(DAM_ERR_ARGUMENT, dam_form_add(NULL, "name", "data", 4, NULL, "text/plain", err), check_nothing);
    REFUSES(DAM_ERR_ARGUMENT, dam_form_add(form, NULL, "data", 4, NULL, "text/plain", err), check_nothing);
    REFUSES(DAM_ERR_ARGUMENT, dam_form_add(form, "name", NULL, 4, NULL, NULL, err), check_nothing);
    REFUSES(DAM_ERR_ARGUMENT, dam_form_add(form, "name", "data", SIZE_MAX, NULL, NULL, err), check_nothing);
    REFUSES(DAM_ERR_ARGUMENT, dam_form_add(form, "name", "data", INT64_MAX, NULL, NULL, err), check_nothing);
    for (const char *const *text = bad; *text != NULL; text++) {
        check_note(*text);
        REFUSES(DAM_ERR_ARGUMENT, dam_form_add(form, *text, "data", 4, NULL, NULL, err), check_nothing);
        REFUSES(DAM_ERR_ARGUMENT, dam_form_add(form, "name", "data", 4, *text, NULL, err), check_nothing);
        REFUSES(DAM_ERR_ARGUMENT, dam_form_add(form, "name", "data", 4, NULL, *text, err), check_nothing);
        REFUSES(DAM_ERR_ARGUMENT, dam_form_add_file(form, *text, path, NULL, NULL, err), check_nothing);
        REFUSES(DAM_ERR_ARGUMENT, dam_form_add_file(form, "name", path, *text, NULL, err), check_nothing);
        REFUSES(DAM_ERR_ARGUMENT, dam_form_add_file(form, "name", path, NULL, *text, err), check_nothing);
    }
    for (const char *const *text = not_utf8; *text != NULL; text++) {
        REFUSES(DAM_ERR_ARGUMENT, dam_form_add(form, *text, "data", 4, NULL, NULL, err), check_nothing);
        REFUSES(DAM_ERR_ARGUMENT, dam_form_add(form, "name", "data", 4, *text, NULL, err), check_nothing);
        REFUSES(DAM_ERR_ARGUMENT, dam_form_add(form, "name", "data", 4, NULL, *text, err), check_nothing);
        REFUSES(DAM_ERR_ARGUMENT, dam_form_add_file(form, *text, path, NULL, NULL, err), check_nothing);
        REFUSES(DAM_ERR_ARGUMENT, dam_form_add_file(form, "name", *text, NULL, NULL, err), check_nothing);
        REFUSES(DAM_ERR_ARGUMENT, dam_form_add_file(form, "name", path, *text, NULL, err), check_nothing);
        REFUSES(DAM_ERR_ARGUMENT, dam_form_add_file(form, "name", path, NULL, *text, err), check_nothing);
    }
}

/* What is there, but is not a file. */
static void refuse_files(dam_form *form)
{
    const char *const paths[] = {"", "/", ".", "/nowhere/x", "/dev/null", "/dev/zero", huge_text};
    REFUSES(DAM_ERR_ARGUMENT, dam_form_add_file(NULL, "name", path, NULL, NULL, err), check_nothing);
    REFUSES(DAM_ERR_ARGUMENT, dam_form_add_file(form, NULL, path, NULL, NULL, err), check_nothing);
    REFUSES(DAM_ERR_ARGUMENT, dam_form_add_file(form, "name", NULL, NULL, NULL, err), check_nothing);
    for (size_t at = 0; at < sizeof paths / sizeof paths[0]; at++) {
        check_note(paths[at]);
        REFUSES(DAM_ERR_ARGUMENT, dam_form_add_file(form, "name", paths[at], NULL, NULL, err), check_nothing);
    }
}

void abuse_form(void)
{
    dam_form *form = NULL;
    char data[] = "data";
    snprintf(path, sizeof path, "%s/file", getenv("DAM_TEST_DIR"));
    FILE *file = fopen(path, "w");
    CHECK(file != NULL && fputs("content", file) >= 0 && fclose(file) == 0, "a file for the test");
    REFUSES(DAM_ERR_ARGUMENT, dam_form_new(NULL, err), check_nothing);
    EXPECT(DAM_OK, dam_form_new(&form, err));
    refuse_fields(form);
    refuse_files(form);
    EXPECT(DAM_OK, dam_form_add(form, "name", data, 4, NULL, "text/plain", err));
    memset(data, 'x', 4); /* it was copied. */
    EXPECT(DAM_OK, dam_form_add(form, "name", NULL, 0, NULL, NULL, err));
    EXPECT(DAM_OK, dam_form_add(form, "name", data, 4, "", NULL, err));
    EXPECT(DAM_OK, dam_form_add(form, "name", data, 4, "../\xc3\xb8\"\\;", "", err));
    EXPECT(DAM_OK, dam_form_add_file(form, "\xc3\xa6\"\\;", path, "\xc3\xb8\"\\;", "image/jpeg", err));
    send_form(form);
    unlink(path);
    dam_form_free(form);
    SURVIVES(dam_form_free(NULL));
}
