/*
 * abi.c - the player of abi.h: reads an input as calls, and holds every result against what the header says of results.
 */
#define _GNU_SOURCE
#include "abi.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_CALLS = 48 };

const char canary_password[] = "canary p&ss/w\xc3\xb6rd=7";
const char canary_key[] = "canaryKEY45678901";
const char canary_secret[] = "canary-s\xc3\xa9"
                             "same?9";

void fuzz_abi(const uint8_t *bytes, size_t size);

static const char *const functions[] = {FUZZ_CALLS};
unsigned char fuzz_calls[sizeof functions / sizeof functions[0]];

/* For fuzz.py. A forked child says nothing: it leaves by _exit. */
__attribute__((destructor)) static void say_calls(void)
{
    for (size_t at = 0; at < sizeof functions / sizeof functions[0]; at++)
        if (fuzz_calls[at])
            fprintf(stderr, "called: %s\n", functions[at]);
}

void broken(const char *promise, const char *detail)
{
    fprintf(stderr, "broken promise: %s: %s\n", promise, detail);
    abort();
}

/* Byte by byte: what strstr looks for, libFuzzer would put into its inputs. */
static int contains(const char *text, const char *word)
{
    for (; *text != '\0'; text++) {
        size_t at = 0;
        while (word[at] != '\0' && text[at] == word[at])
            at++;
        if (word[at] == '\0')
            return 1;
    }
    return 0;
}

void check_clean(const char *text, const char *what)
{
    if (contains(text, canary_password) || contains(text, canary_key) || contains(text, canary_secret))
        broken("no secret is said", what);
}

uint8_t byte(struct play *play)
{
    return play->at < play->end ? *play->at++ : 0;
}

/* Small, or one at which things turn. */
uint64_t number(struct play *play)
{
    static const uint64_t odd[] = {UINT64_MAX, INT64_MAX, UINT32_MAX, INT32_MAX, 1ULL << 40,
                                   65536,      65537,     4096,       1ULL << 63};
    uint8_t choice = byte(play);
    return choice < 200 ? choice : odd[choice % (sizeof odd / sizeof odd[0])];
}

void *keep(struct play *play, const void *bytes, size_t size)
{
    void *copy = play->text_count < TEXTS ? malloc(size > 0 ? size : 1) : NULL;
    if (copy == NULL)
        return NULL;
    memcpy(copy, bytes, size);
    return play->texts[play->text_count++] = copy;
}

const void *block(struct play *play, uint64_t *size)
{
    size_t left = (size_t)(play->end - play->at), wanted = byte(play);
    left = left > 0 ? left - 1 : 0;
    *size = wanted < left ? wanted : left;
    const void *copy = keep(play, play->at, *size);
    play->at += *size;
    if (copy == NULL)
        *size = 0;
    return copy;
}

static const char *const odd_words[] = {"",
                                        " ",
                                        "a b",
                                        "..",
                                        "/",
                                        "\xff\xfe",
                                        "\xc3",
                                        "\xed\xa0\x80",
                                        "%",
                                        "%00",
                                        "a\r\nX-Injected: 1",
                                        "\n",
                                        "\x7f",
                                        "\x01",
                                        "\xc3\xa4\xe2\x82\xac\xf0\x9f\x96\xbc",
                                        "e\xcc\x81",
                                        "{image}",
                                        "0",
                                        "-1",
                                        "18446744073709551616",
                                        "http://[::1",
                                        NULL};

const char *text(struct play *play, const char *const words[])
{
    size_t count = 0, odd = sizeof odd_words / sizeof odd_words[0] - 1;
    uint8_t choice = byte(play);
    while (words != NULL && words[count] != NULL)
        count++;
    if (choice < 176 && count > 0) {
        const char *word = words[choice % count];
        return keep(play, word, strlen(word) + 1);
    }
    if (choice < 208) {
        const char *word = odd_words[choice % odd];
        return keep(play, word, strlen(word) + 1);
    }
    if (choice == 208) {
        char *huge = keep(play, "", 1);
        huge = huge != NULL ? realloc(huge, 70001) : NULL;
        if (huge == NULL)
            return NULL;
        play->texts[play->text_count - 1] = huge;
        memset(huge, 'a', 70000);
        huge[70000] = '\0';
        return huge;
    }
    if (choice < 216)
        return NULL;
    if (choice < 224)
        return play->handles[choice % SLOTS];
    uint64_t size = 0;
    const char *raw = block(play, &size);
    char made[260];
    size_t length = raw != NULL ? strnlen(raw, size) : 0;
    memcpy(made, raw != NULL ? raw : "", length);
    made[length] = '\0';
    return keep(play, made, length + 1);
}

