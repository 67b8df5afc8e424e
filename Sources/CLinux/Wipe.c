/*
 * Wipe.c - wipes the memory that this library frees. Passwords, tokens and cookies pass through texts, arrays and
 * buffers of Swift's run time, and nobody could wipe each of them by hand.
 *
 * The shipped library is linked with --wrap=free and --wrap=realloc (see the Makefile), so that whatever in it frees
 * memory comes here, the static run time of Swift included. Debug builds are linked without. Large blocks are not
 * wiped: they are bodies, which are the application's own, and wiping them would cost time.
 */
#define _GNU_SOURCE
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 128 * 1024 };

/* The linker's names for the real functions; NULL where it was not told to wrap them. */
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
        __asm__ volatile("" : : "r"(block) : "memory"); /* else memset is left out: nobody reads the block again. */
    }
    __real_free(block);
}

/* A block that has to be wiped always moves, so that __wrap_free gets its old place. */
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
