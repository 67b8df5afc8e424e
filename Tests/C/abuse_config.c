/*
 * abuse_config.c - options set and read: unknown names, bad values of every kind, and that a refusal changes nothing.
 * Kinds and defaults come from the library's option table, so that a new option is swept too.
 */
#include "abuse.h"

static const struct {
    const char *kind;
    const char *values[20];
} bad[] = {
    {"choice", {"canary", "TOKEN", "cookie|token", " ", NULL}},
    {"url",
     {"canary",
      "https://",
      "https:/host",
      "ftp://host",
      "//host",
      "host.example",
      "https://host/path",
      "https://host?q",
      "https://host#f",
      "https://user@host",
      "https://user:canary@host",
      "https://host:0",
      "https://host:65536",
      "https://host:",
      "https://host:x",
      "https://ho st",
      "https://[::1",
      "https://h\xc3\xb6st",
      "https://host\\x",
      NULL}},
    {"seconds", {"canary", "-1", "1.5", "1s", " 1", "0x1", "2147483648", "99999999999999999999", NULL}},
    {"count", {"canary", "-1", "1.5", "ten", "4294967296", "99999999999999999999", NULL}},
    {"bytes", {"canary", "-1", "0", "K", "1T", "1KB", "9223372036854775808", "9223372036854775807G", NULL}},
    {"boolean", {"canary", "maybe", "2", "-", NULL}},
    {"statuses", {"canary", "99", "600", "199", "401,,403", "401,", ",", "401;403", "-401", "99999999999", NULL}},
    {"text", {NULL}},
    {"path", {NULL}},
    {"secret", {NULL}},
    {"words", {NULL}},
};

/* Bad for every kind. The last ones would end a header or a line of a file. */
static const char *const always_bad[] = {"", "canary\n", "canary\r\nX-Evil: 1", "\x1b[2J", "\x7f", "a\tb", NULL};

static void refuse_value(dam_config *config, const dam_option *row, const char *value)
{
    check_note(value);
    REFUSES(DAM_ERR_OPTION, dam_config_set(config, row->name, value, err), check_nothing);
    CHECK(strstr(check_error.message, row->name) != NULL, "option %s: the message names it", row->name);
}

/* Texts that are too long for any option. */
static void refuse_shapes(dam_config *config)
{
    static const char *const shapes[][2] = {{"api-path", "no-slash"},
                                            {"api-path", "/a?b"},
                                            {"proxy", "proxy.example:3128"},
                                            {"proxy", "http://a:b@proxy.example"},
                                            {"pinned-key", "server.pem"}};
    for (size_t at = 0; at < sizeof shapes / sizeof shapes[0]; at++) {
        check_note(shapes[at][1]);
        REFUSES(DAM_ERR_OPTION, dam_config_set(config, shapes[at][0], shapes[at][1], err), check_nothing);
        CHECK(strstr(check_error.message, shapes[at][0]) != NULL, "option %s: the message names it", shapes[at][0]);
    }
}

static void check_default(dam_config *config, const dam_option *row)
{
    char *text = NULL;
    if (row->secret) {
        REFUSES(DAM_ERR_OPTION, dam_config_get(config, row->name, &text, err), text);
        return;
    }
    EXPECT(DAM_OK, dam_config_get(config, row->name, &text, err));
    CHECK(strcmp(text, row->default_value) == 0, "option %s: still \"%s\"", row->name, row->default_value);
    dam_string_free(text);
    if (row->default_value[0] != '\0')
        EXPECT(DAM_OK, dam_config_set(config, row->name, row->default_value, err));
    EXPECT(DAM_OK, dam_config_set(config, row->name, NULL, err));
}

static void refuse_values(dam_config *config, const dam_option *row)
{
    int known = 0;
    for (size_t at = 0; at < sizeof bad / sizeof bad[0]; at++) {
        if (strcmp(bad[at].kind, row->kind) != 0)
            continue;
        known = 1;
        for (const char *const *value = bad[at].values; *value != NULL; value++)
            refuse_value(config, row, *value);
    }
    CHECK(known, "option %s: the sweep knows its kind %s", row->name, row->kind);
    for (const char *const *value = always_bad; *value != NULL; value++)
        refuse_value(config, row, *value);
    refuse_value(config, row, huge_text);
    for (const char *const *value = not_utf8; *value != NULL; value++)
        REFUSES(DAM_ERR_ARGUMENT, dam_config_set(config, row->name, *value, err), check_nothing);
    check_default(config, row);
}

