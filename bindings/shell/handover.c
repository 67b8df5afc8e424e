/*
 * handover.c - the command `consent`: gives what a person has consented to here to another machine, and takes it there.
 *
 * The line that goes from one to the other is sealed by a pass-phrase, which a person types at both ends, or a program
 * gives by a descriptor. The session is at one of the two machines at a time.
 */
#include "arguments.h"
#include "commands.h"
#include "exit_code.h"
#include "files.h"
#include "say.h"
#include "terminal.h"
#include "usage.h"
#include "work.h"

#include <damsession.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The pass-phrase. -1: there is none, and why was printed. */
static ssize_t ask_phrase(const struct arguments *arguments, int is_new, char phrase[SECRET_CAPACITY])
{
    char again[SECRET_CAPACITY];
    if (arguments->passphrase_fd >= 0)
        return read_secret_line(arguments->passphrase_fd, phrase, "--passphrase-fd");
    ssize_t size = ask_terminal("Pass-phrase, of 8 characters or more: ", 0, phrase);
    if (size < 0)
        say("there is nobody to ask for the pass-phrase; give --passphrase-fd N");
    if (size <= 0 || !is_new)
        return size > 0 ? size : -1;
    int is_same = ask_terminal("The same once more: ", 0, again) == size && strcmp(phrase, again) == 0;
    explicit_bzero(again, sizeof again);
    if (!is_same)
        say("the two pass-phrases differ; nothing has changed");
    return is_same ? size : -1;
}

/* A file that its owner alone reads, and that is on disk before the session is forgotten. Nothing is overwritten. */
static int32_t take_line(void *user_data, const char *line)
{
    const char *path = *(const char **)user_data;
    if (path == NULL)
        return write_line(line);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
    if (fd < 0)
        return complain(path);
    int code = write_bytes(fd, line, strlen(line), path);
    if (code == EXIT_OK)
        code = write_bytes(fd, "\n", 1, path);
    if (code == EXIT_OK && fsync(fd) != 0)
        code = complain(path);
    close(fd);
    return code;
}

static int give(struct work *work, const struct arguments *arguments, const char *path)
{
    char phrase[SECRET_CAPACITY];
    dam_error error;
    if (ask_phrase(arguments, 1, phrase) < 0)
        return EXIT_STOPPED;
    dam_status status = dam_consent_export(work->session, phrase, take_line, &path, &error);
    explicit_bzero(phrase, sizeof phrase);
    if (status == DAM_OK && isatty(STDERR_FILENO))
        say("handed over, and forgotten here; at the other machine: damsession consent import %s FILE, once",
            arguments->words[0]);
    if (status == DAM_ERR_CALLBACK) /* why was printed. */
        say("nothing was handed over; the session stays here");
    return status == DAM_OK ? EXIT_OK : status == DAM_ERR_CALLBACK ? EXIT_STOPPED : report(&error);
}

static int take(struct work *work, const struct arguments *arguments, const char *path)
{
    char phrase[SECRET_CAPACITY];
    void *line = NULL;
    size_t size = 0;
    dam_error error;
    int code = read_file(path != NULL ? path : "-", &line, &size);
    if (code == EXIT_OK && ask_phrase(arguments, 0, phrase) < 0)
        code = EXIT_STOPPED;
    if (code == EXIT_OK) {
        code = dam_consent_import(work->session, line, phrase, &error) == DAM_OK ? EXIT_OK : report(&error);
        explicit_bzero(phrase, sizeof phrase);
        if (code == EXIT_OK && isatty(STDERR_FILENO))
            say("taken over; what it came with is of no more use: remove it");
    }
    if (line != NULL)
        explicit_bzero(line, size);
    free(line);
    return code;
}

int run_consent(const struct arguments *arguments, struct work *work)
{
    const char *action = arguments->words[0], *path = arguments->word_count > 2 ? arguments->words[2] : NULL;
    int is_export = strcmp(action, "export") == 0;
    if (!is_export && strcmp(action, "import") != 0)
        return refuse_words(arguments);
    struct arguments rest = *arguments; /* the name is the first word, as everywhere. */
    rest.words++;
    rest.word_count--;
    int code = open_session(work, &rest);
    if (code == EXIT_OK)
        code = is_export ? give(work, &rest, path) : take(work, &rest, path);
    return code;
}
