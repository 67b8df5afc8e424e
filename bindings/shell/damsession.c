/*
 * damsession - the library for shell scripts: `damsession login NAME` once, then `damsession get NAME PATH` from any
 * number of scripts. This file is main.
 *
 * The wrapper decides nothing about sessions: every command is one library call whose result is printed. What commands
 * need is opened and closed here. Results go to standard output and messages to standard error, so that $(damsession
 * token NAME) never captures an error message.
 */
#include "arguments.h"
#include "commands.h"
#include "exit_code.h"
#include "parse.h"
#include "say.h"
#include "work.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

/* If one of the descriptors 0 to 2 is closed, the next file opened would get its number, and messages would end up in
   that file. */
static void fill_standard_descriptors(void)
{
    for (int fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) < 0)
            _exit(EXIT_STOPPED);
}

/* Opens what the command needs, runs it, and closes all of it, whether the command failed or not. */
static int run(const struct arguments *arguments)
{
    struct work work;
    if (is_given(arguments, FLAG_HELP))
        return run_help(arguments, NULL);
    if (is_given(arguments, FLAG_VERSION))
        return run_version(arguments, NULL);
    int code = begin_work(&work, arguments);
    if (code == EXIT_OK)
        code = arguments->command->run(arguments, &work);
    end_work(&work);
    return code;
}

int main(int argc, char **argv)
{
    struct arguments arguments;
    prctl(PR_SET_DUMPABLE, 0); /* a core dump would contain the secrets. */
    fill_standard_descriptors();
    setvbuf(stderr, NULL, _IOLBF, BUFSIZ); /* whole lines, because parallel scripts share one log. */
    int code = parse_arguments(argc, argv, &arguments);
    if (code == EXIT_OK)
        code = run(&arguments);
    free_arguments(&arguments);
    int failed = ferror(stdout);
    if ((fclose(stdout) != 0 || failed) && code == EXIT_OK) {
        say("standard output: %s", errno != 0 ? strerror(errno) : "not everything could be written");
        code = EXIT_STOPPED;
    }
    return code;
}
