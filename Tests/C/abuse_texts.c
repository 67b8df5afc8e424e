/*
 * abuse_texts.c - version, status words, strings and the option table: what works without any object.
 * The words of status texts are not compared; there must be some.
 */
#include "abuse.h"

#define STATUS(name) {name, #name}

static const struct {
    int32_t status;
    const char *name;
} statuses[] = {
    STATUS(DAM_OK),
    STATUS(DAM_ERR_ARGUMENT),
    STATUS(DAM_ERR_OPTION),
    STATUS(DAM_ERR_NOT_FOUND),
    STATUS(DAM_ERR_NOT_SUPPORTED),
    STATUS(DAM_ERR_CALLBACK),
    STATUS(DAM_ERR_INTERNAL),
    STATUS(DAM_ERR_CONNECT),
    STATUS(DAM_ERR_TLS),
    STATUS(DAM_ERR_TIMEOUT),
    STATUS(DAM_ERR_TRANSFER),
    STATUS(DAM_ERR_PROTOCOL),
    STATUS(DAM_ERR_TOO_LARGE),
    STATUS(DAM_ERR_INSECURE),
    STATUS(DAM_ERR_CANCELLED),
    STATUS(DAM_ERR_CREDENTIALS_NEEDED),
    STATUS(DAM_ERR_CREDENTIALS_REFUSED),
    STATUS(DAM_ERR_SECOND_FACTOR),
    STATUS(DAM_ERR_ORGANIZATION_REFUSED),
    STATUS(DAM_ERR_API_KEY_REFUSED),
    STATUS(DAM_ERR_TOKEN_LIMIT),
    STATUS(DAM_ERR_SESSION_INVALID),
    STATUS(DAM_ERR_THROTTLED),
    STATUS(DAM_ERR_SERVER),
    STATUS(DAM_ERR_HANDLE_STALE),
    STATUS(DAM_ERR_REPLAY_IMPOSSIBLE),
    STATUS(DAM_ERR_CONSENT),
    STATUS(DAM_ERR_LICENSE),
    STATUS(DAM_ERR_STORE),
    STATUS(DAM_ERR_LOCKED),
    STATUS(DAM_ERR_RECORD_NEWER),
};

static const int32_t unknown[] = {-1, 7, 19, 28, 39, 53, 59, 63, 1000, INT32_MIN, INT32_MAX};

void abuse_texts(void)
{
    CHECK(strcmp(dam_version(), DAM_VERSION) == 0, "dam_version() is DAM_VERSION");
    for (size_t at = 0; at < sizeof statuses / sizeof statuses[0]; at++) {
        CHECK(strcmp(dam_status_name(statuses[at].status), statuses[at].name) == 0, "dam_status_name(%s)",
              statuses[at].name);
        CHECK(strlen(dam_status_text(statuses[at].status)) > 5, "dam_status_text(%s)", statuses[at].name);
        int32_t wish = statuses[at].status; /* where the application wanted it so, there is nothing to do. */
        CHECK((dam_status_advice(wish)[0] == '\0') ==
                  (wish == DAM_OK || wish == DAM_ERR_CALLBACK || wish == DAM_ERR_CANCELLED),
              "dam_status_advice(%s)", statuses[at].name);
    }
    for (size_t at = 0; at < sizeof unknown / sizeof unknown[0]; at++) {
        CHECK(strcmp(dam_status_name(unknown[at]), "DAM_ERR_UNKNOWN") == 0, "dam_status_name(%d)", (int)unknown[at]);
        CHECK(strlen(dam_status_text(unknown[at])) > 5, "dam_status_text(%d)", (int)unknown[at]);
        CHECK(dam_status_advice(unknown[at])[0] == '\0', "dam_status_advice(%d)", (int)unknown[at]);
    }
    SURVIVES(dam_string_free(NULL));
}

static void refuse_sizes(void)
{
    WITH_TAIL(dam_option) large = {.more = 1};
    dam_option row;
    const uint32_t sizes[] = {0, 1, sizeof row - 1, UINT32_MAX};
    memset(&row, 0xA5, sizeof row);
    for (size_t at = 0; at < sizeof sizes / sizeof sizes[0]; at++) {
        row.size = sizes[at];
        REFUSES(DAM_ERR_ARGUMENT, dam_option_get(0, &row, err), row);
    }
    large.known.size = sizeof large;
    REFUSES(DAM_ERR_ARGUMENT, dam_option_get(0, &large.known, err), large);
    large.more = 0;
    EXPECT(DAM_OK, dam_option_get(0, &large.known, err));
}

void abuse_options(void)
{
    uint32_t count = dam_option_count();
    CHECK(count > 20 && count < 1000, "dam_option_count() is %u", (unsigned)count);
    dam_option row = DAM_OPTION_INIT;
    for (uint32_t index = 0; index < count; index++) {
        EXPECT(DAM_OK, dam_option_get(index, &row, err));
        CHECK(row.name[0] != '\0' && row.kind[0] != '\0' && row.help[0] != '\0' && row.reserved == 0 &&
                  (row.secret & ~1) == 0 && (row.remembered & ~1) == 0 && row.size == sizeof row,
              "option %s: the row is whole", row.name);
        CHECK((strcmp(row.kind, "choice") == 0) == (row.choices[0] != '\0'), "option %s: choices", row.name);
        CHECK((strcmp(row.kind, "secret") == 0) == (row.secret == 1), "option %s: secret", row.name);
    }
    REFUSES(DAM_ERR_ARGUMENT, dam_option_get(count, &row, err), row);
    REFUSES(DAM_ERR_ARGUMENT, dam_option_get(UINT32_MAX, &row, err), row);
    REFUSES(DAM_ERR_ARGUMENT, dam_option_get(0, NULL, err), check_nothing);
    refuse_sizes();
}
