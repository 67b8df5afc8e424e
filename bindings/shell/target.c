/*
 * target.c - the target of -o. The library writes a regular file, as FILE.part until it is whole.
 *
 * A pipe or a device must not be replaced, as the library would do, so it is opened and written directly. A symbolic
 * link stays one.
 */
#include "target.h"

#include "arguments.h"
#include "exit_code.h"
#include "say.h"
#include "transfer.h"

#include <damsession.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int open_stream(const char *path, struct transfer *transfer)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return complain(path);
    transfer->sink = fd;
    transfer->sink_place = path;
    return EXIT_OK;
}

/* Before anything is sent: what is fetched could not be kept. */
static int check_folder(const char *path)
{
    char *folder = strdup(path), *slash = folder != NULL ? strrchr(folder, '/') : NULL;
    struct stat found;
    if (folder == NULL)
        return complain("memory");
    if (slash != NULL)
        slash[slash == folder] = '\0';
    const char *name = slash != NULL ? folder : ".";
    int is_there = stat(name, &found) == 0;
    if (!is_there && errno == ENOENT)
        say("%s: there is no such folder; make it first (mkdir -p)", name);
    else if (!is_there || access(name, W_OK | X_OK) != 0)
        say("%s: %s", name, strerror(errno));
    else if (!S_ISDIR(found.st_mode))
        say("%s is no folder", name);
    else
        name = NULL;
    free(folder);
    return name == NULL ? EXIT_OK : EXIT_STOPPED;
}

int open_target(const struct arguments *arguments, struct transfer *transfer)
{
    const char *path = arguments->output;
    struct stat found;
    int is_file = 0, exists = 0;
    if (path != NULL && strcmp(path, "-") != 0) {
        exists = stat(path, &found) == 0;
        is_file = !exists || S_ISREG(found.st_mode);
    }
    if (!is_file && (is_given(arguments, FLAG_CONTINUE) || is_given(arguments, FLAG_KEEP))) {
        say("--continue and --keep need a file of -o");
        return EXIT_USAGE;
    }
    if (is_file) {
        transfer->file = exists ? realpath(path, NULL) : strdup(path);
        return transfer->file != NULL ? check_folder(transfer->file) : complain(path);
    }
    return exists ? open_stream(path, transfer) : EXIT_OK;
}

int close_target(struct transfer *transfer)
{
    free(transfer->file);
    return transfer->sink > STDERR_FILENO && close(transfer->sink) != 0 ? complain(transfer->sink_place) : EXIT_OK;
}

dam_status download(const struct arguments *arguments, struct transfer *transfer, dam_session *session,
                    const dam_request *request, dam_response **out, dam_error *error)
{
    uint32_t flags = (is_given(arguments, FLAG_CONTINUE) ? DAM_DOWNLOAD_CONTINUE : 0U) |
                     (is_given(arguments, FLAG_KEEP) ? DAM_DOWNLOAD_KEEP : 0U);
    return dam_session_download(session, request, transfer->file, flags, out, error);
}