/* A misspelt name, and the name that the message must suggest. */
static const char *const typing_errors[][2] = {{"conect-timeout", "\"connect-timeout\""},
                                               {"pasword", "\"password\""},
                                               {"URL", "\"url\""},
                                               {"api_key", "\"api-key\""},
                                               {"organisation", "\"organization\""},
                                               {"encryption-secrets", "\"encryption-secret\""},
                                               {"stor", "\"store\""}};

static void refuse_names(dam_config *config)
{
    char *text = NULL;
    for (size_t at = 0; at < sizeof typing_errors / sizeof typing_errors[0]; at++) {
        const char *name = typing_errors[at][0];
        REFUSES(DAM_ERR_OPTION, dam_config_set(config, name, "canary", err), check_nothing);
        CHECK(strstr(check_error.message, typing_errors[at][1]) != NULL, "%s: did you mean %s?", name,
              typing_errors[at][1]);
        REFUSES(DAM_ERR_OPTION, dam_config_get(config, name, &text, err), text);
    }
    static const char *const nonsense[] = {"", " ", "a\nb", "\xc3\xa6\xc3\xb8\xc3\xa5", "url\x1b[2J", NULL};
    for (const char *const *name = nonsense; *name != NULL; name++) {
        check_note(*name);
        REFUSES(DAM_ERR_OPTION, dam_config_set(config, *name, "canary", err), check_nothing);
        REFUSES(DAM_ERR_OPTION, dam_config_get(config, *name, &text, err), text);
    }
    REFUSES(DAM_ERR_OPTION, dam_config_set(config, huge_text, huge_text, err), check_nothing);
    REFUSES(DAM_ERR_OPTION, dam_config_get(config, huge_text, &text, err), text);
    for (const char *const *name = not_utf8; *name != NULL; name++) {
        REFUSES(DAM_ERR_ARGUMENT, dam_config_set(config, *name, "canary", err), check_nothing);
        REFUSES(DAM_ERR_ARGUMENT, dam_config_get(config, *name, &text, err), text);
    }
}

void abuse_config(void)
{
    dam_config *config = NULL;
    char *text = NULL;
    int32_t source = -1;
    REFUSES(DAM_ERR_ARGUMENT, dam_config_new(NULL, err), check_nothing);
    EXPECT(DAM_OK, dam_config_new(&config, err));
    REFUSES(DAM_ERR_ARGUMENT, dam_config_set(NULL, "url", "x", err), check_nothing);
    REFUSES(DAM_ERR_ARGUMENT, dam_config_set(config, NULL, "x", err), check_nothing);
    EXPECT(DAM_OK, dam_config_set(config, "url", NULL, err));
    REFUSES(DAM_ERR_ARGUMENT, dam_config_get(NULL, "url", &text, err), text);
    REFUSES(DAM_ERR_ARGUMENT, dam_config_get(config, NULL, &text, err), text);
    REFUSES(DAM_ERR_ARGUMENT, dam_config_get(config, "url", NULL, err), check_nothing);
    REFUSES(DAM_ERR_ARGUMENT, dam_config_get_source(NULL, "url", &source, err), check_nothing);
    REFUSES(DAM_ERR_ARGUMENT, dam_config_get_source(config, NULL, &source, err), check_nothing);
    REFUSES(DAM_ERR_ARGUMENT, dam_config_get_source(config, "url", NULL, err), check_nothing);
    REFUSES(DAM_ERR_OPTION, dam_config_get_source(config, "ulr", &source, err), check_nothing);
    CHECK(source == -1, "a source that was not told stays as it was");
    refuse_names(config);
    for (uint32_t index = 0; index < dam_option_count(); index++) {
        dam_option row = DAM_OPTION_INIT;
        EXPECT(DAM_OK, dam_option_get(index, &row, err));
        refuse_values(config, &row);
    }
    refuse_shapes(config);
    dam_config_free(config);
    SURVIVES(dam_config_free(NULL));
}
