/*
 * spawn.c - runs a program again and again: orders as in bench.h, where a request is a whole run. It says besides how
 * many kibibytes a run had resident at most.
 *
 *   spawn PROGRAM WORDS...
 *
 * Its standard output goes nowhere. This process is small, so that a run begins with little.
 */
#include "bench.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>

extern char **environ;

static char **command;

static void run(long count)
{
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
    bench_peak = 0;
    while (count-- > 0) {
        struct rusage used;
        pid_t child;
        int status;
        if (posix_spawn(&child, command[0], &files, NULL, command, environ) != 0)
            bench_stop(command[0], "cannot be run");
        if (wait4(child, &status, 0, &used) != child || status != 0)
            bench_stop(command[0], "failed");
        if (used.ru_maxrss > bench_peak)
            bench_peak = used.ru_maxrss;
    }
    posix_spawn_file_actions_destroy(&files);
}

int main(int count, char **words)
{
    if (count < 2)
        return 2;
    command = words + 1;
    run(1);
    bench_obey(run);
    return 0;
}
