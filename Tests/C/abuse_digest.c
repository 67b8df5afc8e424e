/*
 * abuse_digest.c - SHA-256 (FIPS 180-4), for records of a version to come: their checksum must be right to be looked
 * at. It takes 64 KiB at most.
 */
#include "abuse.h"

#include <math.h>
#include <stdio.h>

static uint32_t turn(uint32_t x, int by)
{
    return x >> by | x << (32 - by);
}

/* The first 32 bits of the fraction of a root of the n-th prime: what the standard takes its constants from. */
static uint32_t constant(int nth, int is_cube)
{
    int prime = 1;
    for (int found = -1; found < nth;) {
        int divisor = 2;
        for (prime++; prime % divisor != 0; divisor++)
            continue;
        found += divisor == prime;
    }
    long double root = is_cube ? cbrtl(prime) : sqrtl(prime);
    return (uint32_t)((root - floorl(root)) * 4294967296.0L);
}

static void block(uint32_t state[8], const unsigned char *bytes)
{
    uint32_t w[64], v[8];
    memcpy(v, state, sizeof v);
    for (int t = 0; t < 64; t++) {
        if (t < 16)
            w[t] = (uint32_t)bytes[4 * t] << 24 | (uint32_t)bytes[4 * t + 1] << 16 | (uint32_t)bytes[4 * t + 2] << 8 |
                   bytes[4 * t + 3];
        else
            w[t] = (turn(w[t - 2], 17) ^ turn(w[t - 2], 19) ^ w[t - 2] >> 10) + w[t - 7] +
                   (turn(w[t - 15], 7) ^ turn(w[t - 15], 18) ^ w[t - 15] >> 3) + w[t - 16];
        uint32_t one = v[7] + (turn(v[4], 6) ^ turn(v[4], 11) ^ turn(v[4], 25)) + ((v[4] & v[5]) ^ (~v[4] & v[6])) +
                       constant(t, 1) + w[t];
        uint32_t two =
            (turn(v[0], 2) ^ turn(v[0], 13) ^ turn(v[0], 22)) + ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
        memmove(v + 1, v, 7 * sizeof v[0]);
        v[4] += one;
        v[0] = one + two;
    }
    for (int at = 0; at < 8; at++)
        state[at] += v[at];
}

void sha256(char hex[65], const void *data, size_t size)
{
    static unsigned char padded[(1 << 16) + 128];
    uint32_t state[8];
    size_t whole = (size + 9 + 63) / 64 * 64;
    CHECK(size <= 1 << 16, "a digest of %zu bytes", size);
    memset(padded, 0, sizeof padded);
    memcpy(padded, data, size);
    padded[size] = 0x80;
    for (int at = 0; at < 4; at++)
        padded[whole - 1 - (size_t)at] = (unsigned char)(size * 8 >> 8 * at);
    for (int at = 0; at < 8; at++)
        state[at] = constant(at, 0);
    for (size_t at = 0; at < whole; at += 64)
        block(state, padded + at);
    for (int at = 0; at < 8; at++)
        snprintf(hex + 8 * at, 9, "%08x", (unsigned)state[at]);
}
