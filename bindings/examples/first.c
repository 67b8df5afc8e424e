/* first.c - prints the galleries of a PhotoShelter account. DAMSESSION_SYSTEM, DAMSESSION_USER and the like come
 * from the environment; or `first NAME` takes what `damsession login NAME` has remembered. */
#include <damsession.h>

#include <stdio.h>

int main(int argc, char **argv)
{
    dam_error error;
    dam_session *session = NULL;
    dam_response *response = NULL;
    dam_response_view view = DAM_RESPONSE_VIEW_INIT;
    dam_request request = DAM_REQUEST_GET("mem/gallery/query");

    if (dam_session_open_named(argc > 1 ? argv[1] : NULL, &session, &error) == DAM_OK &&
        dam_session_request(session, &request, &response, &error) == DAM_OK &&
        dam_response_get(response, &view, &error) == DAM_OK)
        fwrite(view.body, 1, view.body_size, stdout);
    else
        fprintf(stderr, "%s: %s\n", dam_status_name(error.status), error.message);

    dam_response_free(response);
    dam_session_free(session); /* the session itself stays in the store, for the next program. */
    return view.http_status == 200 ? 0 : 1;
}
