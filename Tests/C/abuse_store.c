/*
 * abuse_store.c - stores: the application's table with holes in it, stores that misbehave, and the functions that look
 * into one.
 *
 * A store that is out of order must cost nothing but the memory of it: the session goes on.
 */
#include "abuse.h"

#include "table.h"

static struct table table;

static dam_session *open_quietly(const char *url)
{
    dam_store store = table_store(&table);
    dam_session *session = NULL;
    dam_config *config =
        make_config((const char *const[]){"system", "photoshelter", "url", url, "user", "ada@example.com", "password",
                                          "canary-password", "api-key", "canary-key", "authentication", "token", NULL});
    dam_status status = dam_config_set_store(config, &store, check_fresh());
    memset(&store, 0, sizeof store); /* it was copied. */
    if (status != DAM_OK || dam_session_open(config, &session, check_fresh()) != DAM_OK)
        CHECK(0, "a session with the application's store");
    dam_config_free(config);
    return session;
}

static dam_session *open_with(const char *url)
{
    dam_session *session = open_quietly(url);
    CHECK(session != NULL, "a session with the application's store");
    return session;
}

static void refuse_tables(dam_config *config)
{
    WITH_TAIL(dam_store) large = {.known = table_store(&table), .more = 1};
    const uint32_t sizes[] = {0, 1, sizeof(dam_store) - 1, UINT32_MAX};
    dam_store store = table_store(&table);
    REFUSES(DAM_ERR_ARGUMENT, dam_config_set_store(NULL, &store, err), store);
    EXPECT(DAM_OK, dam_config_set_store(config, NULL, err));
    for (size_t at = 0; at < sizeof sizes / sizeof sizes[0]; at++) {
        store.size = sizes[at];
        REFUSES(DAM_ERR_ARGUMENT, dam_config_set_store(config, &store, err), store);
    }
    large.known.size = sizeof large;
    REFUSES(DAM_ERR_ARGUMENT, dam_config_set_store(config, &large.known, err), large);
    for (int hole = 0; hole < 6; hole++) {
        store = table_store(&table);
        if (hole == 0)
            store.load = NULL;
        if (hole == 1)
            store.save = NULL;
        if (hole == 2)
            store.lock = NULL;
        if (hole == 3)
            store.unlock = NULL;
        if (hole == 4)
            store.list = NULL;
        if (hole == 5)
            store.remove = NULL;
        REFUSES(DAM_ERR_ARGUMENT, dam_config_set_store(config, &store, err), store);
    }
}

/* Every result that a load may give, and some that it may not: the login succeeds all the same. */
static void misbehave(void)
{
    static const struct table bad[] = {
        {.load = DAM_STORE_FAILED},
        {.load = DAM_STORE_UNCHANGED},
        {.load = DAM_STORE_BUSY},
        {.load = -1},
        {.load = 99},
        {.found = "canary rubbish", .found_size = 14},
        {.found = "\0\xff\n", .found_size = 3},
        {.found = NULL, .found_size = 1},
        {.found = "x", .found_size = (4 << 20) + 1},
        {.found = "x", .found_size = SIZE_MAX},
        {.found = "x", .found_size = 1, .load = DAM_STORE_ABSENT},
        {.found = "x", .found_size = 1, .load = 99},
        {.save = DAM_STORE_FAILED},
        {.save = DAM_STORE_CONFLICT},
        {.save = DAM_STORE_BUSY},
        {.save = -1},
        {.lock = DAM_STORE_FAILED},
        {.lock = DAM_STORE_ABSENT},
        {.lock = 99},
    };
    for (size_t at = 0; at < sizeof bad / sizeof bad[0]; at++) {
        table = bad[at];
        dam_session *session = open_with(open_url);
        EXPECT(DAM_OK, dam_session_login(session, DAM_LOGIN_IF_NEEDED, err));
        dam_session_state state = DAM_SESSION_STATE_INIT;
        EXPECT(DAM_OK, dam_session_get_state(session, &state, err));
        CHECK(state.flags & DAM_STATE_LOGGED_IN, "store %zu: logged in", at);
        CHECK(table.save == 0 || !(state.flags & DAM_STATE_STORED), "store %zu: not stored where it cannot be", at);
        /* The calls stand in the table's load; these lines are what sweep.sh reads. */
        if (table.found == NULL && table.found_size > 0)
            CHECK(table.fill == DAM_ERR_ARGUMENT, "refused: dam_record_fill(record, NULL, 1, NULL)");
        if (table.found_size > 4 << 20)
            CHECK(table.fill == DAM_ERR_ARGUMENT, "refused: dam_record_fill(record, \"x\", too much, NULL)");
        dam_session_free(session);
        table_clear(&table);
    }
    table.lock = DAM_STORE_BUSY;
    dam_session *session = open_with(open_url);
    REFUSES(DAM_ERR_LOCKED, dam_session_login(session, DAM_LOGIN_IF_NEEDED, err), check_nothing);
    dam_session_free(session);
    table_clear(&table);
}

