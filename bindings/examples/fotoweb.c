/* fotoweb.c - searches a FotoWeb archive and asks for the first image found. The device token is stored, so the
 * password is needed once. DAMSESSION_SYSTEM, DAMSESSION_URL and the like come from the environment. */
#include <damsession.h>

#include <stdio.h>
#include <string.h>

static dam_status get(dam_session *session, const char *path, const char *image, dam_response **response,
                      dam_response_view *view, dam_error *error)
{
    dam_request request = DAM_REQUEST_GET(path);
    request.image = image;
    dam_status status = dam_session_request(session, &request, response, error);
    *view = (dam_response_view)DAM_RESPONSE_VIEW_INIT;
    return status == DAM_OK ? dam_response_get(*response, view, error) : status;
}

int main(int argc, char **argv)
{
    const dam_pair query[] = {{"Search", argc > 1 ? argv[1] : "photo"}, {"MaxHits", "1"}};
    dam_error error;
    dam_session *session = NULL;
    dam_response *found = NULL, *file = NULL;
    dam_response_view view = {0};
    char id[256] = "", *search = NULL, *handle = NULL;
    const char *place;

    if (dam_session_open_named(NULL, &session, &error) == DAM_OK &&
        dam_path_with_query("5000/Search", query, 2, &search, &error) == DAM_OK &&
        get(session, search, NULL, &found, &view, &error) == DAM_OK && (place = strstr(view.body, " Id=\"")) != NULL &&
        sscanf(place, " Id=\"%255[^\"]", id) == 1 &&
        /* The ID is worth something with this device token only; the handle knows. */
        dam_session_bind_image(session, id, view.generation, &handle, &error) == DAM_OK &&
        get(session, "FileInfo?Id={image}&FileInfo=1", handle, &file, &view, &error) == DAM_OK)
        fwrite(view.body, 1, view.body_size, stdout);
    else
        fprintf(stderr, "%s: %s\n", dam_status_name(error.status), error.status ? error.message : "nothing was found");

    dam_string_free(search);
    dam_string_free(handle);
    dam_response_free(file);
    dam_response_free(found);
    dam_session_free(session);
    return file != NULL && view.http_status == 200 ? 0 : 1;
}
