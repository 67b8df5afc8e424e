/*
 * password_command.c - the options `password-command` and `api-key-command`: runs the command, reads its first line,
 * and waits for its end.
 *
 * It waits for the end of the process, not of its output, which a child of the command may hold open for ever. The wait
 * is bounded, since other processes wait for the login. If the command fails, its line is not used.
 */
#include "password_command.h"

#include "say.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

/* The least time that a command has, whatever the options say, and the time in which it must end after its line. */
enum { LEAST_SECONDS = 5 };

/* What follows the line is read too, so that the command is not killed by a closed pipe, but only up to a limit. */
enum { MOST_AFTERWARDS = 65536 };

struct output {
    int fd; /* -1: the reading has ended. */
    char *line;
    size_t size, afterwards;
    int has_line, is_too_long;
};

static void take_byte(struct output *output, char byte)
{
    if (output->has_line)
        output->afterwards++;
    else if (byte == '\n')
        output->has_line = 1;
    else if (output->size + 1 == SECRET_CAPACITY)
        output->has_line = output->is_too_long = 1;
    else
        output->line[output->size++] = byte;
}

/* Reads what is there, without waiting. */
static void take_output(struct output *output)
{
    char bytes[512];
    while (output->fd >= 0) {
        ssize_t got = read(output->fd, bytes, sizeof bytes);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0 && errno == EAGAIN)
            break;
        for (ssize_t at = 0; at < got; at++)
            take_byte(output, bytes[at]);
        if (got > 0 && output->afterwards < MOST_AFTERWARDS)
            continue;
        output->has_line = 1;
        close(output->fd);
        output->fd = -1;
    }
    explicit_bzero(bytes, sizeof bytes);
}

static unsigned patience(const struct secret_command *given)
{
    return given->seconds > LEAST_SECONDS ? given->seconds : LEAST_SECONDS;
}

static int64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/* Returns a descriptor that is readable when the process has ended; -1 before Linux 5.3. */
static int watch_process(pid_t pid)
{
#ifdef SYS_pidfd_open
    return (int)syscall(SYS_pidfd_open, pid, 0);
#else
    (void)pid;
    return -1;
#endif
}

/* 1: the command has ended with `status`; 0: it has not ended in time. */
static int hear_out(pid_t pid, struct output *output, unsigned seconds, int *status)
{
    int process = watch_process(pid), had_line = 0, ended;
    int64_t deadline = now() + (int64_t)seconds * 1000;
    /* The end is checked first: if the process has ended, all its output is there. */
    while ((ended = waitpid(pid, status, WNOHANG) == pid, take_output(output), !ended)) {
        if (output->has_line && !had_line)
            deadline = now() + LEAST_SECONDS * 1000;
        had_line = output->has_line;
        int64_t left = deadline - now();
        if (left <= 0)
            break;
        struct pollfd watch[] = {{.fd = output->fd, .events = POLLIN}, {.fd = process, .events = POLLIN}};
        poll(watch, 2, (int)(process < 0 && left > 50 ? 50 : left));
    }
    if (process >= 0)
        close(process);
    return ended;
}

/* The command gets no standard input: in `while read ...; do damsession get ...; done` it would read the list. */
static int start(const char *command, int output, pid_t *pid)
{
    char *const words[] = {"sh", "-c", (char *)command, NULL};
    posix_spawn_file_actions_t actions;
    int failure = posix_spawn_file_actions_init(&actions);
    if (failure != 0)
        return failure;
    failure = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (failure == 0)
        failure = posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    if (failure == 0)
        failure = posix_spawn(pid, "/bin/sh", &actions, NULL, words, environ);
    posix_spawn_file_actions_destroy(&actions);
    return failure;
}

/* Whether the command was successful. If not, this prints why. */
static int judge(const struct secret_command *given, const struct output *output, int ended, int status)
{
    if (!ended) {
        if (output->has_line)
            say("the %s command has printed a line, but does not end", given->what);
        else
            say("the %s command has printed no line within %u seconds", given->what, patience(given));
        return 0;
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return 1;
    say("the %s command %s %d", given->what, WIFSIGNALED(status) ? "died of signal" : "failed with exit status",
        WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    return 0;
}

ssize_t run_secret_command(const struct secret_command *given, char secret[SECRET_CAPACITY])
{
    int ends[2], status = 0;
    char place[64];
    pid_t pid = 0;
    signal(SIGCHLD, SIG_DFL); /* if it was inherited as ignored, the exit status would be lost. */
    if (pipe2(ends, O_CLOEXEC) != 0 || fcntl(ends[0], F_SETFL, O_NONBLOCK) != 0) {
        say("the %s command: %s", given->what, strerror(errno));
        return -1;
    }
    struct output output = {.fd = ends[0], .line = secret};
    int failure = start(given->command, ends[1], &pid);
    close(ends[1]);
    if (failure != 0) {
        close(ends[0]);
        say("the %s command cannot be started: %s", given->what, strerror(failure));
        return -1;
    }
    int ended = hear_out(pid, &output, patience(given), &status);
    if (output.fd >= 0)
        close(output.fd);
    if (!ended)
        kill(pid, SIGTERM);
    snprintf(place, sizeof place, "the output of the %s command", given->what);
    if (output.is_too_long || judge(given, &output, ended, status))
        return end_secret_line(secret, output.size, output.is_too_long, place);
    explicit_bzero(secret, SECRET_CAPACITY);
    return -1;
}
