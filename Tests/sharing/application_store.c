/*
 * application_store.c - an example of a store that the application provides: records in the memory of one process.
 *
 * It keeps every promise of dam_store: a save replaces exactly the revision it expects, a lock is bounded and wakes its
 * waiters, and nothing is called back while the table is held. One mutex guards the table, one condition variable tells
 * of every unlock. It does not outlive the process; a database would differ in `find` and `save` alone.
 */
#include "application_store.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct row {
    struct row *next;
    char key[65];
    int is_locked;
    uint64_t revision; /* 0: there is no record, only a lock */
    size_t size;
    void *data;
};

struct shelf {
    dam_store table;
    pthread_mutex_t mutex;
    pthread_cond_t unlocked;
    struct row *first;
};

/* The row of a key; made if `make`. With the mutex held. Rows are never freed: a waiter may sleep on one. */
static struct row *find(struct shelf *shelf, const char *key, int make)
{
    for (struct row *row = shelf->first; row != NULL; row = row->next)
        if (strcmp(row->key, key) == 0)
            return row;
    if (!make || strlen(key) >= sizeof shelf->first->key)
        return NULL;
    struct row *row = calloc(1, sizeof *row);
    if (row != NULL) {
        strcpy(row->key, key);
        row->next = shelf->first;
        shelf->first = row;
    }
    return row;
}

static int32_t load(void *user_data, const char *key, uint64_t known, dam_record *record)
{
    struct shelf *shelf = user_data;
    int32_t result = DAM_STORE_ABSENT;
    pthread_mutex_lock(&shelf->mutex);
    const struct row *row = find(shelf, key, 0);
    if (row != NULL && row->revision != 0) {
        if (row->revision == known)
            result = DAM_STORE_UNCHANGED;
        else
            result = dam_record_fill(record, row->data, row->size, NULL) == DAM_OK ? DAM_STORE_OK : DAM_STORE_FAILED;
    }
    pthread_mutex_unlock(&shelf->mutex);
    return result;
}

static void wipe(struct row *row)
{
    if (row->data != NULL)
        explicit_bzero(row->data, row->size);
    free(row->data);
    row->data = NULL;
    row->size = row->revision = 0;
}

static int32_t save(void *user_data, const char *key, const void *data, size_t size, uint64_t revision,
                    uint64_t expected)
{
    struct shelf *shelf = user_data;
    int32_t result = DAM_STORE_FAILED;
    void *copy = malloc(size > 0 ? size : 1);
    if (copy == NULL)
        return DAM_STORE_FAILED;
    memcpy(copy, data, size);
    pthread_mutex_lock(&shelf->mutex);
    struct row *row = find(shelf, key, 1);
    if (row != NULL && row->revision != expected) {
        result = DAM_STORE_CONFLICT;
    } else if (row != NULL) {
        wipe(row);
        row->data = copy;
        row->size = size;
        row->revision = revision;
        copy = NULL;
        result = DAM_STORE_OK;
    }
    pthread_mutex_unlock(&shelf->mutex);
    free(copy);
    return result;
}

static int32_t lock(void *user_data, const char *key, uint32_t wait_ms, void **lock_out)
{
    struct shelf *shelf = user_data;
    struct timespec deadline;
    int late = 0;
    clock_gettime(CLOCK_MONOTONIC, &deadline);
    deadline.tv_sec += wait_ms / 1000;
    deadline.tv_nsec += (long)(wait_ms % 1000) * 1000000;
    if (deadline.tv_nsec >= 1000000000) {
        deadline.tv_sec++;
        deadline.tv_nsec -= 1000000000;
    }
    pthread_mutex_lock(&shelf->mutex);
    struct row *row = find(shelf, key, 1);
    while (row != NULL && row->is_locked && !late)
        late = pthread_cond_timedwait(&shelf->unlocked, &shelf->mutex, &deadline) != 0;
    int32_t result = row == NULL ? DAM_STORE_FAILED : row->is_locked ? DAM_STORE_BUSY : DAM_STORE_OK;
    if (result == DAM_STORE_OK) {
        row->is_locked = 1;
        *lock_out = row;
    }
    pthread_mutex_unlock(&shelf->mutex);
    return result;
}

static void unlock(void *user_data, const char *key, void *held)
{
    struct shelf *shelf = user_data;
    struct row *row = held;
    (void)key;
    pthread_mutex_lock(&shelf->mutex);
    row->is_locked = 0;
    pthread_cond_broadcast(&shelf->unlocked);
    pthread_mutex_unlock(&shelf->mutex);
}

/* Rows stay where they are, so the walk needs the mutex for each step only, and not while the callback runs. */
static int32_t list(void *user_data, dam_name_callback callback, void *callback_data)
{
    struct shelf *shelf = user_data;
    int stop = 0;
    pthread_mutex_lock(&shelf->mutex);
    for (struct row *row = shelf->first; row != NULL && !stop; row = row->next) {
        int is_there = row->revision != 0;
        pthread_mutex_unlock(&shelf->mutex);
        stop = is_there && callback(callback_data, row->key) != 0;
        pthread_mutex_lock(&shelf->mutex);
    }
    pthread_mutex_unlock(&shelf->mutex);
    return DAM_STORE_OK;
}

static int32_t forget(void *user_data, const char *key)
{
    struct shelf *shelf = user_data;
    int32_t result = DAM_STORE_ABSENT;
    pthread_mutex_lock(&shelf->mutex);
    struct row *row = find(shelf, key, 0);
    if (row != NULL && row->revision != 0) {
        wipe(row);
        result = DAM_STORE_OK;
    }
    pthread_mutex_unlock(&shelf->mutex);
    return result;
}

const dam_store *application_store_new(void)
{
    struct shelf *shelf = calloc(1, sizeof *shelf);
    pthread_condattr_t monotonic;
    if (shelf == NULL)
        return NULL;
    pthread_mutex_init(&shelf->mutex, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&shelf->unlocked, &monotonic);
    pthread_condattr_destroy(&monotonic);
    shelf->table = (dam_store){
        .size = sizeof shelf->table,
        .user_data = shelf,
        .load = load,
        .save = save,
        .lock = lock,
        .unlock = unlock,
        .list = list,
        .remove = forget,
    };
    return &shelf->table;
}