/* A login with this record in the store; the status, and how many records were found damaged. */
static dam_status login_with(const char *record, size_t size, uint64_t *damaged)
{
    dam_statistics counted = DAM_STATISTICS_INIT;
    dam_session *session = open_quietly(open_url);
    table.found = record;
    table.found_size = size;
    dam_status status = dam_session_login(session, DAM_LOGIN_IF_NEEDED, check_fresh());
    dam_session_get_statistics(session, &counted, NULL);
    *damaged = counted.records_damaged;
    table.found_size = 0;
    dam_session_free(session);
    return status;
}

/* Makes it a record of the next format: its digit, and the checksum, which covers the line before it and the
   document. */
static void renumber(char *record, size_t size)
{
    static char covered[1 << 16];
    char hex[65], *end = memchr(record, '\n', size);
    CHECK(end != NULL && end - record > 64, "the record's first line ends with its checksum");
    char *checksum = end - 64;
    size_t line = (size_t)(checksum - record), rest = size - (size_t)(end + 1 - record);
    memcpy(covered, record, line);
    memcpy(covered + line, end + 1, rest);
    sha256(hex, covered, line + rest);
    CHECK(memcmp(hex, checksum, 64) == 0, "the checksum is the SHA-256 of line and document");
    covered[strcspn(record, " ") + 1] = record[strcspn(record, " ") + 1] = '2';
    sha256(hex, covered, line + rest);
    memcpy(checksum, hex, 64);
}

/* A record with a bit turned, or cut, at any single place is set aside and a login replaces it; a newer one is left. */
static void damage(void)
{
    static char record[1 << 16];
    size_t size, missed = 0;
    uint64_t damaged;
    dam_session *session = open_with(open_url);
    EXPECT(DAM_OK, dam_session_login(session, DAM_LOGIN_IF_NEEDED, err));
    dam_session_free(session);
    CHECK(table.rows[0].data != NULL && table.rows[0].size < sizeof record, "a record of %u bytes",
          (unsigned)table.rows[0].size);
    size = table.rows[0].size;
    memcpy(record, table.rows[0].data, size);
    CHECK(login_with(record, size, &damaged) == DAM_OK && damaged == 0, "as it was, it is good");
    for (size_t at = 0; at < size; at++) {
        record[at] ^= 4;
        missed += login_with(record, size, &damaged) != DAM_OK || damaged < 1;
        record[at] ^= 4;
        missed += at > 0 && (login_with(record, at, &damaged) != DAM_OK || damaged < 1);
    }
    CHECK(missed == 0, "a bit turned and a cut at every place: %zu missed", missed);
    renumber(record, size);
    CHECK(login_with(record, size, &damaged) == DAM_ERR_RECORD_NEWER && damaged == 0, "a newer record is left alone");
    table_clear(&table);
}

struct seen {
    int calls, stop_at;
    char key[TABLE_KEY];
};

static int32_t take(void *user_data, const dam_stored_session *one)
{
    struct seen *seen = user_data;
    CHECK(strlen(one->key) < TABLE_KEY && strcmp(one->system, "photoshelter") == 0 && strcmp(one->url, open_url) == 0 &&
              strcmp(one->user, "ada@example.com") == 0 && one->organization[0] == '\0' && one->generation == 1 &&
              one->used_at > 0 && one->logged_in == 1 && one->size == sizeof *one,
          "a stored session says whose it is");
    strcpy(seen->key, one->key);
    return ++seen->calls == seen->stop_at ? 42 : 0;
}

