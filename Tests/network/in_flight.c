/*
 * in_flight.c - requests of several sessions at once, on one thread, under poll or epoll, with 512 descriptors.
 *
 * in_flight poll|epoll reads words parted by tabs: "open NAME=VALUE...", "get SESSION PATH WANTED", "pause COUNT",
 * "go". WANTED is a text of the response, or "!" and the name of a status. When COUNT are answered it says "pause" and
 * waits for a line. At the end: answered, wrong, replayed, those still counted by the loop, descriptors left, threads.
 */
#include <damsession.h>

#include <dirent.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

enum { SESSIONS = 8, REQUESTS = 4096, LONGEST = 10000 };

static dam_loop *loop;
static dam_session *sessions[SESSIONS];
static char *wanted[REQUESTS];
static int opened, submitted, answered, wrong, replayed, pause_at;

static void stop(const char *what, const dam_error *error)
{
    fprintf(stderr, "%s: %s\n", what, error == NULL ? "" : error->message);
    exit(1);
}

static int entries(const char *folder)
{
    int count = 0;
    DIR *found = opendir(folder);
    while (found != NULL && readdir(found) != NULL)
        count++;
    if (found != NULL)
        closedir(found);
    return count;
}

static void done(void *user_data, uint64_t id, int32_t status, dam_response *response, const dam_error *error)
{
    const char *text = user_data;
    dam_response_view view = DAM_RESPONSE_VIEW_INIT;
    char line[16];
    int fits = text[0] == '!' ? strcmp(dam_status_name(status), text + 1) == 0 && response == NULL
                              : status == DAM_OK && dam_response_get(response, &view, NULL) == DAM_OK &&
                                    view.http_status == 200 && strstr(view.body, text) != NULL;
    if (!fits)
        fprintf(stderr, "%llu wants %s, got %s %d %s %.200s\n", (unsigned long long)id, text, dam_status_name(status),
                view.http_status, error->message, view.body == NULL ? "" : (const char *)view.body);
    wrong += !fits;
    replayed += (int)view.replays;
    dam_response_free(response);
    if (++answered == pause_at && (puts("pause") < 0 || fgets(line, sizeof line, stdin) == NULL))
        exit(4);
}

static void open_session(char *rest)
{
    dam_error error;
    dam_config *config = NULL;
    if (dam_config_new(&config, &error) != DAM_OK)
        stop("config", &error);
    for (char *word = strtok(rest, "\t"); word != NULL; word = strtok(NULL, "\t")) {
        char *value = strchr(word, '=');
        if (value == NULL)
            stop(word, NULL);
        *value = '\0';
        if (dam_config_set(config, word, value + 1, &error) != DAM_OK)
            stop(word, &error);
    }
    if (opened == SESSIONS || dam_session_open(config, &sessions[opened++], &error) != DAM_OK)
        stop("open", &error);
    dam_config_free(config);
}

static void submit(char *rest)
{
    dam_error error;
    const char *which = strtok(rest, "\t"), *path = strtok(NULL, "\t"), *text = strtok(NULL, "\t");
    if (text == NULL || submitted == REQUESTS)
        stop("get", NULL);
    wanted[submitted] = strdup(text);
    dam_request request = DAM_REQUEST_INIT;
    request.path = path;
    if (dam_loop_request(loop, sessions[atoi(which)], &request, done, wanted[submitted], NULL, &error) != DAM_OK)
        stop(path, &error);
    submitted++;
}

/* Waits with the one or the other until there is something to do. */
static void wait_for_work(int epoll)
{
    struct pollfd one = {.fd = dam_loop_fd(loop), .events = POLLIN};
    struct epoll_event event;
    if ((epoll < 0 ? poll(&one, 1, LONGEST) : epoll_wait(epoll, &event, 1, LONGEST)) != 1)
        stop("nothing to do, and not at the end", NULL);
}

int main(int count, char **arguments)
{
    struct rlimit few = {.rlim_cur = 512, .rlim_max = 512};
    char line[2048];
    dam_error error;
    if (count != 2 || setrlimit(RLIMIT_NOFILE, &few) != 0)
        return 2;
    setvbuf(stdout, NULL, _IOLBF, 0);
    int before = entries("/proc/self/fd");
    if (dam_loop_new(&loop, &error) != DAM_OK)
        stop("loop", &error);
    while (fgets(line, sizeof line, stdin) != NULL && strcmp(line, "go\n") != 0) {
        line[strcspn(line, "\n")] = '\0';
        char *rest = line + strcspn(line, "\t");
        *rest++ = '\0';
        if (strcmp(line, "open") == 0)
            open_session(rest);
        else if (strcmp(line, "pause") == 0)
            pause_at = atoi(rest);
        else
            submit(rest);
    }
    int epoll = strcmp(arguments[1], "epoll") == 0 ? epoll_create1(EPOLL_CLOEXEC) : -1;
    struct epoll_event event = {.events = EPOLLIN};
    if (epoll >= 0 && epoll_ctl(epoll, EPOLL_CTL_ADD, dam_loop_fd(loop), &event) != 0)
        stop("epoll", NULL);
    printf("in flight %u\n", dam_loop_count(loop));
    while (dam_loop_count(loop) > 0) {
        if (dam_loop_dispatch(loop, &error) != DAM_OK)
            stop("dispatch", &error);
        if (dam_loop_count(loop) > 0)
            wait_for_work(epoll);
    }
    uint32_t left = dam_loop_count(loop);
    int threads = entries("/proc/self/task") - 2;
    if (epoll >= 0)
        close(epoll);
    dam_loop_free(loop);
    for (int each = 0; each < opened; each++)
        dam_session_free(sessions[each]);
    for (int each = 0; each < submitted; each++)
        free(wanted[each]);
    printf("%d %d %d %u %d %d\n", answered, wrong, replayed, left, entries("/proc/self/fd") - before, threads);
    return 0;
}
