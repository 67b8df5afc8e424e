/*
 * examine.c - looks at folders for `doctor`: whose the files are, who else may write or read them, and whether locks
 * work there. Nothing is mended: whoever opened a folder to others should know of it first.
 */
#include "examine.h"

#include "exit_code.h"
#include "findings.h"
#include "names.h"
#include "say.h"

#include <damsession.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What is wrong with a file or folder, and what to do; NULL: nothing. */
static const char *object(const struct stat *found, int is_folder, mode_t closed)
{
    if (is_folder ? !S_ISDIR(found->st_mode) : !S_ISREG(found->st_mode))
        return "is no regular file or folder; look at it, and remove it";
    if (found->st_uid != geteuid())
        return "belongs to another user; look at it, and remove it";
    if (found->st_mode & closed)
        return is_folder ? "is open to others; chmod 700 it if they cannot have changed it, else remove it"
                         : "is open to others; chmod 600 it if they cannot have changed it, else remove it";
    if (!is_folder && found->st_nlink > 1)
        return "has a second name; look at it, and remove it";
    return NULL;
}

struct counts {
    int files, open; /* `open`: to others, without harm. */
};

static int find_objections(struct findings *findings, const struct examined *examined, DIR *directory,
                           struct counts *counts)
{
    const char *check = examined->check, *folder = examined->folder;
    int bad = 0;
    struct stat found;
    const char *objection = fstat(dirfd(directory), &found) == 0 ? object(&found, 1, 022) : strerror(errno);
    if (objection != NULL)
        find(findings, check, DAM_ERR_STORE, "%s (mode %o) %s", folder, found.st_mode & 07777U, objection);
    bad += objection != NULL;
    for (const struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        const char *name = entry->d_name;
        if (name[0] == '.' || fstatat(dirfd(directory), name, &found, AT_SYMLINK_NOFOLLOW) != 0)
            continue;
        counts->files++;
        objection = ends_with(name, ".damaged") ? "was damaged and set aside; remove it when you know why"
                                                : object(&found, 0, examined->find_closed(name));
        counts->open += (found.st_mode & 077) != 0;
        if (objection != NULL)
            find(findings, check, DAM_ERR_STORE, "%s/%s (mode %o) %s", folder, name, found.st_mode & 07777U, objection);
        bad += objection != NULL;
    }
    return bad;
}

/* Whether a folder that is not there yet can be made: by the nearest of those above it that is. */
static void examine_missing(struct findings *findings, const struct examined *examined)
{
    char above[PATH_MAX];
    snprintf(above, sizeof above, "%s", examined->folder);
    for (char *slash = strrchr(above, '/'); slash != NULL && access(above, F_OK) != 0; slash = strrchr(above, '/'))
        slash[slash == above] = '\0';
    if (access(above, W_OK | X_OK) == 0)
        find(findings, examined->check, EXIT_OK, "%s: not there yet", examined->folder);
    else
        find(findings, examined->check, DAM_ERR_STORE, "%s cannot be made: %s is not writable for this user",
             examined->folder, above);
}

int examine_files(struct findings *findings, const struct examined *examined)
{
    const char *folder = examined->folder;
    DIR *directory = opendir(folder);
    int error = errno, bad = 0;
    struct counts counts = {0};
    if (directory != NULL)
        bad = find_objections(findings, examined, directory, &counts);
    if (bad == 0 && examined->refused != NULL)
        find(findings, examined->check, find_exit_code(examined->refused->status), "%s", examined->refused->message);
    else if (directory == NULL && error == ENOENT)
        examine_missing(findings, examined);
    else if (directory == NULL)
        find(findings, examined->check, DAM_ERR_STORE, "%s: %s", folder, strerror(error));
    else if (bad == 0)
        find(findings, examined->check, EXIT_OK,
             counts.open > 0 ? "%s: %d file%s of this user; others can read %d, which hold%s no secret"
                             : "%s: %d file%s, all of this user alone",
             folder, counts.files, counts.files == 1 ? "" : "s", counts.open, counts.open == 1 ? "s" : "");
    if (directory != NULL)
        closedir(directory);
    return directory != NULL;
}

/* ---- locks ---- */

static int lock(int fd, int command, struct flock *range)
{
    *range = (struct flock){.l_type = F_WRLCK, .l_whence = SEEK_SET};
    return fcntl(fd, command, range);
}

/* The processes, but for this one, that have the file open: "12 34". A lock of this kind has no owner that the kernel
   would name. */
static void list_openers(const struct stat *file, char *text, size_t capacity)
{
    DIR *processes = opendir("/proc");
    text[0] = '\0';
    for (const struct dirent *entry; processes != NULL && (entry = readdir(processes)) != NULL;) {
        char path[PATH_MAX];
        long pid = strtol(entry->d_name, NULL, 10);
        snprintf(path, sizeof path, "/proc/%ld/fd", pid);
        DIR *files = pid > 0 && pid != getpid() ? opendir(path) : NULL;
        for (const struct dirent *each; files != NULL && (each = readdir(files)) != NULL;) {
            struct stat found;
            if (fstatat(dirfd(files), each->d_name, &found, 0) == 0 && found.st_dev == file->st_dev &&
                found.st_ino == file->st_ino) {
                snprintf(text + strlen(text), capacity - strlen(text), " %ld", pid);
                break;
            }
        }
        if (files != NULL)
            closedir(files);
    }
    if (processes != NULL)
        closedir(processes);
}

static void find_holders(struct findings *findings, const char *folder)
{
    DIR *directory = opendir(folder);
    for (const struct dirent *entry; directory != NULL && (entry = readdir(directory)) != NULL;) {
        char path[PATH_MAX], openers[256];
        struct flock range;
        struct stat file;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        int fd = ends_with(path, ".lock") ? open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW) : -1;
        if (fd >= 0 && fstat(fd, &file) == 0 && lock(fd, F_OFD_GETLK, &range) == 0 && range.l_type != F_UNLCK) {
            list_openers(&file, openers, sizeof openers);
            find(findings, "locks", EXIT_OK, "%s is held; processes that have it open:%s", path,
                 openers[0] != '\0' ? openers : " none that this user may see");
        }
        if (fd >= 0)
            close(fd);
    }
    if (directory != NULL)
        closedir(directory);
}

/* A lock must keep another descriptor out, which some network file systems do not do. */
void examine_locks(struct findings *findings, const char *folder)
{
    char path[PATH_MAX];
    struct flock range;
    snprintf(path, sizeof path, "%s/.doctor-XXXXXX", folder);
    int one = mkostemp(path, O_CLOEXEC), other = one >= 0 ? open(path, O_RDWR | O_CLOEXEC) : -1;
    if (other < 0)
        find(findings, "locks", DAM_ERR_STORE, "%s: no file can be made there: %s", folder, strerror(errno));
    else if (lock(one, F_OFD_SETLK, &range) != 0)
        find(findings, "locks", DAM_ERR_STORE, "%s: no locks: %s; use a local file system (--store DIR)", folder,
             strerror(errno));
    else if (lock(other, F_OFD_SETLK, &range) == 0)
        find(findings, "locks", DAM_ERR_STORE, "%s: locks keep nobody out; use a local file system (--store DIR)",
             folder);
    else
        find(findings, "locks", EXIT_OK, "%s: locks work", folder);
    if (one >= 0)
        unlink(path);
    close(one);
    close(other);
    find_holders(findings, folder);
}
