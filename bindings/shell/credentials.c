/*
 * credentials.c - where secrets come from when the library asks: a file descriptor, a command, a person.
 *
 * It asks only when the library does, so a stored session never costs a prompt. It refuses to answer with an empty line
 * or to guess after a failure: then there is no answer, and the library says what that means. Buffers are wiped.
 */
#include "wrapper.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* Byte by byte, because what follows the line belongs to somebody else: the next secret, or a command of the script. */
ssize_t read_secret_line(int fd, char line[SECRET_CAPACITY], const char *place)
{
    size_t size = 0;
    for (;;) {
        char byte;
        ssize_t got = read(fd, &byte, 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            say("%s: %s", place, strerror(errno));
            break;
        }
        if (got == 0 || byte == '\n') {
            size -= size > 0 && line[size - 1] == '\r'; /* a file written on Windows. */
            line[size] = '\0';
            if (size > 0 && strlen(line) == size)
                return (ssize_t)size;
            say("%s: %s", place,
                size == 0 ? "there is no secret in its first line" : "there is a NUL byte in the secret");
            break;
        }
        if (size + 1 == SECRET_CAPACITY) {
            say("%s: the first line is longer than %d bytes", place, SECRET_CAPACITY - 1);
            break;
        }
        line[size++] = byte;
    }
    explicit_bzero(line, SECRET_CAPACITY);
    return -1;
}

/* What the command prints after the first line, so that it does not die of a closed pipe; but not without end. */
static void drain(int fd)
{
    char rest[SECRET_CAPACITY];
    for (int round = 0; round < 16; round++) {
        ssize_t got = read(fd, rest, sizeof rest);
        if (got == 0 || (got < 0 && errno != EINTR))
            break;
    }
    explicit_bzero(rest, sizeof rest);
}

/* The command gets no standard input: in `while read ...; do damsession get ...; done` it would eat the list. */
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

static ssize_t run_command(const char *command, char secret[SECRET_CAPACITY])
{
    int ends[2], status = 0, failure;
    pid_t pid = 0;
    signal(SIGCHLD, SIG_DFL); /* where it was inherited as ignored, the exit status would be lost. */
    if (pipe2(ends, O_CLOEXEC) != 0) {
        say("the password command: %s", strerror(errno));
        return -1;
    }
    failure = start(command, ends[1], &pid);
    close(ends[1]);
    ssize_t size = failure == 0 ? read_secret_line(ends[0], secret, "the output of the password command") : -1;
    if (failure == 0)
        drain(ends[0]);
    close(ends[0]);
    if (failure != 0) {
        say("the password command cannot be started: %s", strerror(failure));
        return -1;
    }
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return size;
    say("the password command %s %d", WIFSIGNALED(status) ? "died of signal" : "failed with exit status",
        WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    explicit_bzero(secret, SECRET_CAPACITY);
    return -1;
}

static ssize_t ask_person(const dam_prompt *prompt, char secret[SECRET_CAPACITY])
{
    char question[1024];
    if (prompt->kind == DAM_PROMPT_ENCRYPTION_SECRET)
        snprintf(question, sizeof question, "Encryption secret of %s: ", prompt->origin);
    else
        snprintf(question, sizeof question, "Password of %s at %s: ", prompt->user, prompt->origin);
    return ask_terminal(question, secret);
}

int32_t answer_prompt(void *user_data, dam_prompt *prompt)
{
    const struct credentials *credentials = user_data;
    char secret[SECRET_CAPACITY];
    ssize_t size;
    if (credentials->fd >= 0)
        size = read_secret_line(credentials->fd, secret, credentials->fd == 0 ? "standard input" : "--password-fd");
    else if (credentials->command != NULL && credentials->command[0] != '\0')
        size = run_command(credentials->command, secret);
    else
        size = ask_person(prompt, secret);
    dam_status status = size > 0 ? dam_prompt_answer(prompt, secret, (uint64_t)size, NULL) : DAM_OK;
    explicit_bzero(secret, sizeof secret);
    return (int32_t)status;
}
