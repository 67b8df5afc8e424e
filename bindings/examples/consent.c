/* consent.c - asks a person to consent in a browser, the first time, then FotoWare who they are. Later runs ask nobody:
 * the session renews itself. DAMSESSION_SYSTEM, DAMSESSION_URL, DAMSESSION_CLIENT_ID and the like come from the
 * environment. */
#include <damsession.h>

#include <stdio.h>
#include <string.h>

static dam_status ask(dam_session *session, dam_error *error)
{
    char *page = NULL, address[4096] = "";
    dam_status status = dam_consent_begin(session, &page, error);
    if (status != DAM_OK)
        return status;
    fprintf(stderr, "Open this page in a browser, on any machine, and consent there within ten minutes:\n%s\n", page);
    fputs("Paste the address that the browser shows then; its page need not load: ", stderr);
    dam_string_free(page);
    if (fgets(address, sizeof address, stdin) != NULL)
        address[strcspn(address, "\n")] = '\0';
    return dam_consent_finish(session, address, error);
}

int main(void)
{
    dam_error error;
    dam_session *session = NULL;
    dam_response *response = NULL;
    dam_response_view view = DAM_RESPONSE_VIEW_INIT;
    dam_request request = DAM_REQUEST_GET("me");

    dam_status status = dam_session_open_named(NULL, &session, &error);
    if (status == DAM_OK)
        status = dam_session_request(session, &request, &response, &error);
    if (status == DAM_ERR_CONSENT) { /* nobody has consented yet, or they must do so again. */
        status = ask(session, &error);
        if (status == DAM_OK)
            status = dam_session_request(session, &request, &response, &error);
    }
    if (status == DAM_OK && dam_response_get(response, &view, &error) == DAM_OK)
        fwrite(view.body, 1, view.body_size, stdout);
    else
        fprintf(stderr, "%s: %s\n", dam_status_name(error.status), error.message);

    dam_response_free(response);
    dam_session_free(session);
    return view.http_status == 200 ? 0 : 1;
}
