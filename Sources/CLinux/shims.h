/*
 * shims.h - what Linux offers and Swift's Glibc module does not: file locks that belong to an open file, eventfds, and a
 * guard that keeps SIGPIPE from the host. It refuses to do anything that could be said in Swift.
 */
#ifndef DAM_CLINUX_SHIMS_H
#define DAM_CLINUX_SHIMS_H

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#ifndef F_OFD_SETLK  /* hidden without _GNU_SOURCE, which a module cannot define */
#define F_OFD_SETLK 37
#define F_OFD_SETLKW 38
#endif

/* Locks or unlocks one byte for the open file (fcntl_locking(2), open file description locks). 0, or -1 with errno. */
static inline int dam_lock_byte(int descriptor, int64_t byte, short type, int waits) {
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

static inline int dam_event_new(void) { return eventfd(0, EFD_CLOEXEC); }
static inline void dam_event_signal(int event) { (void)eventfd_write(event, 1); }

/* What the thread's SIGPIPE looked like before a transfer. */
typedef struct dam_pipe_guard {
    sigset_t mask;
    int pending;
} dam_pipe_guard;

/* TLS libraries write to sockets without MSG_NOSIGNAL: a broken connection would raise SIGPIPE in the host. Block it for
 * this thread only; a process-wide disposition belongs to the host. */
static inline dam_pipe_guard dam_pipe_guard_enter(void) {
    dam_pipe_guard guard;
    sigset_t pipe_set, pending;
    sigemptyset(&pipe_set);
    sigaddset(&pipe_set, SIGPIPE);
    sigpending(&pending);
    guard.pending = sigismember(&pending, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe_set, &guard.mask);
    return guard;
}

/* Takes away a SIGPIPE that the transfer raised, but not one that was pending before it, and restores the mask. */
static inline void dam_pipe_guard_leave(dam_pipe_guard guard) {
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

#endif
