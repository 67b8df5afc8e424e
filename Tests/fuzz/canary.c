/*
 * canary.c - two faults on purpose that only AddressSanitizer sees; see Canary.swift.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

void fuzz_canary(const uint8_t *bytes, size_t size);

void fuzz_canary(const uint8_t *bytes, size_t size)
{
    volatile char *block;
    if (size != 4 || (memcmp(bytes, "over", 4) != 0 && memcmp(bytes, "leak", 4) != 0))
        return;
    block = malloc(4);
    if (block == NULL)
        return;
    block[bytes[0] == 'o' ? 4 : 0] = 1;
    if (bytes[0] == 'o')
        free((void *)block);
    block = NULL;
}
