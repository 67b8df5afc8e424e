/*
 * smoke_files.c - the file of a download and what lies beside it, as the tests look at them.
 * The sandbox's files repeat after a prime number of bytes, so that going on at a wrong place shows.
 */
#include "smoke.h"

#include <stdio.h>

enum { BLOCK = 65521 };

char path[PATH_ROOM];

long size_of(const char *suffix)
{
    char name[PATH_ROOM + 32];
    snprintf(name, sizeof name, "%s%s", path, suffix);
    FILE *file = fopen(name, "r");
    if (file == NULL)
        return -1;
    fseek(file, 0, SEEK_END);
    long size = ftell(file);
    fclose(file);
    return size;
}

void put(const char *suffix, const char *text)
{
    char name[PATH_ROOM + 32];
    snprintf(name, sizeof name, "%s%s", path, suffix);
    FILE *file = fopen(name, "w");
    CHECK(file != NULL && fputs(text, file) >= 0 && fclose(file) == 0, "a file%s for the test", suffix);
}

int is_whole(long size)
{
    unsigned char block[BLOCK];
    FILE *file = fopen(path, "r");
    long at = 0;
    for (int byte; file != NULL && (byte = getc(file)) != EOF; at++) {
        if (at >= BLOCK && block[at % BLOCK] != byte)
            break;
        block[at % BLOCK] = (unsigned char)byte;
    }
    if (file != NULL)
        fclose(file);
    return at == size && size_of("") == size && size_of(".part") < 0 && size_of(".part.json") < 0;
}
