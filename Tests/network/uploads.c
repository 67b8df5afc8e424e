/*
 * uploads.c - uploads files as multipart forms, from several threads on one session.
 *
 * uploads THREADS PATH FILE...: for each file one line, the response's status and its body. Where a FILE is "-" it says
 * "pause", and one thread waits for a line. Options come from the environment. Nothing is tried again: whatever fails
 * ends it with 1.
 */
#include <damsession.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static dam_session *session;
static const char *path;
static char **files;
static int count, next;
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;

static void stop(const char *what, const dam_error *error)
{
    fprintf(stderr, "%s: %s %s\n", what, dam_status_name(error->status), error->message);
    exit(1);
}

static void upload(const char *file)
{
    dam_error error = {0};
    dam_form *form = NULL;
    dam_response *response = NULL;
    dam_response_view view = DAM_RESPONSE_VIEW_INIT;
    dam_request request = DAM_REQUEST_INIT;
    request.method = "POST";
    request.path = path;

    if (dam_form_new(&form, &error) != DAM_OK || dam_form_add_file(form, "file", file, NULL, NULL, &error) != DAM_OK)
        stop(file, &error);
    request.form = form;
    if (dam_session_request(session, &request, &response, &error) != DAM_OK ||
        dam_response_get(response, &view, &error) != DAM_OK)
        stop(file, &error);
    pthread_mutex_lock(&turn);
    printf("%d %.*s\n", view.http_status, (int)view.body_size, (const char *)view.body);
    fflush(stdout);
    pthread_mutex_unlock(&turn);
    dam_response_free(response);
    dam_form_free(form);
}

static void pause_for_a_line(void)
{
    char line[16];
    puts("pause");
    fflush(stdout);
    if (fgets(line, sizeof line, stdin) == NULL)
        exit(4);
}

static void *work(void *nothing)
{
    for (;;) {
        pthread_mutex_lock(&turn);
        int mine = next++;
        pthread_mutex_unlock(&turn);
        if (mine >= count)
            return nothing;
        if (strcmp(files[mine], "-") == 0)
            pause_for_a_line();
        else
            upload(files[mine]);
    }
}

int main(int words, char **arguments)
{
    dam_error error = {0};
    dam_config *config = NULL;
    pthread_t threads[64];
    int started = 0, wanted = words > 3 ? atoi(arguments[1]) : 0;

    if (wanted < 1 || wanted > 64)
        return 2;
    path = arguments[2];
    files = arguments + 3;
    count = words - 3;
    if (dam_config_new(&config, &error) != DAM_OK || dam_config_load_environment(config, &error) != DAM_OK ||
        dam_session_open(config, &session, &error) != DAM_OK)
        stop("open", &error);
    while (started < wanted && pthread_create(&threads[started], NULL, work, NULL) == 0)
        started++;
    for (int each = 0; each < started; each++)
        pthread_join(threads[each], NULL);
    dam_session_free(session);
    dam_config_free(config);
    return started == wanted ? 0 : 3;
}
