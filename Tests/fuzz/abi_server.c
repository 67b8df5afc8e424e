/*
 * abi_server.c - the server of abi.h: one thread, many connections, responses in the order in which they were given.
 *
 * What is another origin has a port of its own here, where no secret may arrive. Nothing is waited for long: a request
 * that gets no response is hung up on.
 */
#define _GNU_SOURCE
#include "abi.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { CONNECTIONS = 62, RESPONSES = 64, ROOM = 1 << 16, LONGEST = 4096, HELD_MILLISECONDS = 20 };
enum { HANG_UP = 14, HOLD = 15, CANCEL = 16, RAW = 17, KINDS = 22 };

struct response {
    uint8_t kind;
    size_t size;
    uint8_t bytes[LONGEST];
};

struct connection {
    int fd, is_foreign, is_held;
    size_t size;
    char bytes[ROOM];
};

#define JSON "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
/* Heads, in which the port of the other origin is put, and bodies; their length is added. */
static const struct {
    const char *head, *body;
} canned[] = {
    {JSON "Set-Cookie: SSphotoshelter_com_mem=canary-cookie; path=/\r\n",
     "{\"status\":\"ok\",\"data\":{\"token\":\"canary-token\",\"org\":[{\"id\":\"O1\",\"name\":\"One\",\"member\":\"t\"}]}}"},
    {"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nSet-Cookie: FWSession=canary-device; path=/\r\n", "<FileList/>"},
    {"HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\n",
     "{\"status\":\"error\",\"error\":{\"code\":400,\"class\":\"SessionRequiredErr\",\"message\":\"m\"}}"},
    {"HTTP/1.1 401 Unauthorized\r\n", ""},
    {"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n", "<form><input type=\"password\"></form>"},
    {"HTTP/1.1 302 Found\r\nLocation: /psapi/v3/elsewhere?x=1\r\n", ""},
    {"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:%d/foreign?sig=1\r\n", ""},
    {"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:%d/?q=canary+p%%26ss%%2fw%%c3%%b6rd%%3D7\r\n", ""},
    {"HTTP/1.1 206 Partial Content\r\nETag: \"v1\"\r\nContent-Range: bytes 3-5/6\r\n", "abc"},
    {"HTTP/1.1 200 OK\r\nETag: \"v1\"\r\nSet-Cookie: SSphotoshelter_com_mem=canary-rotated\r\n", "abcdef"},
    {"HTTP/1.1 500 Internal Server Error\r\n", "oops"},
    {"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 201 Created\r\n", "x"},
    {"HTTP/1.1 503 Busy\r\nRetry-After: 1\r\n", ""},
    {"HTTP/1.1 416 Range Not Satisfiable\r\n", ""},
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct response responses[RESPONSES];
static int first, count;
static dam_canceller *cancels;
static struct connection connections[CONNECTIONS];
static int own = -1, foreign = -1, foreign_port;
static struct sockaddr_un address = {.sun_family = AF_UNIX};

static void hang_up(struct connection *connection)
{
    close(connection->fd);
    connection->fd = -1;
}

/* What another origin is sent says nothing of who asks. */
static void check_foreign(const char *head)
{
    static const char *const ours[] = {"cookie:", "x-ps-", "x-mine:", "authorization:"};
    for (const char *line = strchr(head, '\n'); line != NULL; line = strchr(line + 1, '\n'))
        for (size_t at = 0; at < sizeof ours / sizeof ours[0]; at++)
            if (strncasecmp(line + 1, ours[at], strlen(ours[at])) == 0)
                broken("another origin gets no secret", head);
    check_clean(head, "another origin");
}

/* No header, path or name of the application or the server brings a header line along. */
static void check_own(const char *head)
{
    for (const char *line = strchr(head, '\n'); line != NULL; line = strchr(line + 1, '\n'))
        if (strncasecmp(line + 1, "X-Injected", 10) == 0)
            broken("nobody can put a header into a request", head);
}

/* 0: the request is not whole yet. */
static int is_whole(const struct connection *connection)
{
    const char *end = strstr(connection->bytes, "\r\n\r\n");
    if (end == NULL)
        return 0;
    size_t body = connection->size - (size_t)(end + 4 - connection->bytes);
    const char *length = strcasestr(connection->bytes, "\nContent-Length: ");
    if (length != NULL && length < end)
        return body >= strtoul(length + 17, NULL, 10);
    const char *chunked = strcasestr(connection->bytes, "\nTransfer-Encoding: chunked");
    return chunked == NULL || chunked > end || strstr(end, "0\r\n\r\n") != NULL;
}

static void send_text(struct connection *connection, const char *bytes, size_t size)
{
    if (send(connection->fd, bytes, size, MSG_NOSIGNAL | MSG_DONTWAIT) != (ssize_t)size)
        hang_up(connection);
}

/* With no response left, both systems find what they look for. */
static void answer_next(struct connection *connection)
{
    char made[1024];
    struct response next = {.kind = strstr(connection->bytes, "/psapi/") != NULL ? 0 : 1};
    pthread_mutex_lock(&lock);
    if (count > 0) {
        next = responses[first];
        first = (first + 1) % RESPONSES;
        count--;
    }
    if (next.kind == CANCEL && cancels != NULL)
        dam_canceller_cancel(cancels, NULL);
    pthread_mutex_unlock(&lock);
    connection->size = 0;
    switch (next.kind) {
    case HANG_UP: hang_up(connection); break;
    case CANCEL:
    case HOLD: connection->is_held = 1; break;
    default:
        if (next.kind >= RAW) {
            send_text(connection, (const char *)next.bytes, next.size);
            if (connection->fd >= 0)
                hang_up(connection);
        } else {
            const char *body = canned[next.kind].body;
            int size = snprintf(made, sizeof made, canned[next.kind].head, foreign_port);
            size +=
                snprintf(made + size, sizeof made - (size_t)size, "Content-Length: %zu\r\n\r\n%s", strlen(body), body);
            send_text(connection, made, (size_t)size);
        }
    }
}

static void receive(struct connection *connection)
{
    static const char ok[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    ssize_t got = recv(connection->fd, connection->bytes + connection->size, ROOM - 1 - connection->size, MSG_DONTWAIT);
    if (got <= 0 || connection->is_held) {
        hang_up(connection);
        return;
    }
    connection->bytes[connection->size += (size_t)got] = '\0';
    if (connection->size == ROOM - 1)
        connection->size = ROOM / 2; /* a large upload: its end is enough. */
    if (!is_whole(connection))
        return;
    if (connection->is_foreign) {
        check_foreign(connection->bytes);
        connection->size = 0;
        send_text(connection, ok, strlen(ok));
    } else {
        check_own(connection->bytes);
        answer_next(connection);
    }
}

static void accept_from(int listener, int is_foreign)
{
    int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    for (int at = 0; at < CONNECTIONS && fd >= 0; at++)
        if (connections[at].fd < 0) {
            connections[at].fd = fd;
            connections[at].is_foreign = is_foreign;
            connections[at].is_held = 0;
            connections[at].size = 0;
            return;
        }
    close(fd);
}

static void *run(void *unused)
{
    for (;;) {
        struct pollfd polled[CONNECTIONS + 2] = {{.fd = own, .events = POLLIN}, {.fd = foreign, .events = POLLIN}};
        int is_held = 0;
        for (int at = 0; at < CONNECTIONS; at++) {
            polled[at + 2] = (struct pollfd){.fd = connections[at].fd, .events = POLLIN};
            is_held |= connections[at].fd >= 0 && connections[at].is_held;
        }
        int ready = poll(polled, CONNECTIONS + 2, is_held ? HELD_MILLISECONDS : -1);
        for (int at = 0; at < CONNECTIONS; at++)
            if (polled[at + 2].revents != 0)
                receive(&connections[at]);
            else if (ready == 0 && connections[at].fd >= 0 && connections[at].is_held)
                hang_up(&connections[at]);
        if (polled[0].revents != 0)
            accept_from(own, 0);
        if (polled[1].revents != 0)
            accept_from(foreign, 1);
    }
    return unused;
}

void server_start(const char *folder)
{
    struct sockaddr_in anywhere = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof anywhere;
    pthread_t thread;
    snprintf(address.sun_path, sizeof address.sun_path, "%s/server", folder);
    unlink(address.sun_path);
    own = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    foreign = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    for (int at = 0; at < CONNECTIONS; at++)
        connections[at].fd = -1;
    if (bind(own, (struct sockaddr *)&address, sizeof address) != 0 || listen(own, 64) != 0 ||
        bind(foreign, (struct sockaddr *)&anywhere, size) != 0 || listen(foreign, 64) != 0 ||
        getsockname(foreign, (struct sockaddr *)&anywhere, &size) != 0 || pthread_create(&thread, NULL, run, NULL) != 0)
        broken("the server starts", strerror(errno));
    foreign_port = ntohs(anywhere.sin_port);
}

const char *server_socket(void)
{
    return address.sun_path;
}

void serve(uint8_t kind, const uint8_t *bytes, size_t size)
{
    pthread_mutex_lock(&lock);
    if (count < RESPONSES) {
        struct response *response = &responses[(first + count++) % RESPONSES];
        response->kind = kind % KINDS;
        response->size = size < LONGEST ? size : LONGEST;
        memcpy(response->bytes, bytes, response->size);
    }
    pthread_mutex_unlock(&lock);
}

void server_cancels(dam_canceller *canceller)
{
    pthread_mutex_lock(&lock);
    cancels = canceller;
    pthread_mutex_unlock(&lock);
}

void server_reset(void)
{
    pthread_mutex_lock(&lock);
    count = 0;
    cancels = NULL;
    pthread_mutex_unlock(&lock);
}
