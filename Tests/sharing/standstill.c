/*
 * standstill.c - a program of one thread that holds a session by an authorization and then calls the session.
 *
 *   standstill     options come from the environment (DAMSESSION_URL and so on)
 *
 * Prints one line of JSON: the statuses while it is held, the message, how often it waited, and the status afterwards.
 * There must be no second thread, which alone could end the wait.
 */
#include <damsession.h>

#include <stdio.h>
#include <unistd.h>

int main(void)
{
    dam_request request = DAM_REQUEST_INIT;
    request.path = "mem/user/session";
    dam_config *config = NULL;
    dam_session *session = NULL;
    dam_authorization *first = NULL, *second = NULL;
    dam_response *response = NULL;
    dam_statistics counted = DAM_STATISTICS_INIT;
    dam_error error = {0};
    alarm(60);
    if (dam_config_new(&config, &error) != DAM_OK || dam_config_load_environment(config, &error) != DAM_OK ||
        dam_session_open(config, &session, &error) != DAM_OK ||
        dam_session_authorize(session, &request, &first, &error) != DAM_OK) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    dam_config_free(config);
    dam_status again = dam_session_authorize(session, &request, &second, NULL);
    dam_status asked = dam_session_request(session, &request, &response, &error);
    dam_session_get_statistics(session, &counted, NULL);
    dam_authorization_free(first);
    dam_status later = dam_session_request(session, &request, &response, NULL);
    printf("{\"again\": %d, \"asked\": %d, \"waits\": %d, \"later\": %d, \"message\": \"%s\"}\n", (int)again,
           (int)asked, (int)counted.waits, (int)later, error.message);
    dam_response_free(response);
    dam_session_free(session);
    return 0;
}
