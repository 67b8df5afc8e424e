/*
 * CLinux.h - what Linux offers and Swift's Glibc module does not: file locks that belong to an open file, eventfds, a guard
 * that keeps SIGPIPE from the host, and a list of descriptors that a forked child must not keep. It refuses to do anything
 * that could be said in Swift.
 */
#ifndef DAM_CLINUX_H
#define DAM_CLINUX_H

#include <signal.h>
#include <stdint.h>

/* Locks (`type` F_WRLCK) or unlocks (F_UNLCK) one byte for the open file (fcntl_locking(2), open file description locks),
 * without waiting. Returns 0, or -1 with errno. */
int dam_lock_byte(int descriptor, int64_t byte, short type);

/* secure_getenv(3): NULL in a program that has rights which its caller has not. */
const char *dam_environment(const char *name);

int dam_event_new(void);
void dam_event_signal(int event);
void dam_event_clear(int event);

/* The gate: who is inside the library holds locks that a forked child would never see released (of TLS, of run times, of
 * this library), so fork() waits until everybody is outside or asleep. Enter and leave nest. Whoever waits, or calls the
 * host, steps outside for that long: step_out says how deep it was, step_in goes back there. */
void dam_gate_enter(void);
void dam_gate_leave(void);
int dam_gate_step_out(void);
void dam_gate_step_in(int depth);

/* A forked child shares its parent's open files, and with them its locks: a lock would outlive a parent that dies. What is
 * listed here is closed in every child before fork() returns there. */
void dam_fork_close_add(int descriptor);
void dam_fork_close_remove(int descriptor);

/* A set of descriptors that is itself one (epoll), and a timer that is one (timerfd). */
int dam_poller_new(void);
/* Watches `descriptor` for POLLIN and POLLOUT as `events` says; 0: no longer. */
void dam_poller_set(int poller, int descriptor, int events);
/* Fills in which descriptors are ready for what, without waiting; returns how many. */
int dam_poller_ready(int poller, int *descriptors, int *events, int room);
int dam_timer_new(void);
/* Makes the timer ready in so many microseconds; negative: never. */
void dam_timer_set(int timer, int64_t microseconds);

/* What the thread's SIGPIPE looked like before a transfer. */
typedef struct dam_pipe_guard {
    sigset_t mask;
    int pending;
} dam_pipe_guard;

/* TLS libraries write to sockets without MSG_NOSIGNAL: a broken connection would raise SIGPIPE in the host. Blocks it for
 * this thread only; a process-wide disposition belongs to the host. */
dam_pipe_guard dam_pipe_guard_enter(void);

/* Takes away a SIGPIPE that the transfer raised, but not one that was pending before it, and restores the mask. */
void dam_pipe_guard_leave(dam_pipe_guard guard);

#endif
