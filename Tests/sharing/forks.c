/*
 * forks.c - a C program that makes children in every odd way there is, and says what it saw.
 *
 *   forks PLAN     options come from the environment (DAMSESSION_URL and so on)
 *
 *   crowd          threads make requests while others fork, two and more at the same time
 *   namespace      the parent is process 1 of its PID namespace, and so is its child of another one
 *   clone          the child comes of _Fork() and of clone(), which run no handlers
 *   spawn          posix_spawn() and vfork()
 *   loop           the child frees a loop that has requests under way, and tries to use it before
 *   authorization  the child frees an authorization that holds the session's lock, and tries to use it before
 *
 * Prints one line of JSON: plain numbers, each with a name. Each request carries the name of its process in `X-Who`. A
 * child or a program that does not end is killed by its own alarm.
 */
#include "forks.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ASKING = 4, FORKING = 3, FORKS = 200 };

extern char **environ;

dam_session *session;

const char *path(void)
{
    return getenv("FORKS_PATH");
}

static dam_session *open_session(void)
{
    dam_config *config = NULL;
    dam_session *opened = NULL;
    dam_error error = {0};
    if (dam_config_new(&config, &error) != DAM_OK || dam_config_load_environment(config, &error) != DAM_OK ||
        dam_session_open(config, &opened, &error) != DAM_OK) {
        fprintf(stderr, "%s\n", error.message);
        exit(1);
    }
    dam_config_free(config);
    return opened;
}

int ask(const char *who)
{
    const dam_header header = {.name = "X-Who", .value = who};
    dam_request request = DAM_REQUEST_INIT;
    request.path = path();
    request.headers = &header;
    request.header_count = 1;
    dam_response_view view = DAM_RESPONSE_VIEW_INIT;
    dam_response *response = NULL;
    dam_error error = {0};
    if (dam_session_request(session, &request, &response, &error) != DAM_OK)
        fprintf(stderr, "%s: %s\n", who, error.message);
    else
        dam_response_get(response, &view, &error);
    dam_response_free(response);
    return view.http_status == 200;
}

int end_of(pid_t child)
{
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child)
        return 98;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 99;
}

/* ---- crowd ---- */

static atomic_int stop, answered, unanswered, well, ill;
static pthread_barrier_t start;

/* 1 when the library says what it knows: into the library and out again, without a server. */
static int look(void)
{
    dam_session_state state = DAM_SESSION_STATE_INIT;
    return dam_session_get_state(session, &state, NULL) == DAM_OK;
}

static void *keep_asking(void *asks_server)
{
    while (!stop)
        atomic_fetch_add((asks_server != NULL ? ask("parent") : look()) ? &answered : &unanswered, 1);
    return NULL;
}

/* In step with the others, so that nobody comes later whose fork would wake up those who were forgotten. */
static void *keep_forking(void *unused)
{
    for (int round = 0; round < FORKS; round++) {
        pthread_barrier_wait(&start);
        pid_t child = fork();
        if (child == 0) {
            alarm(LONGEST);
            _exit(!look() || (round % 20 == 0 && !ask("child")));
        }
        atomic_fetch_add(end_of(child) == 0 ? &well : &ill, 1);
    }
    return unused;
}

static void crowd(void)
{
    pthread_t asking[ASKING], forking[FORKING];
    pthread_barrier_init(&start, NULL, FORKING);
    for (int at = 0; at < ASKING; at++)
        pthread_create(&asking[at], NULL, keep_asking, at % 2 == 0 ? session : NULL);
    for (int at = 0; at < FORKING; at++)
        pthread_create(&forking[at], NULL, keep_forking, NULL);
    for (int at = 0; at < FORKING; at++)
        pthread_join(forking[at], NULL);
    stop = 1;
    for (int at = 0; at < ASKING; at++)
        pthread_join(asking[at], NULL);
    printf("{\"answered\": %d, \"unanswered\": %d, \"well\": %d, \"ill\": %d}\n", answered, unanswered, well, ill);
}

/* ---- children that fork() does not tell from their parent, or does not make ---- */

static void namespace(void)
{
    int first = ask("parent");
    int apart = unshare(CLONE_NEWPID) == 0;
    pid_t own = getpid(), child = fork();
    if (child == 0) {
        alarm(LONGEST);
        _exit(getpid() != own ? 2 : !(ask("child") && ask("child")));
    }
    int end = end_of(child);
    printf("{\"first\": %d, \"apart\": %d, \"own\": %d, \"child\": %d, \"last\": %d}\n", first, apart, (int)own, end,
           ask("parent"));
}

static pid_t raw_clone(void)
{
    return (pid_t)syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);
}

static void clones(void)
{
    static pid_t (*const ways[])(void) = {_Fork, raw_clone};
    static const char *const names[] = {"_Fork", "clone"};
    int first = ask("parent"), ends[2];
    for (int way = 0; way < 2; way++) {
        pid_t child = ways[way]();
        if (child == 0) {
            alarm(LONGEST);
            _exit(!(ask(names[way]) && ask(names[way])));
        }
        ends[way] = end_of(child);
    }
    printf("{\"first\": %d, \"_Fork\": %d, \"clone\": %d, \"last\": %d}\n", first, ends[0], ends[1], ask("parent"));
}

static void spawn(void)
{
    char *const words[] = {"true", NULL};
    pid_t child = 0;
    int first = ask("parent");
    int spawned = posix_spawnp(&child, "true", NULL, NULL, words, environ) == 0 && end_of(child) == 0;
    int between = ask("parent");
    child = vfork();
    if (child == 0)
        _exit(0);
    int vforked = end_of(child) == 0;
    printf("{\"first\": %d, \"spawned\": %d, \"between\": %d, \"vforked\": %d, \"last\": %d}\n", first, spawned,
           between, vforked, ask("parent"));
}

int main(int count, char **arguments)
{
    static const struct {
        const char *name;
        void (*play)(void);
    } plans[] = {{"crowd", crowd}, {"namespace", namespace}, {"clone", clones},
                 {"spawn", spawn}, {"loop", free_loop},      {"authorization", free_authorization}};
    alarm(2 * LONGEST);
    session = open_session();
    for (size_t at = 0; count == 2 && at < sizeof plans / sizeof plans[0]; at++)
        if (strcmp(arguments[1], plans[at].name) == 0) {
            plans[at].play();
            dam_session_free(session);
            return 0;
        }
    fprintf(stderr, "usage: forks PLAN\n");
    return 2;
}
