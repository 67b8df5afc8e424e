/*
 * check.c - the judge behind check.h. Of a secret that is found only the place is printed.
 */
#define _GNU_SOURCE

#include "check.h"

#include "headers.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { SECRETS = 64 };

dam_error check_error;
char check_nothing;

static char note[80];
static char *secrets[SECRETS];
static int secret_count;

void check(int good, const char *file, int line, const char *format, ...)
{
    va_list arguments;
    fputs(good ? "ok " : "FAILED ", stdout);
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    if (good) {
        putchar('\n');
        return;
    }
    printf(" (%s:%d)\n  with: %s\n", file, line, note);
    if (check_error.message[0] != '\0')
        printf("  the last error: %s: %.495s\n", dam_status_name(check_error.status), check_error.message);
    fflush(stdout);
    exit(1);
}

void check_secret(const char *secret)
{
    size_t size = strlen(secret) + 1;
    char *copy = malloc(size);
    CHECK(copy != NULL && secret_count < SECRETS && size > 4, "secret %d is watched", secret_count);
    secrets[secret_count++] = memcpy(copy, secret, size);
}

void check_note(const char *text)
{
    size_t at = 0;
    for (; text[at] != '\0' && at + 1 < sizeof note; at++)
        note[at] = text[at] < ' ' || text[at] > '~' ? '?' : text[at];
    note[at] = '\0';
}

const char *check_find_secret(const char *text)
{
    for (int index = 0; index < secret_count; index++)
        if (strstr(text, secrets[index]) != NULL)
            return secrets[index];
    return NULL;
}

/* How long the character at `text` is, and which second bytes it allows (RFC 3629: no overlong form, no surrogate). */
static int character(const unsigned char *text)
{
    unsigned char low = 0x80, high = 0xBF;
    int length = text[0] < 0x80   ? 1
                 : text[0] < 0xC2 ? 0
                 : text[0] < 0xE0 ? 2
                 : text[0] < 0xF0 ? 3
                 : text[0] < 0xF5 ? 4
                                  : 0;
    if (text[0] == 0xE0 || text[0] == 0xF0)
        low = text[0] == 0xE0 ? 0xA0 : 0x90;
    if (text[0] == 0xED || text[0] == 0xF4)
        high = text[0] == 0xED ? 0x9F : 0x8F;
    if (length > 1 && (text[1] < low || text[1] > high))
        return 0;
    for (int at = 2; at < length; at++)
        if (text[at] < 0x80 || text[at] > 0xBF)
            return 0;
    return length;
}

int check_is_utf8(const char *text)
{
    const unsigned char *at = (const unsigned char *)text;
    for (int length; *at != '\0'; at += length)
        if ((length = character(at)) == 0)
            return 0;
    return 1;
}

enum { HEADERS = 1001, LINES = 1 << 20 };

const char *check_lines(const dam_header *headers, size_t count)
{
    static char lines[LINES];
    return headers_join(headers, count, lines, sizeof lines);
}

void check_observed(dam_observation *observation, const char *lines)
{
    static char copy[LINES];
    static dam_header list[HEADERS];
    snprintf(copy, sizeof copy, "%s", lines);
    observation->headers = list;
    observation->header_count = headers_split(copy, list, HEADERS);
}

dam_error *check_fresh(void)
{
    memset(&check_error, 0xA5, sizeof check_error);
    return &check_error;
}

static const char *objection(dam_status wanted, dam_status got)
{
    if (got != wanted)
        return "another status";
    if (check_error.status != (int32_t)got)
        return "another status in the error";
    if (check_error.reserved != 0)
        return "error.reserved is not 0";
    if (memchr(check_error.message, '\0', sizeof check_error.message) == NULL)
        return "a message without an end";
    if (!check_is_utf8(check_error.message))
        return "a message that is not UTF-8";
    if ((check_error.message[0] == '\0') != (got == DAM_OK))
        return got == DAM_OK ? "a message on success" : "no message";
    if (check_find_secret(check_error.message) != NULL)
        return "a secret in the message";
    for (const char *at = check_error.message; *at != '\0'; at++)
        if ((unsigned char)*at < 0x20 || *at == 0x7F)
            return "a control character in the message";
    if (check_error.http_status != 0 && (check_error.http_status < 100 || check_error.http_status > 599))
        return "an HTTP status that is none";
    if (check_error.retry_after < -1 ||
        (got == DAM_OK && (check_error.retry_after != -1 || check_error.http_status != 0)))
        return "a retry_after or HTTP status that is none";
    return NULL;
}

