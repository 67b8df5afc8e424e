/*
 * abi_store.c - an application's store in memory that keeps its promises or does not: it answers with numbers that are
 * none, hands over other bytes, loses what it was given.
 */
#define _GNU_SOURCE
#include "abi.h"

#include <stdlib.h>
#include <string.h>

enum {
    ROWS = 8,
    LONGEST = 8192,
    ODD_RESULT = 1,
    OTHER_BYTES = 2,
    NO_LOCKS = 4,
    FORGETS = 8,
    CONFLICTS = 16,
    HELD = 32
};

static struct {
    char key[65];
    uint8_t data[LONGEST];
    size_t size;
    uint64_t revision;
} rows[ROWS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static uint8_t manners[256];

/* With the lock held. */
static int row_of(const char *key, int makes)
{
    for (int at = 0; at < ROWS; at++)
        if (strcmp(rows[at].key, key) == 0 || (makes && rows[at].key[0] == '\0')) {
            strncpy(rows[at].key, key, 64);
            return at;
        }
    return -1;
}

static int32_t load(void *user_data, const char *key, uint64_t known, dam_record *record)
{
    uint8_t manner = *(uint8_t *)user_data;
    int32_t result = DAM_STORE_ABSENT;
    if (manner & ODD_RESULT)
        return manner - 100;
    if (manner & OTHER_BYTES) {
        dam_record_fill(record, "damsession-record 1 1 2 0\n{}", 28, NULL);
        return DAM_STORE_OK;
    }
    pthread_mutex_lock(&lock);
    int at = row_of(key, 0);
    if (at >= 0 && rows[at].size > 0)
        result = rows[at].revision == known ? DAM_STORE_UNCHANGED : DAM_STORE_OK;
    if (result == DAM_STORE_OK && dam_record_fill(record, rows[at].data, rows[at].size, NULL) != DAM_OK)
        result = DAM_STORE_FAILED;
    pthread_mutex_unlock(&lock);
    return result;
}

static int32_t save(void *user_data, const char *key, const void *data, size_t size, uint64_t revision,
                    uint64_t expected)
{
    uint8_t manner = *(uint8_t *)user_data;
    int32_t result = DAM_STORE_FAILED;
    if (manner & (FORGETS | CONFLICTS))
        return manner & FORGETS ? DAM_STORE_OK : DAM_STORE_CONFLICT;
    pthread_mutex_lock(&lock);
    int at = row_of(key, 1);
    if (at >= 0 && rows[at].revision != expected)
        result = DAM_STORE_CONFLICT;
    else if (at >= 0 && size <= LONGEST) {
        memcpy(rows[at].data, data, size);
        rows[at].size = size;
        rows[at].revision = revision;
        result = DAM_STORE_OK;
    }
    pthread_mutex_unlock(&lock);
    return result;
}

static int32_t take_lock(void *user_data, const char *key, uint32_t wait_ms, void **lock_out)
{
    uint8_t manner = *(uint8_t *)user_data;
    (void)key, (void)wait_ms;
    if (manner & NO_LOCKS)
        return DAM_STORE_FAILED;
    if (manner & HELD)
        return DAM_STORE_BUSY;
    *lock_out = malloc(1);
    return DAM_STORE_OK;
}

static void give_lock(void *user_data, const char *key, void *held)
{
    (void)user_data, (void)key;
    free(held);
}

static int32_t list(void *user_data, dam_name_callback callback, void *callback_data)
{
    uint8_t manner = *(uint8_t *)user_data;
    static const char *const keys[] = {"", "\xff", "../x", NULL};
    for (int at = 0; at < ROWS; at++)
        if (rows[at].size > 0 && callback(callback_data, rows[at].key) != 0)
            return DAM_STORE_OK;
    return (manner & ODD_RESULT) && callback(callback_data, keys[manner % 4]) != 0 ? manner : DAM_STORE_OK;
}

static int32_t remove_row(void *user_data, const char *key)
{
    (void)user_data;
    pthread_mutex_lock(&lock);
    int at = row_of(key, 0);
    int was = at >= 0 && rows[at].size > 0;
    if (at >= 0)
        rows[at].size = rows[at].revision = 0;
    pthread_mutex_unlock(&lock);
    return was ? DAM_STORE_OK : DAM_STORE_ABSENT;
}

const dam_store *odd_store(uint8_t manner)
{
    static dam_store store;
    manners[manner] = manner;
    store = (dam_store){.size = sizeof store - (manner == 255),
                        .user_data = &manners[manner],
                        .load = load,
                        .save = save,
                        .lock = take_lock,
                        .unlock = give_lock,
                        .list = list,
                        .remove = manner == 254 ? NULL : remove_row};
    return &store;
}

void odd_store_clear(void)
{
    memset(rows, 0, sizeof rows);
}
