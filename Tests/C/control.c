/*
 * control.c - just enough of an HTTP client for control.h: HTTP/1.0, one connection a question.
 *
 * JSON is not parsed: counters are found by name behind the name of their system, which the sandbox's state allows.
 */
#define _POSIX_C_SOURCE 200809L

#include "control.h"

#include "check.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static int port;

void control_use(const char *url)
{
    const char *colon = strrchr(url, ':');
    port = colon != NULL ? atoi(colon + 1) : 0;
    CHECK(strncmp(url, "http://", 7) == 0 && port > 0, "the sandbox is at port %d", port);
}

/* Sends a request and gives the whole response, to be freed. */
static char *exchange(const char *method, const char *endpoint, const char *json)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons((in_port_t)port)};
    size_t room = 1 << 16, size = 0;
    char *response = malloc(room), request[2048];
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    int length = snprintf(request, sizeof request,
                          "%s /_sandbox/%s HTTP/1.0\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                          "Content-Length: %zu\r\n\r\n%s",
                          method, endpoint, strlen(json), json);
    if (response == NULL || fd < 0 || length >= (int)sizeof request ||
        connect(fd, (struct sockaddr *)&address, sizeof address) != 0 || send(fd, request, (size_t)length, 0) != length)
        CHECK(0, "the sandbox can be asked for %s", endpoint);
    for (ssize_t count; (count = recv(fd, response + size, room - 1 - size, 0)) > 0 && size + 1 < room;)
        size += (size_t)count;
    response[size] = '\0';
    close(fd);
    if (strncmp(response, "HTTP/1.", 7) != 0 || strncmp(response + 8, " 200 ", 5) != 0)
        CHECK(0, "the sandbox answers %s %s: %.300s", method, endpoint, response);
    return response;
}

void control_post(const char *endpoint, const char *json)
{
    free(exchange("POST", endpoint, json));
}

void control_forget_faults(void)
{
    free(exchange("DELETE", "faults", ""));
}

long control_count(const char *system, const char *counter)
{
    char name[80];
    char *response = exchange("GET", "state", "");
    snprintf(name, sizeof name, "\"%s\": {", system);
    const char *place = strstr(response, name);
    snprintf(name, sizeof name, "\"%s\": ", counter);
    place = place != NULL ? strstr(place, name) : NULL;
    if (place == NULL)
        CHECK(0, "the sandbox counts %s of %s", counter, system);
    long number = strtol(place + strlen(name), NULL, 10);
    free(response);
    return number;
}

void control_await(const char *system, const char *counter, long least)
{
    const struct timespec pause = {.tv_nsec = 2000000};
    for (int tries = 0; control_count(system, counter) < least; tries++) {
        if (tries > 10000)
            CHECK(0, "%s of %s reaches %ld", counter, system, least);
        nanosleep(&pause, NULL);
    }
}
