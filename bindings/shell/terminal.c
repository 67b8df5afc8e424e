/*
 * terminal.c - asks a person for a secret, without echo.
 *
 * It speaks to /dev/tty, so that redirected input and output do not matter, and gives the terminal its echo back before a
 * signal ends or stops the process. It refuses to ask where nobody would answer: without a terminal, and from the
 * background, where the terminal would stop the process with a login lock held. (readpassphrase(3) does much of this, but
 * would need libbsd, and a signal that arrives just before its read is lost until the next key.)
 */
#include "wrapper.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static const int guarded[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP};
enum { GUARDED = sizeof guarded / sizeof guarded[0] };

static volatile sig_atomic_t caught;

static void note(int signal_number)
{
    caught = signal_number;
}

/* The guarded signals are blocked but for the wait itself, so none can slip in between wait and read. */
static ssize_t read_answer(int terminal, const sigset_t *waiting, char answer[SECRET_CAPACITY])
{
    size_t size = 0;
    for (;;) {
        struct pollfd ready = {.fd = terminal, .events = POLLIN};
        char byte;
        if (ppoll(&ready, 1, NULL, waiting) < 0) {
            if (errno == EINTR && caught == 0)
                continue;
            return -1;
        }
        if (read(terminal, &byte, 1) != 1)
            return -1;
        if (byte == '\n')
            return (ssize_t)size;
        if (size + 1 == SECRET_CAPACITY)
            return -1;
        answer[size++] = byte;
    }
}

static ssize_t ask_once(int terminal, const char *question, char answer[SECRET_CAPACITY])
{
    struct termios loud, quiet;
    struct sigaction action = {.sa_handler = note}, before[GUARDED];
    sigset_t blocked, waiting;
    ssize_t size = -1;
    if (tcgetattr(terminal, &loud) != 0)
        return -1;
    sigemptyset(&action.sa_mask);
    sigemptyset(&blocked);
    for (int index = 0; index < GUARDED; index++)
        sigaddset(&blocked, guarded[index]);
    sigprocmask(SIG_BLOCK, &blocked, &waiting);
    for (int index = 0; index < GUARDED; index++)
        sigaction(guarded[index], &action, &before[index]);
    quiet = loud;
    quiet.c_lflag &= ~(tcflag_t)(ECHO | ECHONL);
    if (tcsetattr(terminal, TCSAFLUSH, &quiet) == 0) {
        if (write(terminal, question, strlen(question)) > 0)
            size = read_answer(terminal, &waiting, answer);
        tcsetattr(terminal, TCSAFLUSH, &loud);
        if (write(terminal, "\n", 1) < 1)
            size = -1;
    }
    for (int index = 0; index < GUARDED; index++)
        sigaction(guarded[index], &before[index], NULL);
    if (caught != 0)
        raise(caught);
    sigprocmask(SIG_SETMASK, &waiting, NULL); /* here the signal arrives, and ends or stops the process. */
    return size;
}

ssize_t ask_terminal(const char *question, char answer[SECRET_CAPACITY])
{
    ssize_t size = -1;
    int terminal = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    if (terminal < 0)
        return -1;
    clear_progress();
    do {
        caught = 0;
        if (tcgetpgrp(terminal) == getpgrp())
            size = ask_once(terminal, question, answer);
    } while (caught != 0); /* stopped and continued: the question is asked again. */
    close(terminal);
    if (size < 0)
        explicit_bzero(answer, SECRET_CAPACITY);
    else
        answer[size] = '\0';
    return size;
}
