/*
 * remains.c - what of a secret is still in a process's memory when its sessions are gone: the whole of it is searched,
 * as a core dump or another program's look would show it.
 *
 * Passwords, tokens, device tokens and cookies of every kind of session are looked for, as they are and as they travel.
 * libcurl and what it stands on do not wipe what they free, and that is theirs: so each kind runs twice, once counting
 * what remains in all, and once with a free() that wipes for them. Then there must be nothing: all else is ours. It
 * must not hold a secret itself: texts are spelled backwards, and what it looks for is masked.
 */
#define _GNU_SOURCE

#include "check.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NEEDLES = 64, LONGEST = 1024, CHUNK = 1 << 20, MASK = 0xA5 };

static struct needle {
    const char *what;
    unsigned char masked[LONGEST];
    size_t size;
} needles[NEEDLES];
static int needle_count;
static unsigned char chunk[CHUNK];
static int wipes_theirs;

/* ---- Their free, which does not wipe ----------------------------------------------------------------------------- */

extern void __libc_free(void *block);
extern void *__libc_malloc(size_t size);
extern void *__libc_realloc(void *block, size_t size);

static int is_theirs(void *caller)
{
    static const char *const names[] = {"libcurl", "libssl", "libcrypto", "libnghttp2", "libz", "libbrotli", NULL};
    Dl_info info;
    if (!wipes_theirs || dladdr(caller, &info) == 0 || info.dli_fname == NULL)
        return 0;
    for (const char *const *name = names; *name != NULL; name++)
        if (strstr(info.dli_fname, *name) != NULL)
            return 1;
    return 0;
}

void free(void *block)
{
    if (block != NULL && is_theirs(__builtin_return_address(0)))
        explicit_bzero(block, malloc_usable_size(block));
    __libc_free(block);
}

void *realloc(void *block, size_t size)
{
    if (block == NULL || !is_theirs(__builtin_return_address(0)))
        return __libc_realloc(block, size);
    void *fresh = __libc_malloc(size);
    size_t old = malloc_usable_size(block);
    if (fresh != NULL) {
        memcpy(fresh, block, old < size ? old : size);
        explicit_bzero(block, old);
        __libc_free(block);
    }
    return fresh;
}

/* ---- Looking for secrets ----------------------------------------------------------------------------------------- */

static void look_for(const char *what, const char *secret, size_t size)
{
    CHECK(needle_count < NEEDLES && size >= 8 && size <= LONGEST, "%s of %zu bytes is looked for", what, size);
    struct needle *needle = &needles[needle_count++];
    needle->what = what;
    needle->size = size;
    for (size_t at = 0; at < size; at++)
        needle->masked[at] = (unsigned char)secret[at] ^ MASK;
}

static int is_here(const struct needle *needle, const unsigned char *bytes)
{
    for (size_t at = 0; at < needle->size; at++)
        if ((bytes[at] ^ MASK) != needle->masked[at])
            return 0;
    return 1;
}

static long search(const unsigned char *bytes, size_t size, const char *place)
{
    long found = 0;
    for (int index = 0; index < needle_count; index++) {
        const struct needle *needle = &needles[index];
        unsigned char first = needle->masked[0] ^ MASK;
        const unsigned char *from = bytes, *end = bytes + size;
        while ((size_t)(end - from) >= needle->size &&
               (from = memchr(from, first, (size_t)(end - from) - needle->size + 1)) != NULL) {
            if (is_here(needle, from)) {
                printf("  %s in %s\n", needle->what, place);
                found++;
            }
            from++;
        }
    }
    return found;
}

/* Everything that can be written, but for the piece of memory that is searched in. */
static long search_all(void)
{
    char line[512];
    long found = 0;
    FILE *maps = fopen("/proc/self/maps", "r");
    int memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
    CHECK(maps != NULL && memory >= 0, "memory can be read");
    while (fgets(line, sizeof line, maps) != NULL) {
        unsigned long from, to;
        char modes[8], place[300] = "memory without a name";
        if (sscanf(line, "%lx-%lx %7s %*s %*s %*s %299[^\n]", &from, &to, modes, place) < 3 || modes[1] != 'w')
            continue;
        while (from < to) {
            size_t size = to - from < CHUNK ? to - from : CHUNK;
            ssize_t got = pread(memory, chunk, size, (off_t)from);
            if (got <= 0)
                break;
            /* What was read a moment ago lies in what is read now. */
            unsigned long own = (unsigned long)chunk;
            if (from < own + CHUNK && own < from + (unsigned long)got) {
                unsigned long start = own > from ? own - from : 0;
                unsigned long end = own + CHUNK - from < (unsigned long)got ? own + CHUNK - from : (unsigned long)got;
                memset(chunk + start, 0, end - start);
            }
            found += search(chunk, (size_t)got, place);
            if ((size_t)got < LONGEST || from + (size_t)got >= to)
                break;
            from += (size_t)got - LONGEST;
        }
    }
    explicit_bzero(chunk, sizeof chunk);
    fclose(maps);
    close(memory);
    return found;
}

/* ---- Sessions ---------------------------------------------------------------------------------------------------- */

static const char *photoshelter_url, *fotoweb_url, *ca_file;

/* The text that is written backwards in `reversed`. */
static char *spell(char *room, const char *reversed)
{
    size_t size = strlen(reversed);
    for (size_t at = 0; at < size; at++)
        room[at] = reversed[size - 1 - at];
    room[size] = '\0';
    return room;
}

