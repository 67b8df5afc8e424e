/*
 * loopback.c - the server of loopback.h: one connection after the other, one request each, one of two responses.
 *
 * To a login both systems find what they look for; any other request gets the same once more. A request must fit into
 * its buffer.
 */
#define _POSIX_C_SOURCE 200809L

#include "loopback.h"

#include "check.h"

#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define PHOTOSHELTER                                                                                       \
    "{\"status\":\"ok\",\"data\":{\"token\":\"canary-token\",\"org\":["                                    \
    "{\"id\":\"O1\",\"name\":\"One\",\"member\":\"t\"},{\"id\":\"O2\",\"name\":\"Two\",\"member\":\"f\"}," \
    "{\"id\":\"O3\"}]}}"
#define FOTOWEB "<FileList><File Name=\"x\" Id=\"image 1\"/></FileList>"

static pthread_t thread;
static int listener = -1;
static int answered;
static pthread_mutex_t said_lock = PTHREAD_MUTEX_INITIALIZER;
static const char *said;
static size_t said_size;

static int bind_any_port(char url[LOOPBACK_URL])
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, size) != 0 ||
        getsockname(fd, (struct sockaddr *)&address, &size) != 0) {
        perror("loopback");
        exit(1);
    }
    snprintf(url, LOOPBACK_URL, "http://127.0.0.1:%d", ntohs(address.sin_port));
    return fd;
}

static int listen_on_any_port(char url[LOOPBACK_URL])
{
    int fd = bind_any_port(url);
    if (listen(fd, 16) != 0) {
        perror("loopback");
        exit(1);
    }
    return fd;
}

/* Stays bound until the process ends: another program could take a port that was given up. */
void loopback_closed(char url[LOOPBACK_URL])
{
    (void)bind_any_port(url);
}

static void send_all(int fd, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t sent = send(fd, bytes, size, MSG_NOSIGNAL);
        if (sent <= 0)
            return;
        bytes += sent;
        size -= (size_t)sent;
    }
}

/* Reads the head and as much of the body as Content-Length says; 0: there was no whole request. */
static int read_request(int fd, char *buffer, size_t room)
{
    size_t size = 0;
    for (;;) {
        ssize_t count = recv(fd, buffer + size, room - 1 - size, 0);
        if (count <= 0)
            return 0;
        buffer[size += (size_t)count] = '\0';
        const char *end = strstr(buffer, "\r\n\r\n");
        const char *length = strstr(buffer, "Content-Length: ");
        if (end == NULL)
            continue;
        size_t body = length != NULL && length < end ? strtoul(length + 16, NULL, 10) : 0;
        if (size >= (size_t)(end - buffer) + 4 + body)
            return 1;
    }
}

static void serve(int fd)
{
    char buffer[65536], response[1024];
    if (!read_request(fd, buffer, sizeof buffer))
        return;
    pthread_mutex_lock(&said_lock);
    const char *raw = said;
    size_t raw_size = said_size;
    pthread_mutex_unlock(&said_lock);
    if (raw != NULL) {
        send_all(fd, raw, raw_size);
        return;
    }
    int is_photoshelter = strstr(buffer, " /psapi/") != NULL;
    const char *body = is_photoshelter ? PHOTOSHELTER : FOTOWEB;
    int size = snprintf(response, sizeof response,
                        "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nSet-Cookie: %s; path=/\r\nX-Test: yes\r\n"
                        "Content-Length: %zu\r\nConnection: close\r\n\r\n%s",
                        is_photoshelter ? "application/json" : "text/xml",
                        is_photoshelter ? "SSphotoshelter_com_mem=canary-cookie" : "FWSession=canary-device",
                        strlen(body), body);
    send_all(fd, response, (size_t)size);
    answered++;
    shutdown(fd, SHUT_WR);
    while (recv(fd, buffer, sizeof buffer, 0) > 0) /* until the client has closed: closing earlier could reset the
                                                      connection before the client has read. */
        continue;
}

static void *run(void *unused)
{
    (void)unused;
    for (;;) {
        int fd = accept(listener, NULL, NULL);
        if (fd < 0 && errno == EINTR)
            continue;
        if (fd < 0)
            return NULL; /* loopback_stop has shut the listener down. */
        serve(fd);
        close(fd);
    }
}

void loopback_start(char url[LOOPBACK_URL])
{
    answered = 0;
    listener = listen_on_any_port(url);
    if (pthread_create(&thread, NULL, run, NULL) != 0) {
        perror("loopback");
        exit(1);
    }
}

void loopback_say(const char *bytes, size_t size)
{
    pthread_mutex_lock(&said_lock);
    said = bytes;
    said_size = size;
    pthread_mutex_unlock(&said_lock);
}

int loopback_stop(void)
{
    shutdown(listener, SHUT_RDWR);
    pthread_join(thread, NULL);
    close(listener);
    return answered;
}
