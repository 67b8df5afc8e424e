/*
 * paths.c - the paths of a command line and of its --list: one a line, and after a tab the name of its file.
 */
#include "paths.h"

#include "arguments.h"
#include "exit_code.h"
#include "files.h"
#include "say.h"

#include <stdlib.h>
#include <string.h>

/* Empty lines, and those that begin with "#", which no path does, are left out. */
static void split_lines(struct paths *out)
{
    char *rest = NULL;
    for (char *line = strtok_r(out->text, "\r\n", &rest); line != NULL; line = strtok_r(NULL, "\r\n", &rest)) {
        line += strspn(line, " \t");
        if (line[0] == '\0' || line[0] == '#')
            continue;
        struct wanted *one = &out->list[out->count++];
        char *tab = strchr(line, '\t'), *end = tab != NULL ? tab : line + strlen(line);
        while (end > line && end[-1] == ' ')
            end--;
        *end = '\0';
        one->path = line;
        one->asked = tab != NULL && tab[1] != '\0' ? tab + 1 : NULL;
    }
}

int explain_path(const char *path)
{
    const unsigned char *at = (const unsigned char *)path;
    while (*at > ' ' && *at < 0x7f && *at != '#' && *at != '\\')
        at++;
    if (*at == '\0')
        return 0;
    say("write it percent-encoded, a blank as %%20; what --query 'NAME=VALUE' adds to a path is encoded for you");
    return 1;
}

int read_paths(const struct arguments *arguments, struct paths *out)
{
    size_t size = 0, words = (size_t)arguments->word_count - 1;
    void *bytes = NULL;
    *out = (struct paths){0};
    int code = arguments->list != NULL ? read_file(arguments->list, &bytes, &size) : EXIT_OK;
    out->text = bytes;
    if (code == EXIT_OK && bytes != NULL && strlen(bytes) != size) {
        say("%s: there is a NUL byte in the list", arguments->list);
        code = EXIT_USAGE;
    }
    if (code == EXIT_OK && (out->list = calloc(words + size / 2 + 1, sizeof *out->list)) == NULL)
        code = complain("memory");
    if (code != EXIT_OK)
        return code;
    for (size_t at = 0; at < words; at++)
        out->list[out->count++].path = arguments->words[1 + at];
    if (out->text != NULL)
        split_lines(out);
    return name_files(out->list, &out->count);
}

void free_paths(struct paths *paths)
{
    for (size_t at = 0; at < paths->count; at++) {
        free(paths->list[at].name);
        free(paths->list[at].before);
    }
    free(paths->list);
    free(paths->text);
}
