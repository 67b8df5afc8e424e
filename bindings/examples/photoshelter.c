/* photoshelter.c - prints the galleries of a PhotoShelter account. DAMSESSION_USER, DAMSESSION_PASSWORD,
 * DAMSESSION_API_KEY and the like come from the environment. */
#include <damsession.h>

#include <stdio.h>

static int32_t show_organization(void *user_data, const dam_organization *one)
{
    (void)user_data;
    fprintf(stderr, "%c %s  %s\n", one->selected ? '*' : ' ', one->id, one->name);
    return 0;
}

int main(void)
{
    dam_error error;
    dam_config *config = NULL;
    dam_session *session = NULL;
    dam_response *response = NULL;
    dam_request request = DAM_REQUEST_INIT;
    dam_response_view view = DAM_RESPONSE_VIEW_INIT;

    request.path = "mem/gallery/query";
    if (dam_config_new(&config, &error) == DAM_OK &&
        dam_config_set(config, "system", "photoshelter", &error) == DAM_OK &&
        dam_config_set(config, "authentication", "token", &error) == DAM_OK &&
        dam_config_load_environment(config, &error) == DAM_OK && dam_session_open(config, &session, &error) == DAM_OK &&
        dam_session_list_organizations(session, show_organization, NULL, &error) == DAM_OK &&
        dam_session_request(session, &request, &response, &error) == DAM_OK &&
        dam_response_get(response, &view, &error) == DAM_OK)
        fwrite(view.body, 1, view.body_size, stdout);
    else
        fprintf(stderr, "%s: %s\n", dam_status_name(error.status), error.message);

    dam_response_free(response);
    dam_session_free(session); /* the session itself stays in the store, for the next program. */
    dam_config_free(config);
    return view.http_status == 200 ? 0 : 1;
}
