/*
 * CLinux.h - what Linux offers and Swift's Glibc module does not: file locks that belong to an open file, eventfds, and
 * the gate: who is inside the library when a process forks or a signal comes. It refuses to do anything that could be
 * said in Swift.
 */
#ifndef DAM_CLINUX_H
#define DAM_CLINUX_H

#include <signal.h>
#include <stdint.h>

/* Locks (`type` F_WRLCK) or unlocks (F_UNLCK) one byte for the open file (fcntl_locking(2), open file description
 * locks), without waiting. Returns 0, or -1 with errno. */
int dam_lock_byte(int descriptor, int64_t byte, short type);

/* secure_getenv(3): NULL in a program that has rights which its caller has not. */
const char *dam_environment(const char *name);

/* What `name` means to the library that `neighbour` is in: its own, or that of a library it needs, whatever other
 * copies the process holds. NULL: nothing. */
void *dam_symbol_beside(const void *neighbour, const char *name);

int dam_event_new(void);
void dam_event_signal(int event);
void dam_event_clear(int event);

/* The number of this process among its forebears: greater than theirs in every child, whatever made it: fork(), _Fork()
 * or clone(). Process IDs do not tell: a child in a PID namespace of its own may have its parent's. */
uint64_t dam_process_number(void);

/* The number of the calling thread, which no other thread of this process ever has. */
uint64_t dam_thread_number(void);

/* The gate: who is inside the library holds locks that a forked child would never see released (of TLS, of run times,
 * of this library), so fork() waits until everybody is outside or asleep. Enter and leave nest. */
void dam_gate_enter(void);
void dam_gate_leave(void);

/* TLS libraries write to sockets without MSG_NOSIGNAL: a broken connection would raise SIGPIPE in the host. Between
 * enter and leave, which nest, it is blocked for this thread only; a process-wide disposition belongs to the host. What
 * a transfer raised is taken away, but not what was pending before it. */
void dam_pipe_guard_enter(void);
void dam_pipe_guard_leave(void);

/* How deep a thread was in gate and guard. */
typedef struct dam_step {
    int gate, pipe;
} dam_step;

/* Whoever waits, or calls the host, steps outside of both for that long, and then in again. */
dam_step dam_gate_step_out(void);
void dam_gate_step_in(dam_step step);

/* A forked child shares its parent's open files, and with them its locks: a lock would outlive a parent that dies. What
 * is listed here is closed in every child before it does anything in the library. */
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

#endif
