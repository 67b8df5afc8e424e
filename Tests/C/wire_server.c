/*
 * wire_server.c - the server of wire.h: a thread for each connection, and a lock around the script.
 *
 * A request must fit into its buffer.
 */
#define _GNU_SOURCE

#include "wire.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MOST = 512 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_t acceptor, threads[MOST];
static int listener, open_ones[MOST], connections, requests;
static wire_script current_script;

static void give_up(const char *what)
{
    perror(what);
    exit(1);
}

/* Reads one request. 0: there is none. */
static int read_request(int fd, char *buffer, size_t room)
{
    size_t size = 0;
    for (;;) {
        ssize_t count = recv(fd, buffer + size, room - 1 - size, 0);
        if (count <= 0)
            return 0;
        buffer[size += (size_t)count] = '\0';
        char *end = strstr(buffer, "\r\n\r\n"), *length = strcasestr(buffer, "\r\nContent-Length: ");
        if (end == NULL)
            continue;
        size_t body = length != NULL && length < end ? strtoul(length + 18, NULL, 10) : 0;
        if (size < (size_t)(end - buffer) + 4 + body)
            continue;
        end[4] = '\0';
        return 1;
    }
}

static struct wire_response respond(const char *head)
{
    pthread_mutex_lock(&lock);
    requests++;
    struct wire_response response = current_script(head);
    pthread_mutex_unlock(&lock);
    return response;
}

static void *serve(void *place)
{
    int fd = *(int *)place;
    char *buffer = malloc(65536);
    while (buffer != NULL && read_request(fd, buffer, 65536)) {
        struct wire_response said = respond(buffer);
        size_t size = said.size > 0 ? said.size : strlen(said.bytes);
        for (size_t at = 0; at < size;) {
            ssize_t sent = send(fd, said.bytes + at, size - at, MSG_NOSIGNAL);
            if (sent <= 0)
                break;
            at += (size_t)sent;
        }
        if (said.stays)
            continue;
        shutdown(fd, SHUT_WR);
        while (recv(fd, buffer, 65536, 0) > 0) /* until the client has closed: closing earlier could reset the
                                                  connection before the client has read. */
            continue;
        break;
    }
    free(buffer);
    shutdown(fd, SHUT_RDWR); /* closed by wire_stop, so that no other takes its number. */
    return NULL;
}

static void *accept_all(void *unused)
{
    (void)unused;
    for (int fd; (fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC)) >= 0;) {
        pthread_mutex_lock(&lock);
        if (connections == MOST)
            give_up("too many connections");
        open_ones[connections] = fd;
        if (pthread_create(&threads[connections], NULL, serve, &open_ones[connections]) != 0)
            give_up("thread");
        connections++;
        pthread_mutex_unlock(&lock);
    }
    return NULL; /* wire_stop has shut the listener down. */
}

void wire_start(char url[WIRE_URL], wire_script script)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    connections = requests = 0;
    current_script = script;
    listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (listener < 0 || bind(listener, (struct sockaddr *)&address, size) != 0 || listen(listener, 64) != 0 ||
        getsockname(listener, (struct sockaddr *)&address, &size) != 0 ||
        pthread_create(&acceptor, NULL, accept_all, NULL) != 0)
        give_up("wire");
    snprintf(url, WIRE_URL, "http://127.0.0.1:%d", ntohs(address.sin_port));
}

void wire_stop(void)
{
    shutdown(listener, SHUT_RDWR);
    pthread_join(acceptor, NULL);
    close(listener);
    for (int each = 0; each < connections; each++)
        shutdown(open_ones[each], SHUT_RDWR);
    for (int each = 0; each < connections; each++) {
        pthread_join(threads[each], NULL);
        close(open_ones[each]);
    }
}

static int locked(const int *count)
{
    pthread_mutex_lock(&lock);
    int result = *count;
    pthread_mutex_unlock(&lock);
    return result;
}

int wire_connections(void)
{
    return locked(&connections);
}

int wire_requests(void)
{
    return locked(&requests);
}
