/*
 * wire_descriptors.c - a process that has no descriptor left is told so, and not that the server cannot be reached.
 *
 * By address, over TLS (which reads certificates) and by name (which asks the resolver), with none to two left.
 * Connecting is all that is tried: nobody accepts. A server that is not there must not be blamed on descriptors.
 */
#define _GNU_SOURCE

#include "wire.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MOST = 200 };

static int held[MOST], count;

static void hold_all_but(int left)
{
    for (int fd; count < MOST && (fd = dup(STDOUT_FILENO)) >= 0;)
        held[count++] = fd;
    while (left-- > 0 && count > 0)
        close(held[--count]);
}

static void release(void)
{
    while (count > 0)
        close(held[--count]);
}

/* A port that accepts connections, and after its socket is closed one that refuses them. */
static int listen_at(char url[WIRE_URL], const char *scheme)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(fd >= 0 && bind(fd, (struct sockaddr *)&address, size) == 0 && listen(fd, 64) == 0 &&
              getsockname(fd, (struct sockaddr *)&address, &size) == 0,
          "a port");
    snprintf(url, WIRE_URL, "%s://127.0.0.1:%d", scheme, ntohs(address.sin_port));
    return fd;
}

static void refuse(const char *url, int left)
{
    dam_session *session = wire_session(url, OPTIONS("connect-timeout", "5"));
    check_note(url);
    hold_all_but(left);
    struct wire_got got = wire_get(session, "/psapi/v3/x");
    release();
    CHECK(got.status == DAM_ERR_CONNECT && strstr(check_error.message, "EMFILE") != NULL, "%d descriptors left: %s: %s",
          left, dam_status_name(got.status), check_error.message);
    dam_session_free(session);
}

void wire_descriptors(void)
{
    char url[WIRE_URL], secure[WIRE_URL];
    struct rlimit before, few = {0};
    int listener = listen_at(secure, "https");
    close(listen_at(url, "http"));
    CHECK(getrlimit(RLIMIT_NOFILE, &before) == 0, "the limit of descriptors");
    few = (struct rlimit){.rlim_cur = MOST, .rlim_max = before.rlim_max};
    CHECK(setrlimit(RLIMIT_NOFILE, &few) == 0, "another limit");
    refuse(url, 0);
    for (int left = 0; left < 2; left++)
        refuse(secure, left);
    for (int left = 0; left < 3; left++)
        refuse("https://archive.example", left);
    dam_session *session = wire_session(url, OPTIONS("timeout", "20"));
    struct wire_got got = wire_get(session, "/psapi/v3/x");
    CHECK(got.status == DAM_ERR_CONNECT && strstr(check_error.message, "EMFILE") == NULL, "nobody there: %s: %s",
          dam_status_name(got.status), check_error.message);
    dam_session_free(session);
    CHECK(setrlimit(RLIMIT_NOFILE, &before) == 0, "the limit is as it was");
    close(listener);
}
