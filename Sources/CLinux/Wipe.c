/*
 * Wipe.c - nothing that this library frees keeps its contents: passwords, tokens and cookies pass through texts, arrays
 * and buffers of the language's run time, and nobody could wipe each of them by hand.
 *
 * The shipped library is linked with --wrap=free and --wrap=realloc (see the Makefile), so that whatever in it frees
 * memory comes here, the static run time of Swift included. Debug builds are not, and sanitizers see every byte. It
 * refuses to wipe large blocks: those are bodies, which are the host's own, and would cost time.
 */
#define _GNU_SOURCE
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 128 * 1024 };

/* The linker's names for what it has put us before; absent where it was not told to. */
extern void __real_free(void *block) __attribute__((weak));
extern void *__real_realloc(void *block, size_t size) __attribute__((weak));
void __wrap_free(void *block);
void *__wrap_realloc(void *block, size_t size);

void __wrap_free(void *block)
{
    if (block == NULL) {
        return;
    }
    size_t size = malloc_usable_size(block);
    if (size <= MOST) {
        memset(block, 0, size);
        __asm__ volatile("" : : "r"(block) : "memory"); /* nobody reads it any more, and it is written all the same. */
    }
    __real_free(block);
}

/* A block that moves leaves its old place through the door above. */
void *__wrap_realloc(void *block, size_t size)
{
    size_t old = block == NULL ? 0 : malloc_usable_size(block);
    if (old == 0 || old > MOST) {
        return __real_realloc(block, size);
    }
    if (size == 0) {
        __wrap_free(block);
        return NULL;
    }
    void *fresh = malloc(size);
    if (fresh != NULL) {
        memcpy(fresh, block, old < size ? old : size);
        __wrap_free(block);
    }
    return fresh;
}
