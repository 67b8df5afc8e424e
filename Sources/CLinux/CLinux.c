/* CLinux.c - see CLinux.h. */
#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

int dam_lock_byte(int descriptor, int64_t byte, short type, int waits) {
    struct flock range = {0};
    int result;
    range.l_type = type;
    range.l_whence = SEEK_SET;
    range.l_start = byte;
    range.l_len = 1;
    do {
        result = fcntl(descriptor, waits ? F_OFD_SETLKW : F_OFD_SETLK, &range);
    } while (result < 0 && errno == EINTR);
    return result;
}

int dam_event_new(void) { return eventfd(0, EFD_CLOEXEC); }

void dam_event_signal(int event) { (void)eventfd_write(event, 1); }

/* Slots hold a descriptor plus one; 0 is free. A lock-free table, since the child runs while other threads are gone. */
enum { FORK_SLOTS = 1024 };
static atomic_int fork_slots[FORK_SLOTS];
static pthread_once_t fork_once = PTHREAD_ONCE_INIT;

static void close_in_child(void) {
    for (int i = 0; i < FORK_SLOTS; i++) {
        int held = atomic_exchange(&fork_slots[i], 0);
        if (held != 0) {
            close(held - 1);
        }
    }
}

static void watch_forks(void) { pthread_atfork(NULL, NULL, close_in_child); }

void dam_fork_close_add(int descriptor) {
    pthread_once(&fork_once, watch_forks);
    for (int i = 0; i < FORK_SLOTS; i++) {
        int free_slot = 0;
        if (atomic_compare_exchange_strong(&fork_slots[i], &free_slot, descriptor + 1)) {
            return;
        }
    }
}

void dam_fork_close_remove(int descriptor) {
    for (int i = 0; i < FORK_SLOTS; i++) {
        int held = descriptor + 1;
        if (atomic_compare_exchange_strong(&fork_slots[i], &held, 0)) {
            return;
        }
    }
}

dam_pipe_guard dam_pipe_guard_enter(void) {
    dam_pipe_guard guard;
    sigset_t pipe_set, pending;
    sigemptyset(&pipe_set);
    sigaddset(&pipe_set, SIGPIPE);
    sigpending(&pending);
    guard.pending = sigismember(&pending, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe_set, &guard.mask);
    return guard;
}

void dam_pipe_guard_leave(dam_pipe_guard guard) {
    if (!guard.pending) {
        sigset_t pipe_set;
        struct timespec now = {0, 0};
        sigemptyset(&pipe_set);
        sigaddset(&pipe_set, SIGPIPE);
        while (sigtimedwait(&pipe_set, NULL, &now) == SIGPIPE) {
        }
    }
    pthread_sigmask(SIG_SETMASK, &guard.mask, NULL);
}
