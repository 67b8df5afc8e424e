/*
 * peak.c - runs a program and writes, to the file of its first argument, how many kibibytes it had resident at most.
 *
 * A child's peak begins with that of whoever called exec in it, so that of a child of a large process says nothing.
 * This process is small. It ends with the program's exit code.
 */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int count, char **arguments)
{
    struct rusage used;
    int status;
    if (count < 3)
        return 125;
    pid_t child = fork();
    if (child == 0) {
        execv(arguments[2], arguments + 2);
        _exit(127);
    }
    if (child < 0 || wait4(child, &status, 0, &used) != child)
        return 125;
    FILE *file = fopen(arguments[1], "w");
    if (file == NULL || fprintf(file, "%ld\n", used.ru_maxrss) < 0 || fclose(file) != 0)
        return 125;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 126;
}
