/*
 * table.h - a dam_store in memory as an application would write it, which also misbehaves when told to.
 *
 * What is in a record is the library's business.
 */
#ifndef TABLE_H
#define TABLE_H

#include <damsession.h>

enum { TABLE_ROOM = 16, TABLE_KEY = 80 };

struct table_row {
    char key[TABLE_KEY];
    void *data;
    size_t size;
    uint64_t revision;
    int is_locked;
};

struct table {
    struct table_row rows[TABLE_ROOM];
    int count;
    int is_bad; /* the library broke the contract. */
    /* Not 0: what the function returns instead of doing its work. */
    int32_t load, save, lock, list, remove;
    const void *found; /* load: hands this over instead, with `found_size`. */
    size_t found_size;
    dam_status fill; /* what dam_record_fill said last. */
    const char *key; /* list: names this instead. */
};

/* The functions of `table`, for dam_config_set_store. One thread at a time. */
dam_store table_store(struct table *table);

/* Frees the rows. */
void table_clear(struct table *table);

#endif
