/*
 * damsession - the library for shell scripts: `damsession login NAME` once, then `damsession get NAME PATH` from any
 * number of scripts. This file is main.
 *
 * Nothing about sessions is decided here: every command is one library call with something printed afterwards. What a
 * command needs for it is opened before it, and ended after it, in one place. Results go to standard output, words to
 * standard error, so that $(damsession token NAME) never captures a complaint.
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

/* A descriptor 0 to 2 that the caller closed would be given to the next file opened, and words would end up in it. */
static void fill_standard_descriptors(void)
{
    for (int fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) < 0)
            _exit(EXIT_STOPPED);
}

/* What every command repeats: opens what it needs, and ends it, whatever became of the command. */
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
    prctl(PR_SET_DUMPABLE, 0); /* a core dump would hold the secrets. */
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
