/*
 * bench.h - what every C program of the bench shares: it says "ready", reads orders, one number of requests a line, and
 * answers each with the wall time of a request in microseconds, as a mean over the order.
 *
 * What comes before the first order (a login, the first connection) is not measured. callgrind runs a program twice
 * with orders of different length, and what the longer one costs more is what its requests cost.
 */
#ifndef BENCH_H
#define BENCH_H

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static inline double bench_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static inline void bench_stop(const char *what, const char *why)
{
    fprintf(stderr, "%s: %s\n", what, why);
    exit(1);
}

/* What the environment must say. */
static inline const char *bench_text(const char *name)
{
    const char *value = getenv(name);
    if (value == NULL)
        bench_stop(name, "is not set");
    return value;
}

/* How many kibibytes were resident at most, where that is not this process's own affair. */
static long bench_peak;
/* What is to stand behind "ready". */
static long bench_said;

/* Takes orders until there are no more; `work` does so many requests. */
static inline void bench_obey(void (*work)(long count))
{
    char line[64];
    setvbuf(stdout, NULL, _IOLBF, 0);
    printf("ready %ld\n", bench_said);
    while (fgets(line, sizeof line, stdin) != NULL) {
        long count = strtol(line, NULL, 10);
        if (count < 1)
            bench_stop(line, "is no number of requests");
        double began = bench_now();
        work(count);
        printf("%.3f %ld\n", (bench_now() - began) / (double)count, bench_peak);
    }
}

#endif
