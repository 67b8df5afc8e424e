/*
 * Gate.c - who is inside the library, what fork() waits for, and what a child must not keep: see CLinux.h.
 *
 * A child cannot be told by a fork handler alone, since clone() runs none, nor by its process ID, since PID namespaces
 * repeat those. So the number of the process is kept in a page that the kernel fills with zeros in every child
 * (MADV_WIPEONFORK, madvise(2)): whoever finds zero there is in a new child, and cleans up first.
 */
#define _GNU_SOURCE
#include "CLinux.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

/* Descriptors that every child closes. A slot holds a descriptor plus one; 0: it is free. The table needs no lock: a
 * lock might be held, in a child, by a thread that is not there. */
enum { FORK_SLOTS = 1024 };
static atomic_int fork_slots[FORK_SLOTS];
static pthread_once_t fork_once = PTHREAD_ONCE_INIT;

/* All zeros in a child until it has cleaned up. */
struct process {
    /* See dam_process_number. */
    atomic_ullong number;
    /* Whether a thread of this child has begun to clean up. */
    atomic_int is_cleaning;
};
/* In a page that children find wiped, where the kernel has that, else in `unwiped`. */
static struct process unwiped, *process = &unwiped;
/* The number that was given last, here and in the ancestors: it is not wiped. */
static atomic_ullong last_process;

static pthread_mutex_t gate_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t gate_change = PTHREAD_COND_INITIALIZER;
/* Under gate_lock: how many threads are inside, and how many are about to fork or in it. */
static int gate_inside;
static int gate_forking;
/* How often this thread has entered; 0: it is outside. */
static __thread int gate_depth;

static void close_in_child(void)
{
    for (int i = 0; i < FORK_SLOTS; i++) {
        int held = atomic_exchange(&fork_slots[i], 0);
        if (held != 0) {
            close(held - 1);
        }
    }
}

/* Cleans up in a child, once: the first thread that comes here does it, others wait until it is done. */
static void begin_child(void)
{
    int nobody = 0;
    if (!atomic_compare_exchange_strong(&process->is_cleaning, &nobody, 1)) {
        while (atomic_load(&process->number) == 0) {
            sched_yield();
        }
        return;
    }
    pthread_mutex_init(&gate_lock, NULL);
    pthread_cond_init(&gate_change, NULL);
    gate_forking = 0;
    gate_inside = gate_depth > 0;
    close_in_child();
    atomic_store(&process->number, atomic_fetch_add(&last_process, 1) + 1);
}

/* The lock stays held across fork(), so that nobody enters meanwhile. A thread that forks while it is inside (in a
 * callback) counts as outside: two such threads would wait for each other. */
static void before_fork(void)
{
    pthread_mutex_lock(&gate_lock);
    gate_forking++;
    gate_inside -= gate_depth > 0;
    while (gate_inside > 0) {
        pthread_cond_wait(&gate_change, &gate_lock);
    }
}

static void after_fork_in_parent(void)
{
    gate_inside += gate_depth > 0;
    gate_forking--;
    pthread_cond_broadcast(&gate_change);
    pthread_mutex_unlock(&gate_lock);
}

static void after_fork_in_child(void)
{
    atomic_store(&process->is_cleaning, 0);
    atomic_store(&process->number, 0);
    begin_child();
}

/* Linux before 4.14 has no MADV_WIPEONFORK: then only children made by fork() are noticed. */
static void watch_forks(void)
{
    void *page = mmap(NULL, sizeof *process, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page != MAP_FAILED && madvise(page, sizeof *process, MADV_WIPEONFORK) == 0) {
        process = page;
    } else if (page != MAP_FAILED) {
        munmap(page, sizeof *process);
    }
    atomic_store(&process->number, atomic_fetch_add(&last_process, 1) + 1);
    pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
}

uint64_t dam_process_number(void)
{
    pthread_once(&fork_once, watch_forks);
    if (atomic_load(&process->number) == 0) {
        begin_child();
    }
    return atomic_load(&process->number);
}

