/*
 * names.c - names of files for paths of a server, which may be anything.
 *
 * A file is named by the last part of its path, percent-decoded. Where that is not enough, all parts and the query are
 * in the name; where that is not enough either, nothing is fetched. A name never leaves its folder, is never hidden,
 * and never that of another download's part. (What a response asks to be called, Content-Disposition, is not known
 * before it is sent, so that a file that is there already would be fetched all the same.)
 */
#include "names.h"

#include "exit_code.h"
#include "say.h"

#include <stdlib.h>
#include <string.h>

enum { LONGEST = 200 }; /* with ".part.json" it is still a file name everywhere. */

static int read_hex(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    digit |= 0x20;
    return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

static int is_utf8(const unsigned char *at)
{
    while (*at != '\0') {
        int more = *at < 0x80                  ? 0
                   : *at >= 0xc2 && *at < 0xe0 ? 1
                   : *at >= 0xe0 && *at < 0xf0 ? 2
                   : *at >= 0xf0 && *at < 0xf5 ? 3
                                               : -1;
        if (more < 0)
            return 0;
        for (at++; more > 0; more--, at++)
            if ((*at & 0xc0) != 0x80)
                return 0;
    }
    return 1;
}

/* "%41" is "A". Left as it is if that is no text. */
static void decode(char *text)
{
    char *before = strdup(text), *to = text;
    for (const char *at = text; *at != '\0'; at++) {
        int high = *at == '%' ? read_hex(at[1]) : -1, low = high >= 0 ? read_hex(at[2]) : -1;
        *to++ = low < 0 ? *at : high + low == 0 ? '_' : (char)(high << 4 | low);
        at += low < 0 ? 0 : 2;
    }
    *to = '\0';
    if (before != NULL && !is_utf8((const unsigned char *)text))
        strcpy(text, before);
    free(before);
}

/* Cuts a name that is too long at a character, and keeps its ending. */
static void shorten(char *name)
{
    const char *dot = strrchr(name, '.');
    size_t size = strlen(name), ending = dot != NULL && strlen(dot) <= 16 ? strlen(dot) : 0;
    if (size <= LONGEST)
        return;
    size_t cut = LONGEST - ending;
    while (cut > 0 && ((unsigned char)name[cut] & 0xc0) == 0x80)
        cut--;
    memmove(name + cut, name + size - ending, ending + 1);
}

int ends_with(const char *text, const char *ending)
{
    size_t size = strlen(text), end = strlen(ending);
    return size >= end && strcmp(text + size - end, ending) == 0;
}

/* Makes a name harmless. There is room for two bytes more. */
static void clean(char *name)
{
    if (name[0] == '\0')
        strcpy(name, "_");
    for (unsigned char *at = (unsigned char *)name; *at != '\0'; at++)
        if (*at < 0x20 || *at == 0x7f || *at == '/' || *at == '\\')
            *at = '_';
    if (name[0] == '.' || name[0] == '-')
        name[0] = '_';
    shorten(name);
    if (ends_with(name, ".part") || ends_with(name, ".part.json"))
        strcat(name, "_");
}

/* Makes the name harmless, and keeps what it was if that was another. */
static int clean_wanted(struct wanted *one)
{
    one->before = strdup(one->name);
    if (one->before == NULL)
        return complain("memory");
    clean(one->name);
    if (strcmp(one->name, one->before) == 0) {
        free(one->before);
        one->before = NULL;
    }
    return EXIT_OK;
}

/* The last part of the path, or all of it with its query; not yet clean. */
static char *make_name(const char *path, int is_whole)
{
    const char *scheme = strstr(path, "://"), *query = strchr(path, '?');
    if (scheme != NULL && (query == NULL || scheme < query)) /* a whole URL. */
        path = scheme + 3 + strcspn(scheme + 3, "/?");
    size_t size = strcspn(path, "?");
    while (size > 0 && path[size - 1] == '/')
        size--;
    size_t begin = is_whole ? strspn(path, "/") : size;
    begin = begin < size ? begin : size;
    while (!is_whole && begin > 0 && path[begin - 1] != '/')
        begin--;
    char *name = malloc(strlen(path) + 8), *end = name;
    if (name == NULL)
        return NULL;
    for (size_t at = begin; at < size; at++)
        if (path[at] != '/' || path[at - 1] != '/')
            *end++ = path[at] == '/' ? '-' : path[at];
    if (is_whole && query != NULL) {
        *end++ = '-';
        end = stpcpy(end, query + 1);
    }
    *end = '\0';
    decode(name);
    if (name[0] == '\0')
        strcpy(name, "index");
    return name;
}

static const char *find_asked(const struct wanted *one)
{
    return one->asked != NULL ? one->asked : "";
}

static int is_twin(const struct wanted *one, const struct wanted *other)
{
    return strcmp(one->path, other->path) == 0 && strcmp(find_asked(one), find_asked(other)) == 0;
}

static int by_path(const void *left, const void *right)
{
    const struct wanted *const *one = left, *const *other = right;
    int order = strcmp((*one)->path, (*other)->path);
    order = order != 0 ? order : strcmp(find_asked(*one), find_asked(*other));
    return order != 0 ? order : (*one > *other) - (*one < *other);
}

static int by_name(const void *left, const void *right)
{
    const struct wanted *const *one = left, *const *other = right;
    int order = strcmp((*one)->name, (*other)->name);
    return order != 0 ? order : (*one > *other) - (*one < *other);
}

/* Those that are there more than once, for the same file, get no name, and are left out of the list. */
static size_t leave_out_twins(struct wanted *list, struct wanted **order, size_t count)
{
    size_t kept = 0;
    qsort(order, count, sizeof *order, by_path);
    for (size_t at = 0, end = 0; at < count; at = end) {
        for (end = at + 1; end < count && is_twin(order[at], order[end]); end++)
            order[end]->name = "";
        int size = (int)strcspn(order[at]->path, "?");
        if (end - at == 2)
            say("%.*s is there twice; it is fetched once", size, order[at]->path);
        else if (end - at > 2)
            say("%.*s is there %zu times; it is fetched once", size, order[at]->path, end - at);
    }
    for (size_t at = 0; at < count; at++)
        if (list[at].name == NULL)
            list[kept++] = list[at];
    return kept;
}

/* 1: two of them have one name; `first` is where the first of them is in the order. */
static int find_clash(struct wanted **order, size_t count, size_t *first)
{
    for (size_t at = *first; at + 1 < count; at++)
        if (strcmp(order[at]->name, order[at + 1]->name) == 0) {
            *first = at;
            return 1;
        }
    return 0;
}

/* Names that are not unique become whole paths. */
static int tell_apart(struct wanted **order, size_t count)
{
    size_t at = 0;
    qsort(order, count, sizeof *order, by_name);
    while (find_clash(order, count, &at)) {
        size_t end = at + 1;
        while (end < count && strcmp(order[at]->name, order[end]->name) == 0)
            end++;
        for (; at < end; at++) {
            char *name = order[at]->asked == NULL ? make_name(order[at]->path, 1) : NULL;
            if (order[at]->asked == NULL && name == NULL)
                return complain("memory");
            if (name != NULL) {
                clean(name);
                free(order[at]->before != NULL ? order[at]->name : NULL);
                order[at]->before = order[at]->before != NULL ? order[at]->before : order[at]->name;
                order[at]->name = name;
            }
        }
    }
    at = 0;
    qsort(order, count, sizeof *order, by_name);
    if (!find_clash(order, count, &at))
        return EXIT_OK;
    say("two paths would be saved as `%s`; name them in the list (PATH, tab, FILE), or fetch them one by one",
        order[at]->name);
    return EXIT_USAGE;
}

int name_files(struct wanted *list, size_t *count)
{
    struct wanted **order = calloc(*count + 1, sizeof *order);
    int code = order == NULL ? complain("memory") : EXIT_OK;
    for (size_t at = 0; at < *count && order != NULL; at++)
        order[at] = &list[at];
    if (order != NULL)
        *count = leave_out_twins(list, order, *count);
    for (size_t at = 0; at < *count && code == EXIT_OK; at++) {
        order[at] = &list[at];
        if (list[at].asked != NULL && (list[at].name = malloc(strlen(list[at].asked) + 8)) != NULL)
            strcpy(list[at].name, list[at].asked);
        else if (list[at].asked == NULL)
            list[at].name = make_name(list[at].path, 0);
        code = list[at].name == NULL ? complain("memory") : clean_wanted(&list[at]);
    }
    if (code == EXIT_OK)
        code = tell_apart(order, *count);
    free(order);
    return code;
}
