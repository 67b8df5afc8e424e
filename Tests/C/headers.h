/*
 * headers.h - lists of headers from text and back, for tests that say what a server sent in the words of the wire.
 */
#ifndef HEADERS_H
#define HEADERS_H

#include <damsession.h>

#include <stdio.h>
#include <string.h>

/* Splits "Name: value" lines, parted by LF or CRLF, in place; what is no header is left out. How many there are. */
static inline size_t headers_split(char *lines, dam_header *list, size_t most)
{
    size_t count = 0;
    for (char *line = lines, *next; line != NULL && count < most; line = next) {
        if ((next = strchr(line, '\n')) != NULL)
            *next++ = '\0';
        char *colon = strchr(line, ':'), *value = colon == NULL ? NULL : colon + 1 + strspn(colon + 1, " \t");
        if (colon == NULL || colon == line)
            continue;
        size_t size = strcspn(value, "\r");
        while (size > 0 && strchr(" \t", value[size - 1]) != NULL)
            size--;
        *colon = value[size] = '\0';
        list[count++] = (dam_header){.name = line, .value = value};
    }
    return count;
}

/* "Name: value\r\n" for each, cut where the room ends. */
static inline char *headers_join(const dam_header *list, size_t count, char *room, size_t size)
{
    size_t used = 0;
    room[0] = '\0';
    for (size_t at = 0; at < count && used < size; at++)
        used += (size_t)snprintf(room + used, size - used, "%s: %s\r\n", list[at].name, list[at].value);
    return room;
}

#endif
