/* fotoweb.c - searches a FotoWeb archive and asks for the first image found. The device token is stored, so the
 * password is needed once. DAMSESSION_URL, DAMSESSION_USER and the like come from the environment. */
#include <damsession.h>

#include <stdio.h>
#include <string.h>

static dam_status get(dam_session *session, const char *path, const char *image, dam_response **response,
                      dam_response_view *view, dam_error *error)
{
    dam_request request = DAM_REQUEST_INIT;
    request.path = path;
    request.image = image;
    dam_status status = dam_session_request(session, &request, response, error);
    *view = (dam_response_view)DAM_RESPONSE_VIEW_INIT;
    return status == DAM_OK ? dam_response_get(*response, view, error) : status;
}

int main(void)
{
    dam_error error;
    dam_config *config = NULL;
    dam_session *session = NULL;
    dam_response *found = NULL, *file = NULL;
    dam_response_view view = {0};
    char id[256] = "", *handle = NULL;
    const char *place;

    if (dam_config_new(&config, &error) == DAM_OK && dam_config_set(config, "system", "fotoweb", &error) == DAM_OK &&
        dam_config_load_environment(config, &error) == DAM_OK && dam_session_open(config, &session, &error) == DAM_OK &&
        get(session, "5000/Search?Search=photo&MaxHits=1", NULL, &found, &view, &error) == DAM_OK &&
        (place = strstr(view.body, " Id=\"")) != NULL && sscanf(place, " Id=\"%255[^\"]", id) == 1 &&
        /* The ID is worth something with this device token only; the handle knows. */
        dam_session_bind_image(session, id, view.generation, &handle, &error) == DAM_OK &&
        get(session, "FileInfo?Id={image}&FileInfo=1", handle, &file, &view, &error) == DAM_OK)
        fwrite(view.body, 1, view.body_size, stdout);
    else
        fprintf(stderr, "%s: %s\n", dam_status_name(error.status), error.status ? error.message : "nothing was found");

    dam_string_free(handle);
    dam_response_free(file);
    dam_response_free(found);
    dam_session_free(session);
    dam_config_free(config);
    return file != NULL && view.http_status == 200 ? 0 : 1;
}
