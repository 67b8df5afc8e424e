/*
 * names.c - what becomes of a request whose name nobody looks up: the resolver is asked, and never answers.
 *
 * Run in a mount and a network namespace of its own, where the only name server is a socket of this program. Each case
 * says a line: its name, the milliseconds that the call under test took, the status it came to. How long is too long is
 * test_names.py's business.
 */
#include <damsession.h>

#include <arpa/inet.h>
#include <net/if.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int name_server;

static void stop(const char *what)
{
    perror(what);
    exit(1);
}

static long now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static void say(const char *name, long since, int32_t status)
{
    printf("%s %ld %s\n", name, now() - since, dam_status_name(status));
}

/* glibc waits five seconds for each of two tries. */
static void swallow_names(const char *configuration)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(53), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct ifreq loopback = {.ifr_name = "lo", .ifr_flags = IFF_UP};
    name_server = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (mount(configuration, "/etc/resolv.conf", NULL, MS_BIND, NULL) != 0 ||
        ioctl(name_server, SIOCSIFFLAGS, &loopback) != 0 ||
        bind(name_server, (struct sockaddr *)&address, sizeof address) != 0)
        stop("a name server that does not answer");
}

static int take_question(int flags)
{
    char question[512];
    return recv(name_server, question, sizeof question, flags) > 0;
}

/* So that the next one is new. */
static void forget_questions(void)
{
    while (take_question(MSG_DONTWAIT))
        continue;
}

static dam_session *open_session(const char *connect_timeout)
{
    const char *const options[] = {
        "system", "fotoweb", "url",    "https://archive.example", "user",          "ada", "password",
        "secret", "store",   "memory", "connect-timeout",         connect_timeout, NULL};
    dam_error error;
    dam_config *config = NULL;
    dam_session *session = NULL;
    if (dam_config_new(&config, &error) != DAM_OK)
        exit(1);
    for (const char *const *option = options; *option != NULL; option += 2)
        if (dam_config_set(config, option[0], option[1], &error) != DAM_OK)
            exit(1);
    if (dam_session_open(config, &session, &error) != DAM_OK)
        exit(1);
    dam_config_free(config);
    return session;
}

static dam_status request(dam_session *session, uint32_t timeout_ms, dam_canceller *canceller)
{
    dam_request request = DAM_REQUEST_INIT;
    request.path = "Information";
    request.timeout_ms = timeout_ms;
    request.canceller = canceller;
    dam_response *response = NULL;
    dam_status status = dam_session_request(session, &request, &response, NULL);
    dam_response_free(response);
    return status;
}

static void time_outs(void)
{
    dam_session *session = open_session("1");
    long began = now();
    dam_status status = request(session, 300, NULL);
    say("timeout", began, status);
    began = now();
    status = request(session, 0, NULL);
    say("connect-timeout", began, status);
    began = now();
    dam_session_free(session);
    say("session-free", began, DAM_OK);
}

/* A request on a thread of its own. */
struct other {
    dam_session *session;
    dam_canceller *canceller;
    uint32_t timeout_ms;
    dam_status status;
    int is_over;
    pthread_t thread;
};

static void *run(void *user_data)
{
    struct other *other = user_data;
    other->status = request(other->session, other->timeout_ms, other->canceller);
    __atomic_store_n(&other->is_over, 1, __ATOMIC_RELEASE);
    return NULL;
}

/* Returns when its name is being looked up. */
static void begin(struct other *other)
{
    forget_questions();
    if (pthread_create(&other->thread, NULL, run, other) != 0 || !take_question(0))
        stop("a question from another thread");
}

static void cancel(void)
{
    struct other other = {.session = open_session("30")};
    if (dam_canceller_new(&other.canceller, NULL) != DAM_OK)
        exit(1);
    begin(&other);
    long began = now();
    dam_canceller_cancel(other.canceller, NULL);
    pthread_join(other.thread, NULL);
    say("cancel", began, other.status);
    dam_canceller_free(other.canceller);
    dam_session_free(other.session);
}

/* While a request on another thread comes to its end. */
static void forks(void)
{
    struct other other = {.session = open_session("30"), .timeout_ms = 300};
    long longest = 0;
    begin(&other);
    while (!__atomic_load_n(&other.is_over, __ATOMIC_ACQUIRE)) {
        long began = now();
        pid_t child = fork();
        if (child == 0)
            _exit(0);
        long took = now() - began;
        longest = took > longest ? took : longest;
        waitpid(child, NULL, 0);
    }
    pthread_join(other.thread, NULL);
    printf("fork %ld %s\n", longest, dam_status_name(other.status));
    dam_session_free(other.session);
}

static void done(void *user_data, uint64_t id, int32_t status, dam_response *response, const dam_error *error)
{
    (void)id, (void)error;
    dam_response_free(response);
    *(int32_t *)user_data = status;
}

static uint64_t submit(dam_loop *loop, dam_session *session, uint32_t timeout_ms, int32_t *status)
{
    dam_request request = DAM_REQUEST_INIT;
    request.path = "Information";
    request.timeout_ms = timeout_ms;
    uint64_t id = 0;
    *status = -1;
    if (dam_loop_request(loop, session, &request, done, status, &id, NULL) != DAM_OK)
        exit(1);
    return id;
}

/* One dispatch when there is something to do. How long it took. */
static long dispatch(dam_loop *loop)
{
    struct pollfd one = {.fd = dam_loop_fd(loop), .events = POLLIN};
    if (poll(&one, 1, 20000) != 1)
        stop("nothing to do");
    long began = now();
    dam_loop_dispatch(loop, NULL);
    return now() - began;
}

/* Until the name of what was submitted is being looked up. */
static void dispatch_until_asked(dam_loop *loop)
{
    struct pollfd both[2] = {{.fd = dam_loop_fd(loop), .events = POLLIN}, {.fd = name_server, .events = POLLIN}};
    for (;;) {
        if (poll(both, 2, 20000) <= 0)
            stop("neither work nor a question");
        if (both[1].revents != 0)
            return;
        dam_loop_dispatch(loop, NULL);
    }
}

static void loops(void)
{
    dam_session *session = open_session("30");
    dam_loop *loop = NULL;
    int32_t status, first;
    long longest = 0, began;
    if (dam_loop_new(&loop, NULL) != DAM_OK)
        exit(1);
    submit(loop, session, 300, &status);
    while (status == -1) {
        long took = dispatch(loop);
        longest = took > longest ? took : longest;
    }
    printf("dispatch %ld %s\n", longest, dam_status_name(status));
    forget_questions();
    uint64_t id = submit(loop, session, 0, &status);
    dispatch_until_asked(loop);
    began = now();
    dam_loop_cancel(loop, id, NULL);
    while (status == -1)
        dispatch(loop);
    say("loop-cancel", began, status);
    forget_questions();
    submit(loop, session, 0, &first);
    dispatch_until_asked(loop);
    began = now();
    dam_loop_free(loop);
    say("loop-free", began, DAM_OK);
    began = now();
    dam_session_free(session);
    say("session-free-after-loop", began, DAM_OK);
}

int main(int count, char **arguments)
{
    if (count != 2)
        return 2;
    setvbuf(stdout, NULL, _IOLBF, 0);
    swallow_names(arguments[1]);
    time_outs();
    cancel();
    forks();
    loops();
    return 0;
}
