/*
 * smoke_forms.c - uploads as multipart/form-data: what arrives is what was added, also after an expiry.
 * The sandbox hashes what it gets. The sums are written down, not computed here.
 */
#define _POSIX_C_SOURCE 200809L

#include "smoke.h"

#include <stdio.h>
#include <unistd.h>

/* 100000 times 'a', and nothing. */
#define SUM "6d1cf22d7cc09b085dfc25ee1a1f3ae0265804c607bc2074ad253bcc82fd81ee"
#define EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static void write_file(size_t size)
{
    FILE *file = fopen(path, "w");
    CHECK(file != NULL, "a file for the test");
    for (size_t at = 0; at < size; at++)
        putc('a', file);
    CHECK(fclose(file) == 0, "a file of %zu bytes", size);
}

static uint32_t upload(dam_session *session, const dam_form *form, dam_status wanted, const char *text)
{
    dam_request request = DAM_REQUEST_INIT;
    request.path = "mem/image/upload";
    request.form = form; /* so it is a POST. */
    dam_response_view view = DAM_RESPONSE_VIEW_INIT;
    dam_response *response = NULL;
    EXPECT(wanted, dam_session_request(session, &request, &response, err));
    if (wanted != DAM_OK) {
        CHECK(response == NULL, "no response was written");
        return 0;
    }
    EXPECT(DAM_OK, dam_response_get(response, &view, err));
    CHECK(view.http_status == 200 && strstr(view.body, text) != NULL, "the server has %s: %.300s", text,
          (const char *)view.body);
    dam_response_free(response);
    return view.replays;
}

static void files(const char *authentication)
{
    dam_form *form = NULL;
    fresh();
    snprintf(path, sizeof path, "%.4000s.jpg", store);
    write_file(100000);
    dam_session *session = open_photoshelter(OPTIONS("authentication", authentication));
    EXPECT(DAM_OK, dam_form_new(&form, err));
    EXPECT(DAM_OK, dam_form_add(form, "gallery", "G1", 2, NULL, NULL, err));
    EXPECT(DAM_OK, dam_form_add_file(form, "file", path, "k\xc3\xa5re.jpg", "image/jpeg", err));
    CHECK(upload(session, form, DAM_OK, SUM) == 0, "sent once");
    COUNTED("photoshelter", "writes", 1);
    control_post("expire", "{}");
    CHECK(upload(session, form, DAM_OK, "k\xc3\xa5re.jpg") == 1, "sent once more, from the beginning");
    control_post("expire", "{}");
    CHECK(upload(session, form, DAM_OK, SUM) == 1, "and again");
    COUNTED("photoshelter", "writes", 3);

    /* A file that changes before it is sent fails the request, and the server gets nothing of it. */
    static const size_t sizes[] = {99999, 100001, 0};
    for (size_t at = 0; at < sizeof sizes / sizeof sizes[0]; at++) {
        write_file(sizes[at]);
        upload(session, form, DAM_ERR_ARGUMENT, "");
    }
    unlink(path);
    upload(session, form, DAM_ERR_ARGUMENT, "");
    COUNTED("photoshelter", "writes", 3);
    write_file(100000);
    upload(session, form, DAM_OK, SUM);
    dam_form_free(form);

    write_file(0);
    EXPECT(DAM_OK, dam_form_new(&form, err));
    EXPECT(DAM_OK, dam_form_add_file(form, "file", path, NULL, NULL, err));
    upload(session, form, DAM_OK, EMPTY);
    unlink(path);
    dam_form_free(form);
    dam_session_free(session);
}

/* Bytes in memory arrive as a file if they are given a file name. */
static void bytes(const char *authentication)
{
    static char letters[100000];
    dam_form *form = NULL;
    fresh();
    memset(letters, 'a', sizeof letters);
    dam_session *session = open_photoshelter(OPTIONS("authentication", authentication));
    EXPECT(DAM_OK, dam_form_new(&form, err));
    EXPECT(DAM_OK, dam_form_add(form, "file", letters, sizeof letters, NULL, "image/jpeg", err));
    dam_request request = DAM_REQUEST_INIT;
    request.method = "POST";
    request.path = "mem/image/upload";
    request.form = form;
    dam_response_view view = DAM_RESPONSE_VIEW_INIT;
    dam_response *response = NULL;
    EXPECT(DAM_OK, dam_session_request(session, &request, &response, err));
    EXPECT(DAM_OK, dam_response_get(response, &view, err));
    CHECK(view.http_status == 400 && strstr(view.body, "no file part") != NULL, "without a name it is no file");
    dam_response_free(response);
    EXPECT(DAM_OK, dam_form_add(form, "file", letters, sizeof letters, "\xc3\xb8l \"1\".jpg", "image/jpeg", err));
    memset(letters, 'b', sizeof letters); /* they were copied. */
    CHECK(upload(session, form, DAM_OK, SUM) == 0, "sent once");
    control_post("expire", "{}");
    CHECK(upload(session, form, DAM_OK, "\xc3\xb8l ") == 1, "sent once more, with its name");
    EXPECT(DAM_OK, dam_form_add(form, "file", NULL, 0, "empty.jpg", NULL, err));
    upload(session, form, DAM_OK, EMPTY);
    upload(session, form, DAM_OK, "\"file_name\":\"empty.jpg\"");
    COUNTED("photoshelter", "writes", 4);
    dam_form_free(form);
    dam_session_free(session);
}

void smoke_forms(void)
{
    files("token");
    files("cookie");
    bytes("token");
    bytes("cookie");
}
