/*
 * CLinux.h - what Linux offers and Swift's Glibc module does not: file locks that belong to an open file, eventfds,
 * epoll and timers; and the gate, which knows who is inside the library when a process forks. Anything that can be
 * written in Swift is not here. Every function may be called from any thread, unless it says otherwise.
 */
#ifndef DAM_CLINUX_H
#define DAM_CLINUX_H

#include <signal.h>
#include <stddef.h>
#include <stdint.h>

/* Locks (`type` F_WRLCK) or unlocks (F_UNLCK) one byte for the open file (fcntl_locking(2), open file description
 * locks), without waiting. Returns 0, or -1 with errno. */
int dam_lock_byte(int descriptor, int64_t byte, short type);

/* memmem(3): where `part` begins in `bytes`; NULL: it is not in there. */
const void *dam_find(const void *bytes, size_t size, const void *part, size_t part_size);

/* A byte among `size` bytes from `from` on (0: all that follow) that another open file has locked, usually the one that
 * was locked first; -1: there is none, or no locks are to be had. */
int64_t dam_lock_found(int descriptor, int64_t from, int64_t size);

/* Exchanges two files in one step (renameat2(2)): at every moment both names are there. Returns 0, or -1 with errno. */
int dam_exchange(const char *one, const char *other);

/* secure_getenv(3): NULL in a program that has rights which its caller has not. */
const char *dam_environment(const char *name);

/* The address of the symbol `name` as the library that `neighbour` is in would find it: its own, or that of a library
 * it needs, whatever other copies the process has loaded. NULL: there is none. */
void *dam_symbol_beside(const void *neighbour, const char *name);

/* A descriptor that is readable from signal until clear (eventfd(2)); -1: no descriptors are left. */
int dam_event_new(void);
void dam_event_signal(int event);
void dam_event_clear(int event);

/* Waits until `descriptor` is readable, but no longer than this. poll(2) counts milliseconds, this does not. */
void dam_wait_readable(int descriptor, int64_t microseconds);

/* A number for this process that differs from its ancestors': it is greater in every child, whatever made the child
 * (fork(), _Fork() or clone()). Process IDs do not tell: a child in a PID namespace of its own may have its
 * parent's. */
uint64_t dam_process_number(void);

/* The number of the calling thread, from 1 on, which no other thread of this process ever has. Thread IDs of the system
 * are used again. */
uint64_t dam_thread_number(void);

/* The gate. A thread that is inside the library may hold locks (of TLS, of run times, of this library) that a forked
 * child would never see released, since the child has no such thread. So fork() waits until nobody is inside; whoever
 * sleeps steps outside (dam_gate_step_out). Enter and leave nest. */
void dam_gate_enter(void);
void dam_gate_leave(void);

/* TLS libraries write to sockets without MSG_NOSIGNAL: a broken connection would raise SIGPIPE in the application.
 * Between enter and leave, which nest, the signal is blocked for this thread only: what the process does with it is the
 * application's choice. A SIGPIPE that the transfer raised is taken away, but not one that was pending before. */
void dam_pipe_guard_enter(void);
void dam_pipe_guard_leave(void);

/* How often a thread had entered the gate and the guard when it stepped out. */
typedef struct dam_step {
    int gate, pipe;
} dam_step;

/* A thread that waits, or calls the application (`is_call`), steps outside of the gate for that long, and then in
 * again; who calls the application, outside of the guard as well. Stepping in may wait for a fork. A thread that is not
 * inside may step out as well; then nothing happens. */
dam_step dam_gate_step_out(int is_call);
void dam_gate_step_in(dam_step step);

/* A forked child shares its parent's open files, and with them their locks: a lock would outlive a parent that dies. A
 * descriptor that is added here is closed in every child before the child does anything in the library. It must be
 * removed before it is closed. */
void dam_fork_close_add(int descriptor);
void dam_fork_close_remove(int descriptor);

/* A set of descriptors that is a descriptor itself (epoll(7)), and a timer that is one (timerfd_create(2)); -1: no
 * descriptors are left. */
int dam_poller_new(void);
/* From now on watches `descriptor` for `events`, POLLIN and POLLOUT; 0: not any more. */
void dam_poller_set(int poller, int descriptor, int events);
/* Fills in which descriptors are ready for what, without waiting; returns how many, at most 64. A descriptor with an
 * error is ready for both. */
int dam_poller_ready(int poller, int *descriptors, int *events, int room);
int dam_timer_new(void);
/* Makes the timer ready in so many microseconds; negative: never. */
void dam_timer_set(int timer, int64_t microseconds);

#endif
