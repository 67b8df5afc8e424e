/*
 * shim.c - put before the C library (LD_PRELOAD): a file system with faults that no test machine has at hand.
 *
 *   SHIM_NO_LOCKS=1        file locks answer ENOLCK, as on some network mounts
 *   SHIM_NO_EXCHANGE=1     files cannot be exchanged, as on some network mounts
 *   SHIM_NO_WATCHES=1      the user has all the instances of inotify that there are
 *   SHIM_PAUSE_RENAME=END  a rename to a name that ends so first makes FILE.reached and then waits for FILE.go
 *   SHIM_FILE=FILE         see above
 *   SHIM_COARSE=MS         every record has the same inode, and times that stand still for so many milliseconds
 *
 * A pause happens once in a process.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static atomic_int has_paused;

static void pause_once(void)
{
    char path[4096];
    const char *file = getenv("SHIM_FILE");
    if (file == NULL || atomic_exchange(&has_paused, 1))
        return;
    snprintf(path, sizeof path, "%s.reached", file);
    close(open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    snprintf(path, sizeof path, "%s.go", file);
    while (access(path, F_OK) != 0)
        usleep(1000);
}

static int ends_with(const char *text, const char *end)
{
    size_t size = strlen(text), tail = strlen(end);
    return size >= tail && strcmp(text + size - tail, end) == 0;
}

int rename(const char *from, const char *to)
{
    static int (*real)(const char *, const char *);
    const char *end = getenv("SHIM_PAUSE_RENAME");
    if (real == NULL)
        *(void **)&real = dlsym(RTLD_NEXT, "rename");
    if (end != NULL && ends_with(to, end))
        pause_once();
    return real(from, to);
}

int renameat2(int from_folder, const char *from, int to_folder, const char *to, unsigned flags)
{
    static int (*real)(int, const char *, int, const char *, unsigned);
    if (real == NULL)
        *(void **)&real = dlsym(RTLD_NEXT, "renameat2");
    if (flags != 0 && getenv("SHIM_NO_EXCHANGE") != NULL) {
        errno = EINVAL;
        return -1;
    }
    return real(from_folder, from, to_folder, to, flags);
}

int inotify_init1(int flags)
{
    static int (*real)(int);
    if (real == NULL)
        *(void **)&real = dlsym(RTLD_NEXT, "inotify_init1");
    if (getenv("SHIM_NO_WATCHES") != NULL) {
        errno = EMFILE;
        return -1;
    }
    return real(flags);
}

static int lock_or(int (*real)(int, int, ...), int descriptor, int command, void *argument)
{
    int is_lock = command == F_OFD_SETLK || command == F_OFD_SETLKW || command == F_SETLK || command == F_SETLKW;
    if (is_lock && getenv("SHIM_NO_LOCKS") != NULL) {
        errno = ENOLCK;
        return -1;
    }
    return real(descriptor, command, argument);
}

#define FCNTL(name)                                          \
    int name(int descriptor, int command, ...)               \
    {                                                        \
        static int (*real)(int, int, ...);                   \
        va_list list;                                        \
        va_start(list, command);                             \
        void *argument = va_arg(list, void *);               \
        va_end(list);                                        \
        if (real == NULL)                                    \
            *(void **)&real = dlsym(RTLD_NEXT, #name);       \
        return lock_or(real, descriptor, command, argument); \
    }

FCNTL(fcntl)
FCNTL(fcntl64)

static void coarsen(struct stat *status)
{
    const char *text = getenv("SHIM_COARSE");
    long step = text == NULL ? 0 : atol(text);
    if (step <= 0)
        return;
    status->st_ino = 4711;
    struct timespec *const times[] = {&status->st_mtim, &status->st_ctim, &status->st_atim};
    for (int at = 0; at < 3; at++) {
        long long past = times[at]->tv_sec * 1000LL + times[at]->tv_nsec / 1000000;
        past -= past % step;
        times[at]->tv_sec = past / 1000;
        times[at]->tv_nsec = past % 1000 * 1000000;
    }
}

static int is_record(int descriptor)
{
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t size = readlink(link, path, sizeof path - 1);
    path[size < 0 ? 0 : size] = '\0';
    return ends_with(path, ".record") || ends_with(path, ".tmp");
}

#define STAT(name)                                       \
    int name(const char *path, struct stat *status)      \
    {                                                    \
        static int (*real)(const char *, struct stat *); \
        if (real == NULL)                                \
            *(void **)&real = dlsym(RTLD_NEXT, #name);   \
        int result = real(path, status);                 \
        if (result == 0 && ends_with(path, ".record"))   \
            coarsen(status);                             \
        return result;                                   \
    }

STAT(stat)
STAT(lstat)

int fstat(int descriptor, struct stat *status)
{
    static int (*real)(int, struct stat *);
    if (real == NULL)
        *(void **)&real = dlsym(RTLD_NEXT, "fstat");
    int result = real(descriptor, status);
    if (result == 0 && is_record(descriptor))
        coarsen(status);
    return result;
}