uint64_t dam_thread_number(void)
{
    static atomic_ullong last;
    static __thread uint64_t number;
    if (number == 0) {
        number = atomic_fetch_add(&last, 1) + 1;
    }
    return number;
}

/* Waits while a thread forks: fork() would else wait for whoever keeps coming in. */
static void gate_open(int depth)
{
    (void)dam_process_number();
    pthread_mutex_lock(&gate_lock);
    while (gate_forking > 0) {
        pthread_cond_wait(&gate_change, &gate_lock);
    }
    gate_inside++;
    gate_depth = depth;
    pthread_mutex_unlock(&gate_lock);
}

static void gate_close(void)
{
    pthread_mutex_lock(&gate_lock);
    gate_depth = 0;
    gate_inside--;
    if (gate_forking > 0) {
        pthread_cond_broadcast(&gate_change);
    }
    pthread_mutex_unlock(&gate_lock);
}

void dam_gate_enter(void)
{
    if (gate_depth > 0) {
        gate_depth++;
    } else {
        gate_open(1);
    }
}

void dam_gate_leave(void)
{
    if (gate_depth > 1) {
        gate_depth--;
    } else {
        gate_close();
    }
}

/* How deep this thread is in the guard, what its mask was before, and whether a SIGPIPE was pending then. */
static __thread struct {
    int depth, was_pending;
    sigset_t mask;
} pipe_guard;

static sigset_t only_pipe(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGPIPE);
    return set;
}

/* Where the signal was not blocked none was pending: it would have come. */
static void guard_pipe(void)
{
    sigset_t set = only_pipe();
    pthread_sigmask(SIG_BLOCK, &set, &pipe_guard.mask);
    pipe_guard.was_pending = 0;
    if (sigismember(&pipe_guard.mask, SIGPIPE)) {
        sigpending(&set);
        pipe_guard.was_pending = sigismember(&set, SIGPIPE);
    }
}

/* Takes away the SIGPIPE of a write, and puts back the mask. The application's own is raised again: one that was
 * pending before, and one that another process has sent. */
static void unguard_pipe(void)
{
    sigset_t set = only_pipe();
    struct timespec now = {0, 0};
    siginfo_t signal;
    int is_own = pipe_guard.was_pending;
    while (sigtimedwait(&set, &signal, &now) == SIGPIPE) {
        is_own |= signal.si_pid != getpid();
    }
    if (is_own) {
        raise(SIGPIPE);
    }
    pthread_sigmask(SIG_SETMASK, &pipe_guard.mask, NULL);
}

void dam_pipe_guard_enter(void)
{
    if (pipe_guard.depth++ == 0) {
        guard_pipe();
    }
}

void dam_pipe_guard_leave(void)
{
    if (--pipe_guard.depth == 0) {
        unguard_pipe();
    }
}

dam_step dam_gate_step_out(int is_call)
{
    dam_step step = {.gate = gate_depth, .pipe = is_call ? pipe_guard.depth : 0};
    if (step.pipe > 0) {
        pipe_guard.depth = 0;
        unguard_pipe();
    }
    if (step.gate > 0) {
        gate_close();
    }
    return step;
}

void dam_gate_step_in(dam_step step)
{
    if (step.gate > 0) {
        gate_open(step.gate);
    }
    if (step.pipe > 0) {
        guard_pipe();
        pipe_guard.depth = step.pipe;
    }
}

void dam_fork_close_add(int descriptor)
{
    (void)dam_process_number();
    for (int i = 0; i < FORK_SLOTS; i++) {
        int free_slot = 0;
        if (atomic_compare_exchange_strong(&fork_slots[i], &free_slot, descriptor + 1)) {
            return;
        }
    }
}

void dam_fork_close_remove(int descriptor)
{
    for (int i = 0; i < FORK_SLOTS; i++) {
        int held = descriptor + 1;
        if (atomic_compare_exchange_strong(&fork_slots[i], &held, 0)) {
            return;
        }
    }
}
