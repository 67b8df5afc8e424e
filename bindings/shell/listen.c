/*
 * listen.c - waits for the browser of a person who has consented, at a port of this machine (RFC 8252, 7.3).
 *
 * It is no web server: one request is answered, and then it is gone. Browsers open connections in advance and ask for
 * icons, so several may be open at once, and whatever else they want is not found. Other pages and programs of this
 * machine may ask, too: only who knows the question's `state` is believed.
 */
#include "listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { SECONDS = 600 }; /* the library takes no answer after that. */

static int listen_at(const struct sockaddr *address, socklen_t size)
{
    int on = 1, fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -1;
    if (address->sa_family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, address, size) == 0 && listen(fd, BROWSERS) == 0)
        return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

int open_listener(struct listener *listener, unsigned port)
{
    struct sockaddr_in four = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct sockaddr_in6 six = {
        .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port), .sin6_addr = in6addr_loopback};
    listener->answered = NULL;
    for (int at = 0; at < BROWSERS; at++)
        listener->browsers[at].fd = -1;
    listener->fds[1] = -1;
    listener->fds[0] = listen_at((const struct sockaddr *)&four, sizeof four);
    if (listener->fds[0] < 0)
        return -1;
    listener->fds[1] = listen_at((const struct sockaddr *)&six, sizeof six);
    if (listener->fds[1] < 0 && errno == EADDRINUSE) { /* a browser might ask that one. */
        close_listener(listener);
        errno = EADDRINUSE;
        return -1;
    }
    return 0; /* a machine without IPv6 has no ::1. */
}

static void drop(struct browser *browser)
{
    if (browser->fd >= 0)
        close(browser->fd);
    browser->fd = -1;
}

/* The oldest makes room: a browser that opened it in advance opens another one. */
static void take_in(struct listener *listener, int fd)
{
    int at = 0;
    while (at < BROWSERS - 1 && listener->browsers[at].fd >= 0)
        at++;
    struct browser *last = &listener->browsers[at];
    if (last->fd >= 0) {
        drop(&listener->browsers[0]);
        memmove(&listener->browsers[0], &listener->browsers[1], sizeof *last * (BROWSERS - 1));
    }
    last->fd = fd;
    last->size = 0;
}

static void answer(struct browser *browser, const char *status, const char *text)
{
    char response[1024];
    int size = snprintf(response, sizeof response,
                        "HTTP/1.1 %s\r\nContent-Type: text/html; charset=utf-8\r\nConnection: close\r\n"
                        "Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\n\r\n"
                        "<!doctype html><html lang=\"en\"><title>damsession</title><p>%s</p></html>\n",
                        status, text);
    if (size > 0 && (size_t)size < sizeof response) /* who does not read it has closed its window. */
        (void)!send(browser->fd, response, (size_t)size, MSG_NOSIGNAL);
    shutdown(browser->fd, SHUT_WR);
    drop(browser);
}

/* The character at `*at`, which moves on; percent-encoded or not. */
static int decode(const char **at)
{
    unsigned value;
    char digits[3] = {(*at)[0] == '%' ? (*at)[1] : '\0', '\0', '\0'};
    if (digits[0] != '\0')
        digits[1] = (*at)[2];
    int is_encoded = strspn(digits, "0123456789abcdefABCDEF") == 2 && sscanf(digits, "%2x", &value) == 1;
    int character = is_encoded ? (int)value : (unsigned char)**at;
    *at += is_encoded ? 3 : 1;
    return character;
}

/* Whether the query has a pair "state=" with this value, which is of letters, digits and "-_". */
static int holds(const char *query, const char *state)
{
    for (const char *at = query; at != NULL; at = strchr(at, '&')) {
        at += *at == '&';
        if (strncmp(at, "state=", 6) != 0)
            continue;
        at += 6;
        const char *expected = state;
        while (*expected != '\0' && *at != '\0' && *at != '&' && decode(&at) == (unsigned char)*expected)
            expected++;
        if (*expected == '\0' && (*at == '&' || *at == '\0'))
            return 1;
    }
    return 0;
}

/* The query, if this is a whole request for `path` from somebody who knows `state`; NULL: it is not, or not yet. */
static const char *read_request(struct browser *browser, const char *path, const char *state)
{
    ssize_t size = read(browser->fd, browser->request + browser->size, REQUEST_CAPACITY - 1 - browser->size);
    if (size < 0 && (errno == EAGAIN || errno == EINTR))
        return NULL;
    if (size <= 0) {
        drop(browser);
        return NULL;
    }
    browser->size += (size_t)size;
    browser->request[browser->size] = '\0';
    if (strstr(browser->request, "\r\n\r\n") == NULL) {
        if (browser->size == REQUEST_CAPACITY - 1)
            answer(browser, "431 Request Header Fields Too Large", "That is no answer to a question of damsession's.");
        return NULL;
    }
    *strchr(browser->request, '\r') = '\0';
    char *target = strchr(browser->request, ' '), *query = NULL;
    if (strncmp(browser->request, "GET ", 4) == 0 && target != NULL) {
        target[1 + strcspn(target + 1, " ")] = '\0';
        query = strchr(++target, '?');
    }
    if (query != NULL) {
        *query++ = '\0';
        if (strcmp(target, path) == 0 && holds(query, state))
            return query;
    }
    answer(browser, "404 Not Found", "There is nothing here.");
    return NULL;
}

const char *await_browser(struct listener *listener, const char *path, const char *state)
{
    time_t end = time(NULL) + SECONDS;
    for (time_t now; (now = time(NULL)) < end;) {
        struct pollfd polled[ADDRESSES + BROWSERS];
        for (int at = 0; at < ADDRESSES + BROWSERS; at++)
            polled[at] = (struct pollfd){
                .fd = at < ADDRESSES ? listener->fds[at] : listener->browsers[at - ADDRESSES].fd, .events = POLLIN};
        if (poll(polled, ADDRESSES + BROWSERS, (int)(end - now) * 1000) < 0 && errno != EINTR)
            return NULL;
        for (int at = 0; at < BROWSERS; at++) {
            struct browser *browser = &listener->browsers[at];
            const char *query = polled[ADDRESSES + at].revents != 0 ? read_request(browser, path, state) : NULL;
            if (query == NULL)
                continue;
            listener->answered = browser;
            return query;
        }
        for (int at = 0; at < ADDRESSES; at++) {
            int fd =
                polled[at].revents != 0 ? accept4(listener->fds[at], NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK) : -1;
            if (fd >= 0)
                take_in(listener, fd);
        }
    }
    return NULL;
}

void tell_browser(struct listener *listener, const char *text)
{
    if (listener->answered != NULL)
        answer(listener->answered, "200 OK", text);
    listener->answered = NULL;
}

void close_listener(struct listener *listener)
{
    for (int at = 0; at < ADDRESSES; at++) {
        if (listener->fds[at] >= 0)
            close(listener->fds[at]);
        listener->fds[at] = -1;
    }
    for (int at = 0; at < BROWSERS; at++)
        drop(&listener->browsers[at]);
}
