/* CLinux.c - see CLinux.h. */
#define _GNU_SOURCE
#include "CLinux.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <time.h>

int dam_lock_byte(int descriptor, int64_t byte, short type)
{
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

const void *dam_find(const void *bytes, size_t size, const void *part, size_t part_size)
{
    return memmem(bytes, size, part, part_size);
}

int64_t dam_lock_found(int descriptor, int64_t from, int64_t size)
{
    struct flock range = {0};
    range.l_type = F_WRLCK;
    range.l_whence = SEEK_SET;
    range.l_start = from;
    range.l_len = size;
    if (fcntl(descriptor, F_OFD_GETLK, &range) != 0 || range.l_type == F_UNLCK)
        return -1;
    return range.l_start > from ? range.l_start : from;
}

int dam_exchange(const char *one, const char *other)
{
    return renameat2(AT_FDCWD, one, AT_FDCWD, other, RENAME_EXCHANGE);
}

const char *dam_environment(const char *name)
{
    return secure_getenv(name);
}

void *dam_symbol_beside(const void *neighbour, const char *name)
{
    Dl_info place;
    void *library;
    if (dladdr(neighbour, &place) == 0 || (library = dlopen(place.dli_fname, RTLD_LAZY | RTLD_NOLOAD)) == NULL)
        return NULL;
    void *symbol = dlsym(library, name);
    dlclose(library);
    return symbol;
}

int dam_event_new(void)
{
    return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
}

void dam_event_signal(int event)
{
    (void)eventfd_write(event, 1);
}

void dam_event_clear(int event)
{
    eventfd_t count;
    (void)eventfd_read(event, &count);
}

void dam_wait_readable(int descriptor, int64_t microseconds)
{
    struct pollfd watch = {.fd = descriptor, .events = POLLIN};
    struct timespec limit = {microseconds / 1000000, microseconds % 1000000 * 1000};
    (void)ppoll(&watch, 1, &limit, NULL);
}

int dam_poller_new(void)
{
    return epoll_create1(EPOLL_CLOEXEC);
}

void dam_poller_set(int poller, int descriptor, int events)
{
    struct epoll_event event = {0};
    event.data.fd = descriptor;
    event.events = (events & POLLIN ? EPOLLIN : 0) | (events & POLLOUT ? EPOLLOUT : 0);
    if (events == 0) {
        epoll_ctl(poller, EPOLL_CTL_DEL, descriptor, NULL);
    } else if (epoll_ctl(poller, EPOLL_CTL_MOD, descriptor, &event) != 0 && errno == ENOENT) {
        epoll_ctl(poller, EPOLL_CTL_ADD, descriptor, &event);
    }
}

int dam_poller_ready(int poller, int *descriptors, int *events, int room)
{
    struct epoll_event ready[64];
    int count = epoll_wait(poller, ready, room < 64 ? room : 64, 0);
    for (int i = 0; i < count; i++) {
        descriptors[i] = ready[i].data.fd;
        events[i] = (ready[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR) ? POLLIN : 0) |
                    (ready[i].events & (EPOLLOUT | EPOLLHUP | EPOLLERR) ? POLLOUT : 0);
    }
    return count < 0 ? 0 : count;
}

int dam_timer_new(void)
{
    return timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
}

void dam_timer_set(int timer, int64_t microseconds)
{
    struct itimerspec when = {0};
    if (microseconds >= 0) {
        when.it_value.tv_sec = microseconds / 1000000;
        /* One nanosecond more: zero would disarm the timer. */
        when.it_value.tv_nsec = (microseconds % 1000000) * 1000 + 1;
    }
    timerfd_settime(timer, 0, &when, NULL);
}
