/* CLinux.c - see CLinux.h. */
#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

int dam_lock_byte(int descriptor, int64_t byte, short type) {
    struct flock range = {0};
    int result;
    range.l_type = type;
    range.l_whence = SEEK_SET;
    range.l_start = byte;
    range.l_len = 1;
    do {
        result = fcntl(descriptor, F_OFD_SETLK, &range);
    } while (result < 0 && errno == EINTR);
    return result;
}

const char *dam_environment(const char *name) { return secure_getenv(name); }

int dam_event_new(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

void dam_event_signal(int event) { (void)eventfd_write(event, 1); }

void dam_event_clear(int event)
{
    eventfd_t count;
    (void)eventfd_read(event, &count);
}

int dam_poller_new(void) { return epoll_create1(EPOLL_CLOEXEC); }

void dam_poller_set(int poller, int descriptor, int events) {
    struct epoll_event event = {0};
    event.data.fd = descriptor;
    event.events = (events & POLLIN ? EPOLLIN : 0) | (events & POLLOUT ? EPOLLOUT : 0);
    if (events == 0) {
        epoll_ctl(poller, EPOLL_CTL_DEL, descriptor, NULL);
    } else if (epoll_ctl(poller, EPOLL_CTL_MOD, descriptor, &event) != 0 && errno == ENOENT) {
        epoll_ctl(poller, EPOLL_CTL_ADD, descriptor, &event);
    }
}

int dam_poller_ready(int poller, int *descriptors, int *events, int room) {
    struct epoll_event ready[64];
    int count = epoll_wait(poller, ready, room < 64 ? room : 64, 0);
    for (int i = 0; i < count; i++) {
        descriptors[i] = ready[i].data.fd;
        events[i] = (ready[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR) ? POLLIN : 0) |
                    (ready[i].events & (EPOLLOUT | EPOLLHUP | EPOLLERR) ? POLLOUT : 0);
    }
    return count < 0 ? 0 : count;
}

int dam_timer_new(void) { return timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK); }

void dam_timer_set(int timer, int64_t microseconds) {
    struct itimerspec when = {0};
    if (microseconds >= 0) {
        when.it_value.tv_sec = microseconds / 1000000;
        /* A zero would disarm it. */
        when.it_value.tv_nsec = (microseconds % 1000000) * 1000 + 1;
    }
    timerfd_settime(timer, 0, &when, NULL);
}

/* Slots hold a descriptor plus one; 0 is free. A lock-free table, since the child runs while other threads are gone. */
enum { FORK_SLOTS = 1024 };
static atomic_int fork_slots[FORK_SLOTS];
static pthread_once_t fork_once = PTHREAD_ONCE_INIT;

static pthread_mutex_t gate_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t gate_change = PTHREAD_COND_INITIALIZER;
static int gate_inside;
static int gate_forking;
static __thread int gate_depth;

static void close_in_child(void) {
    for (int i = 0; i < FORK_SLOTS; i++) {
        int held = atomic_exchange(&fork_slots[i], 0);
        if (held != 0) {
            close(held - 1);
        }
    }
}

/* The lock stays held across fork(): nobody enters meanwhile. A host that forks in a callback is outside already. */
static void before_fork(void) {
    pthread_mutex_lock(&gate_lock);
    gate_forking = 1;
    while (gate_inside > (gate_depth > 0)) {
        pthread_cond_wait(&gate_change, &gate_lock);
    }
}

static void after_fork_in_parent(void) {
    gate_forking = 0;
    pthread_cond_broadcast(&gate_change);
    pthread_mutex_unlock(&gate_lock);
}

static void after_fork_in_child(void) {
    pthread_mutex_init(&gate_lock, NULL);
    pthread_cond_init(&gate_change, NULL);
    gate_forking = 0;
    gate_inside = gate_depth > 0;
    close_in_child();
}

static void watch_forks(void) { pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child); }

static void gate_open(int depth) {
    pthread_once(&fork_once, watch_forks);
    pthread_mutex_lock(&gate_lock);
    while (gate_forking) {
        pthread_cond_wait(&gate_change, &gate_lock);
    }
    gate_inside++;
    gate_depth = depth;
    pthread_mutex_unlock(&gate_lock);
}

static void gate_close(void) {
    pthread_mutex_lock(&gate_lock);
    gate_depth = 0;
    gate_inside--;
    if (gate_forking) {
        pthread_cond_broadcast(&gate_change);
    }
    pthread_mutex_unlock(&gate_lock);
}

void dam_gate_enter(void) {
    if (gate_depth > 0) {
        gate_depth++;
    } else {
        gate_open(1);
    }
}

void dam_gate_leave(void) {
    if (gate_depth > 1) {
        gate_depth--;
    } else {
        gate_close();
    }
}

int dam_gate_step_out(void) {
    int depth = gate_depth;
    if (depth > 0) {
        gate_close();
    }
    return depth;
}

void dam_gate_step_in(int depth) {
    if (depth > 0) {
        gate_open(depth);
    }
}

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