void check_result(dam_status wanted, dam_status got, const char *call, const char *file, int line)
{
    const char *wrong = objection(wanted, got);
    if (wrong == NULL) {
        check(1, file, line, "%s -> %s", call, dam_status_name((int32_t)got));
        return;
    }
    if (check_find_secret(check_error.message) != NULL ||
        memchr(check_error.message, 0, sizeof check_error.message) == NULL)
        check_error.message[0] = '\0';
    check(0, file, line, "%s -> %s instead of %s: %s", call, dam_status_name((int32_t)got),
          dam_status_name((int32_t)wanted), wrong);
}

/* What damsession.h says under "Stack"; builds with sanitizers and without optimization need more. */
#ifdef __SANITIZE_ADDRESS__
#define LEAST_STACK ((size_t)4 << 20)
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define LEAST_STACK ((size_t)4 << 20)
#endif
#endif
#ifndef LEAST_STACK
#define LEAST_STACK ((size_t)256 << 10)
#endif

static void *run_body(void *body)
{
    return (*(int (**)(void))body)() == 0 ? body : NULL;
}

/* How many bytes from `stack` on still are `mark`. Asked of the kernel: valgrind lets nobody read an empty stack. */
static size_t untouched(const unsigned char *stack, unsigned char mark)
{
    unsigned char page[4096];
    size_t count = 0;
    int memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
    for (size_t at = 0; at < LEAST_STACK && at == count; at += sizeof page) {
        if (pread(memory, page, sizeof page, (off_t)(uintptr_t)(stack + at)) != (ssize_t)sizeof page)
            CHECK(0, "memory can be read");
        while (count < at + sizeof page && page[count - at] == mark)
            count++;
    }
    close(memory);
    return count;
}

int check_on_least_stack(int (*body)(void))
{
    enum { GUARD = 65536, UNTOUCHED = 0xA7 };
    size_t unused = 0;
    void *result = NULL;
    pthread_t thread;
    pthread_attr_t attributes;
    unsigned char *room = mmap(NULL, GUARD + LEAST_STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(room != MAP_FAILED && mprotect(room, GUARD, PROT_NONE) == 0, "a stack of %zu KiB", LEAST_STACK >> 10);
    unsigned char *stack = room + GUARD;
    memset(stack, UNTOUCHED, LEAST_STACK);
    pthread_attr_init(&attributes);
    CHECK(pthread_attr_setstack(&attributes, stack, LEAST_STACK) == 0, "a thread may have it");
    CHECK(pthread_create(&thread, &attributes, run_body, &body) == 0, "a thread with it");
    pthread_attr_destroy(&attributes);
    pthread_join(thread, &result);
    unused = untouched(stack, UNTOUCHED);
    CHECK(result != NULL, "%zu of %zu KiB of stack were used", (LEAST_STACK - unused) >> 10, LEAST_STACK >> 10);
    munmap(room, GUARD + LEAST_STACK);
    return 0;
}

void check_step(dam_loop *loop)
{
    struct pollfd watch = {.fd = dam_loop_fd(loop), .events = POLLIN};
    if (poll(&watch, 1, 20000) != 1)
        CHECK(0, "the loop's descriptor becomes readable");
    if (dam_loop_dispatch(loop, check_fresh()) != DAM_OK)
        CHECK(0, "a dispatch");
}

void check_run(dam_loop *loop)
{
    while (dam_loop_count(loop) > 0)
        check_step(loop);
}
