/*
 * table.c - the store of table.h. It checks what the header promises to an application: keys, sizes, revisions, locks
 * in pairs. It is not made for threads: the tests that use it have one.
 */
#include "table.h"

#include "check.h"

#include <ctype.h>
#include <stdlib.h>

/* The row of a key; made when there is none and `makes`. */
static struct table_row *row(struct table *table, const char *key, int makes)
{
    size_t length = strlen(key);
    for (size_t at = 0; at < length; at++)
        table->is_bad |= !isalnum((unsigned char)key[at]);
    table->is_bad |= length == 0 || length > 64;
    for (int at = 0; at < table->count; at++)
        if (strcmp(table->rows[at].key, key) == 0)
            return &table->rows[at];
    if (!makes || table->count == TABLE_ROOM)
        return NULL;
    strcpy(table->rows[table->count].key, key);
    return &table->rows[table->count++];
}

static int32_t load(void *user_data, const char *key, uint64_t known, dam_record *record)
{
    struct table *table = user_data;
    const struct table_row *found = row(table, key, 0);
    if (table->found_size > 0)
        table->fill = dam_record_fill(record, table->found, table->found_size, NULL);
    if (table->load != 0 || table->found_size > 0)
        return table->load;
    if (found == NULL || found->data == NULL)
        return DAM_STORE_ABSENT;
    if (known != 0 && known == found->revision)
        return DAM_STORE_UNCHANGED;
    table->fill = dam_record_fill(record, found->data, found->size, NULL);
    return table->fill == DAM_OK ? DAM_STORE_OK : DAM_STORE_FAILED;
}

static int32_t save(void *user_data, const char *key, const void *data, size_t size, uint64_t revision,
                    uint64_t expected)
{
    struct table *table = user_data;
    struct table_row *place = row(table, key, 1);
    table->is_bad |= data == NULL || size == 0 || size > 4 << 20 || revision <= expected;
    if (table->save != 0 || place == NULL)
        return table->save != 0 ? table->save : DAM_STORE_FAILED;
    if (place->revision != expected)
        return DAM_STORE_CONFLICT;
    free(place->data);
    place->data = malloc(size);
    if (place->data == NULL)
        return DAM_STORE_FAILED;
    memcpy(place->data, data, size);
    place->size = size;
    place->revision = revision;
    return DAM_STORE_OK;
}

static int32_t lock(void *user_data, const char *key, uint32_t wait_ms, void **lock_out)
{
    struct table *table = user_data;
    struct table_row *place = row(table, key, 1);
    (void)wait_ms;
    if (table->lock != 0 || place == NULL)
        return table->lock != 0 ? table->lock : DAM_STORE_FAILED;
    if (place->is_locked)
        return DAM_STORE_BUSY;
    place->is_locked = 1;
    *lock_out = place;
    return DAM_STORE_OK;
}

static void unlock(void *user_data, const char *key, void *given)
{
    struct table *table = user_data;
    struct table_row *place = row(table, key, 0);
    table->is_bad |= place == NULL || place != given || !place->is_locked;
    if (place != NULL)
        place->is_locked = 0;
}

static int32_t list(void *user_data, dam_name_callback callback, void *callback_data)
{
    struct table *table = user_data;
    int stopped = table->key != NULL ? callback(callback_data, table->key) : 0;
    for (int at = 0; at < table->count && !stopped; at++)
        if (table->rows[at].data != NULL)
            stopped = callback(callback_data, table->rows[at].key);
    return table->list;
}

static int32_t remove_row(void *user_data, const char *key)
{
    struct table *table = user_data;
    struct table_row *place = row(table, key, 0);
    if (table->remove != 0)
        return table->remove;
    if (place == NULL || place->data == NULL)
        return DAM_STORE_ABSENT;
    free(place->data);
    place->data = NULL;
    place->revision = 0;
    return DAM_STORE_OK;
}

dam_store table_store(struct table *table)
{
    return (dam_store){.size = sizeof(dam_store),
                       .user_data = table,
                       .load = load,
                       .save = save,
                       .lock = lock,
                       .unlock = unlock,
                       .list = list,
                       .remove = remove_row};
}

void table_clear(struct table *table)
{
    for (int at = 0; at < table->count; at++) {
        CHECK(!table->rows[at].is_locked, "a lock of the application's store was given back");
        free(table->rows[at].data);
    }
    CHECK(!table->is_bad, "the library kept the contract of the application's store");
    *table = (struct table){0};
}