dam_error *err(struct play *play)
{
    play->has_error = byte(play) % 8 != 0;
    memset(&play->error, 0xAA, sizeof play->error);
    return play->has_error ? &play->error : NULL;
}

static void check_error(const dam_error *error, const char *call)
{
    size_t length = strnlen(error->message, sizeof error->message);
    if (length == sizeof error->message || error->reserved != 0)
        broken("an error is whole", call);
    if ((error->status == DAM_OK) != (length == 0))
        broken("an error says something, and success nothing", call);
    for (size_t at = 0; at < length; at++)
        if (iscntrl((unsigned char)error->message[at]))
            broken("a message is one line", error->message);
    check_clean(error->message, call);
}

dam_status said(struct play *play, dam_status status, const char *call)
{
    if (strcmp(dam_status_name((int32_t)status), "DAM_ERR_UNKNOWN") == 0)
        broken("a status is one of the header's", call);
    if (play->has_error) {
        if (play->error.status != (int32_t)status)
            broken("the error has the status that was returned", call);
        check_error(&play->error, call);
    }
    if (status == DAM_ERR_INTERNAL)
        broken("nothing leads to a state that should not exist", play->has_error ? play->error.message : call);
    return status;
}

/* What servers say next; not in a child, whose parent's thread may hold the lock. */
static void play_answer(struct play *play)
{
    uint8_t kind = byte(play);
    uint64_t size = 0;
    const void *bytes = kind % 22 >= 17 ? block(play, &size) : NULL;
    if (!play->is_child)
        serve(kind, bytes != NULL ? bytes : (const uint8_t *)"", size);
}

static void step(struct play *play)
{
    static void (*const calls[])(struct play *) = {
        play_answer,  play_answer,        play_answer,  play_config,  play_session, play_session,
        play_session, play_request,       play_request, play_request, play_loop,    play_loop,
        play_loop,    play_authorization, play_values,  play_free,    play_fork};
    calls[byte(play) % (sizeof calls / sizeof calls[0])](play);
    while (play->text_count > 0)
        free(play->texts[--play->text_count]);
}

/* In the folder of fuzz.py, one below it for each use. */
static const char *const folders[] = {"state", "state/damsession", "config", "config/damsession", "files"};

static void folder_path(char path[4096], const char *name)
{
    const char *root = getenv("DAM_FUZZ_DIR");
    if (root == NULL)
        broken("fuzz.py sets", "DAM_FUZZ_DIR");
    snprintf(path, 4096, "%s/%s", root, name);
}

void folders_make(void)
{
    char path[4096];
    for (size_t at = 0; at < sizeof folders / sizeof folders[0]; at++) {
        folder_path(path, folders[at]);
        mkdir(path, 0700);
    }
    folder_path(path, "state");
    setenv("XDG_STATE_HOME", path, 1);
    folder_path(path, "config");
    setenv("XDG_CONFIG_HOME", path, 1);
}

void folders_clear(void)
{
    char path[4096];
    for (size_t at = 0; at < sizeof folders / sizeof folders[0]; at++) {
        folder_path(path, folders[at]);
        DIR *directory = opendir(path);
        for (struct dirent *entry; directory != NULL && (entry = readdir(directory)) != NULL;)
            unlinkat(dirfd(directory), entry->d_name, 0);
        if (directory != NULL)
            closedir(directory);
    }
}

void fuzz_abi(const uint8_t *bytes, size_t size)
{
    static uint32_t user;
    struct play play = {.at = bytes, .end = bytes + size, .user = ++user};
    if (user == 1) {
        folders_make();
        server_start(getenv("DAM_FUZZ_DIR"));
    }
    for (int calls = 0; calls < MOST_CALLS && play.at < play.end; calls++)
        step(&play);
    finish(&play);
    server_reset();
    odd_store_clear();
    folders_clear();
}