static void refuse_keys(dam_config *config)
{
    static const char *const keys[] = {"", "../x", "a/b", "a.b", "a b", "a\n", "\xc3\xa6", "-", NULL};
    char long_key[66];
    memset(long_key, 'a', 65);
    long_key[65] = '\0';
    for (const char *const *key = keys; *key != NULL; key++)
        REFUSES(DAM_ERR_ARGUMENT, dam_config_remove_stored(config, *key, err), check_nothing);
    for (const char *const *key = not_utf8; *key != NULL; key++)
        REFUSES(DAM_ERR_ARGUMENT, dam_config_remove_stored(config, *key, err), check_nothing);
    REFUSES(DAM_ERR_ARGUMENT, dam_config_remove_stored(config, long_key, err), check_nothing);
    REFUSES(DAM_ERR_ARGUMENT, dam_config_remove_stored(config, huge_text, err), check_nothing);
    REFUSES(DAM_ERR_ARGUMENT, dam_config_remove_stored(config, NULL, err), check_nothing);
    REFUSES(DAM_ERR_ARGUMENT, dam_config_remove_stored(NULL, "abc", err), check_nothing);
    REFUSES(DAM_ERR_NOT_FOUND, dam_config_remove_stored(config, "abc", err), check_nothing);
}

static void look_into(dam_config *config)
{
    static const char *const keys[] = {"\xff", "", "../x", "nobody", NULL};
    struct seen seen = {0};
    dam_store store = table_store(&table);
    dam_session *session = open_with(open_url);
    EXPECT(DAM_OK, dam_session_login(session, DAM_LOGIN_IF_NEEDED, err));
    dam_session_free(session);
    session = open_with(closed_url); /* another identity: nothing in its place. */
    EXPECT(DAM_ERR_CONNECT, dam_session_login(session, DAM_LOGIN_IF_NEEDED, err));
    dam_session_free(session);
    session = open_with(open_url);
    EXPECT(DAM_OK, dam_session_login(session, DAM_LOGIN_IF_NEEDED, err));
    dam_statistics counted = DAM_STATISTICS_INIT;
    EXPECT(DAM_OK, dam_session_get_statistics(session, &counted, err));
    CHECK(counted.logins == 0, "the session came back from the application's store");
    dam_session_free(session);

    EXPECT(DAM_OK, dam_config_set_store(config, &store, err));
    REFUSES(DAM_ERR_ARGUMENT, dam_config_list_stored(NULL, take, &seen, err), seen);
    REFUSES(DAM_ERR_ARGUMENT, dam_config_list_stored(config, NULL, &seen, err), seen);
    EXPECT(DAM_OK, dam_config_list_stored(config, take, &seen, err));
    CHECK(seen.calls == 1, "one session is stored");
    seen.stop_at = 2;
    EXPECT(DAM_ERR_CALLBACK, dam_config_list_stored(config, take, &seen, err));
    refuse_keys(config);
    for (const char *const *key = keys; *key != NULL; key++) {
        table.key = *key;
        dam_status status = dam_config_list_stored(config, take, &seen, NULL);
        CHECK(status == DAM_OK || status == DAM_ERR_STORE, "a key that is none does no harm");
    }
    table.is_bad = 0; /* the application itself named keys that are none. */
    table.key = NULL;
    table.list = table.remove = DAM_STORE_FAILED;
    REFUSES(DAM_ERR_STORE, dam_config_list_stored(config, take, &seen, err), seen);
    REFUSES(DAM_ERR_STORE, dam_config_remove_stored(config, seen.key, err), check_nothing);
    table.list = table.remove = 0;
    EXPECT(DAM_OK, dam_config_remove_stored(config, seen.key, err));
    EXPECT(DAM_ERR_NOT_FOUND, dam_config_remove_stored(config, seen.key, err));
    table_clear(&table);
}

void abuse_store(void)
{
    dam_config *config = make_config((const char *const[]){NULL});
    REFUSES(DAM_ERR_ARGUMENT, dam_record_fill(NULL, "canary", 6, err), check_nothing);
    refuse_tables(config);
    misbehave();
    damage();
    look_into(config);
    dam_config_free(config);
}
