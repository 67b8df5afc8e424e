/*
 * terminal.c - asks a person, for a secret without echo.
 *
 * It uses /dev/tty, so that redirected input and output do not matter, and turns the echo on again before a signal ends
 * or stops the process. It does not ask without a terminal, nor in the background, where the terminal would stop the
 * process while it holds a login lock. (readpassphrase(3) does much of this, but it would need libbsd, and it notices a
 * signal that arrives just before its read only at the next key.)
 */
#include "terminal.h"

#include "progress.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

enum { SIGNALS = 65 }; /* includes real-time signals, which have no names. */

static volatile sig_atomic_t caught[SIGNALS], is_caught;

static void note(int signal_number)
{
    caught[signal_number] = is_caught = 1;
}

/* The state to restore after the question. */
struct guard {
    sigset_t guarded, waiting;
};

/* Handles every signal that would end or stop the process during the question. */
static void begin_guard(struct guard *guard)
{
    struct sigaction action = {.sa_handler = note}, before;
    sigset_t harmless;
    sigemptyset(&action.sa_mask);
    sigemptyset(&guard->guarded);
    sigemptyset(&harmless);
    sigaddset(&harmless, SIGCHLD);
    sigaddset(&harmless, SIGCONT);
    sigaddset(&harmless, SIGURG);
    sigaddset(&harmless, SIGWINCH);
    for (int number = 1; number < SIGNALS; number++)
        if (!sigismember(&harmless, number) && sigaction(number, NULL, &before) == 0 && before.sa_handler == SIG_DFL)
            sigaddset(&guard->guarded, number);
    sigprocmask(SIG_BLOCK, &guard->guarded, &guard->waiting);
    for (int number = 1; number < SIGNALS; number++)
        if (sigismember(&guard->guarded, number))
            sigaction(number, &action, NULL);
}

/* The signal arrives here, and ends or stops the process. */
static void end_guard(const struct guard *guard)
{
    const struct sigaction action = {.sa_handler = SIG_DFL};
    for (int number = 1; number < SIGNALS; number++) {
        if (sigismember(&guard->guarded, number))
            sigaction(number, &action, NULL);
        if (caught[number])
            raise(number);
    }
    sigprocmask(SIG_SETMASK, &guard->waiting, NULL);
}

/* The handled signals are blocked except during the wait, so that none can arrive between the wait and the read. */
static ssize_t read_answer(int terminal, const sigset_t *waiting, char answer[SECRET_CAPACITY])
{
    size_t size = 0;
    for (;;) {
        struct pollfd ready = {.fd = terminal, .events = POLLIN};
        char byte;
        if (ppoll(&ready, 1, NULL, waiting) < 0) {
            if (errno == EINTR && !is_caught)
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

static ssize_t ask_once(int terminal, const char *question, int is_shown, char answer[SECRET_CAPACITY])
{
    struct termios loud, quiet;
    struct guard guard;
    ssize_t size = -1;
    if (tcgetattr(terminal, &loud) != 0)
        return -1;
    begin_guard(&guard);
    quiet = loud;
    if (!is_shown)
        quiet.c_lflag &= ~(tcflag_t)(ECHO | ECHONL);
    if (tcsetattr(terminal, TCSAFLUSH, &quiet) == 0) {
        if (write(terminal, question, strlen(question)) > 0)
            size = read_answer(terminal, &guard.waiting, answer);
        tcsetattr(terminal, TCSAFLUSH, &loud);
        if (!(is_shown && size >= 0) && write(terminal, "\n", 1) < 1)
            size = -1;
    }
    end_guard(&guard);
    return size;
}

ssize_t ask_terminal(const char *question, int is_shown, char answer[SECRET_CAPACITY])
{
    ssize_t size = -1;
    int terminal = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    if (terminal < 0)
        return -1;
    clear_progress();
    do {
        is_caught = 0;
        memset((void *)caught, 0, sizeof caught);
        if (tcgetpgrp(terminal) == getpgrp())
            size = ask_once(terminal, question, is_shown, answer);
    } while (is_caught); /* the process was stopped and goes on: the question is asked again. */
    close(terminal);
    if (size < 0)
        explicit_bzero(answer, SECRET_CAPACITY);
    else
        answer[size] = '\0';
    return size;
}