/* Sets an option to a secret, and looks for it from now on. `sent`: as it travels in forms and URLs, backwards too. */
static void set_secret(dam_config *config, const char *name, const char *reversed, const char *reversed_sent)
{
    char text[LONGEST];
    spell(text, reversed);
    EXPECT(DAM_OK, dam_config_set(config, name, text, err));
    look_for(name, text, strlen(text));
    if (strcmp(reversed, reversed_sent) != 0) {
        spell(text, reversed_sent);
        look_for(name, text, strlen(text));
    }
    explicit_bzero(text, sizeof text);
}

static int32_t note_header(void *user_data, const dam_header *header)
{
    size_t skipped = strcmp(header->name, "Cookie") == 0 ? strcspn(header->value, "=") + 1 : 0;
    size_t size = strcspn(header->value + skipped, ";");
    if (strcmp(header->name, "X-PS-Api-Key") != 0)
        look_for(user_data, header->value + skipped, size);
    return 0;
}

static void use(dam_session *session, const char *kind)
{
    for (int round = 0; round < 4; round++) {
        dam_request request = DAM_REQUEST_INIT;
        request.path = "Information";
        dam_response *response = NULL;
        if (kind[0] == 'p')
            request.path = round % 2 == 0 ? "mem/user/session" : "mem/nothing";
        EXPECT(DAM_OK, dam_session_request(session, &request, &response, err));
        dam_response_free(response);
        if (strcmp(kind, "photoshelter cookie") == 0)
            EXPECT(DAM_OK, dam_session_list_headers(session, note_header, (void *)(uintptr_t)"a cookie", NULL, err));
    }
}

static void run(const char *kind)
{
    dam_config *config = NULL;
    dam_session *session = NULL;
    char *token = NULL, store[512];
    const char *authentication = strchr(kind, ' ') + 1;
    int is_photoshelter = kind[0] == 'p', has_token = strstr(kind, "token") != NULL;
    snprintf(store, sizeof store, "%s/remains-%d", getenv("DAM_TEST_DIR"), getpid());
    EXPECT(DAM_OK, dam_config_new(&config, err));
    const char *const options[] = {"authentication",
                                   authentication,
                                   "store",
                                   store,
                                   "ca-file",
                                   ca_file,
                                   "system",
                                   is_photoshelter ? "photoshelter" : "fotoweb",
                                   "url",
                                   is_photoshelter ? photoshelter_url : fotoweb_url,
                                   "user",
                                   is_photoshelter ? "ada@example.com" : "k\xc3\xa5re.\xc3\xb8st",
                                   NULL};
    for (size_t at = 0; options[at] != NULL; at += 2)
        EXPECT(DAM_OK, dam_config_set(config, options[at], options[at + 1], err));
    if (is_photoshelter) {
        EXPECT(DAM_OK, dam_config_set(config, "api-key", "sandboxkey1", err));
        set_secret(config, "password", "\xbc\xc3+14%elpats=yrettab & esroh tcerroc",
                   "CB%3C%B2%1452%elpatsD3%yrettab02%62%02%esroh02%tcerroc");
    } else if (strcmp(authentication, "login-token") == 0) {
        set_secret(config, "encryption-secret", "\x9f\xc3-\x87\xd1\x8e\xd1\xbb\xd0\xba\xd0-lekk\xb8\xc3n",
                   "\x9f\xc3-\x87\xd1\x8e\xd1\xbb\xd0\xba\xd0-lekk\xb8\xc3n");
    } else {
        set_secret(config, "password", "14%+=&;dr\xb6\xc3wss\xa4\xc3p", "1452%B2%D3%62%B3%dr6B%3C%wss4A%3C%p");
    }
    EXPECT(DAM_OK, dam_session_open(config, &session, err));
    dam_config_free(config);
    use(session, kind);
    if (has_token) {
        EXPECT(DAM_OK, dam_session_get_token(session, &token, err));
        look_for("the token", token, strlen(token));
        dam_string_free(token);
    }
    dam_session_free(session);
}

static void child(const char *kind)
{
    long found;
    run(kind);
    found = search_all();
    if (wipes_theirs)
        CHECK(found == 0, "%s: %ld copies of its secrets remain in what is ours", kind, found);
    else
        printf("ok %s: %ld copies of its secrets remain in all, libcurl's with ours\n", kind, found);
    fflush(stdout);
    _exit(0);
}

/* The search must find what is there: a secret of its own, on purpose. */
static void prove_search(void)
{
    char text[64];
    char *block = malloc(64);
    spell(text, "neddih si siht");
    look_for("a planted text", text, strlen(text));
    explicit_bzero(text, sizeof text);
    CHECK(block != NULL && search_all() == 0, "what is not there is not found");
    spell(block, "neddih si siht");
    CHECK(search_all() == 1, "what is there is found, once");
    explicit_bzero(block, 64);
    free(block);
    needle_count = 0;
}

int main(void)
{
    static const char *const kinds[] = {"photoshelter cookie",
                                        "photoshelter token",
                                        "photoshelter token-in-url",
                                        "fotoweb device-token",
                                        "fotoweb query",
                                        "fotoweb login-token",
                                        NULL};
    photoshelter_url = getenv("DAM_TEST_PHOTOSHELTER");
    fotoweb_url = getenv("DAM_TEST_FOTOWEB");
    ca_file = getenv("DAM_TEST_CA_FILE");
    if (photoshelter_url == NULL || fotoweb_url == NULL || ca_file == NULL || getenv("DAM_TEST_DIR") == NULL) {
        fputs("the environment says no sandbox\n", stderr);
        return 2;
    }
    setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
    prove_search();
    for (const char *const *kind = kinds; *kind != NULL; kind++)
        for (wipes_theirs = 0; wipes_theirs < 2; wipes_theirs++) {
            int status = -1;
            pid_t pid = fork();
            if (pid == 0)
                child(*kind);
            waitpid(pid, &status, 0);
            CHECK(pid > 0 && status == 0, "%s", *kind);
        }
    return 0;
}
