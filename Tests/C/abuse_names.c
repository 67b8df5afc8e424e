/*
 * abuse_names.c - the environment, and options remembered under names: bad names, bad files, unusable folders, and what
 * must never be in a file. Only the folder that main has put in the place of the user's is touched.
 */
#define _POSIX_C_SOURCE 200809L

#include "abuse.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static void check_option(dam_config *config, const char *name, const char *wanted)
{
    char *text = NULL;
    EXPECT(DAM_OK, dam_config_get(config, name, &text, err));
    CHECK(strcmp(text, wanted) == 0, "%s is \"%s\"", name, wanted);
    dam_string_free(text);
}

void abuse_environment(void)
{
    dam_config *config = make_config((const char *const[]){NULL});
    REFUSES(DAM_ERR_ARGUMENT, dam_config_load_environment(NULL, err), check_nothing);
    setenv("DAMSESSION_USER", "ada", 1);
    setenv("DAMSESSION_CONNECT_TIMEOUT", "canary", 1);
    REFUSES(DAM_ERR_OPTION, dam_config_load_environment(config, err), check_nothing);
    check_option(config, "user", "");
    setenv("DAMSESSION_CONNECT_TIMEOUT", not_utf8[0], 1); /* set, but not UTF-8: not to be taken for unset. */
    REFUSES(DAM_ERR_OPTION, dam_config_load_environment(config, err), check_nothing);
    check_option(config, "user", "");
    setenv("DAMSESSION_CONNECT_TIMEOUT", "", 1);
    EXPECT(DAM_OK, dam_config_load_environment(config, err));
    check_option(config, "user", "ada");
    check_option(config, "connect-timeout", "30");
    unsetenv("DAMSESSION_USER");
    unsetenv("DAMSESSION_CONNECT_TIMEOUT");
    dam_config_free(config);
}

static void file_of(char path[4096], const char *name)
{
    snprintf(path, 4096, "%s/damsession/%s.json", getenv("XDG_CONFIG_HOME"), name);
}

static void write_file(const char *name, const char *text)
{
    char path[4096];
    file_of(path, name);
    FILE *file = fopen(path, "w");
    CHECK(file != NULL && fputs(text, file) >= 0 && fclose(file) == 0, "a file %s.json for the test", name);
}

static int32_t take_name(void *user_data, const char *name)
{
    char *list = user_data;
    strcat(strcat(list, name), " ");
    return 0;
}

static int32_t stop(void *user_data, const char *name)
{
    (void)name;
    ++*(int *)user_data;
    return 42;
}

static void refuse_names(dam_config *config)
{
    static const char *const names[] = {"",          ".",         "..",          ".hidden", "-flag",
                                        "a/b",       "../escape", "/etc/passwd", "a b",     "a\nb",
                                        "n\xc3\xa6", "a\\b",      "a:b",         NULL};
    char long_name[66];
    memset(long_name, 'n', sizeof long_name);
    long_name[65] = '\0';
    for (const char *const *name = names; *name != NULL; name++) {
        check_note(*name);
        REFUSES(DAM_ERR_ARGUMENT, dam_config_load(config, *name, err), check_nothing);
        REFUSES(DAM_ERR_ARGUMENT, dam_config_save(config, *name, err), check_nothing);
        REFUSES(DAM_ERR_ARGUMENT, dam_name_set(*name, "user", "ada", err), check_nothing);
        REFUSES(DAM_ERR_ARGUMENT, dam_name_remove(*name, err), check_nothing);
    }
    const char *const wrong[] = {long_name, huge_text, not_utf8[0], not_utf8[1], not_utf8[2], not_utf8[3], not_utf8[4]};
    for (size_t at = 0; at < sizeof wrong / sizeof wrong[0]; at++) {
        REFUSES(DAM_ERR_ARGUMENT, dam_config_load(config, wrong[at], err), check_nothing);
        REFUSES(DAM_ERR_ARGUMENT, dam_config_save(config, wrong[at], err), check_nothing);
        REFUSES(DAM_ERR_ARGUMENT, dam_name_set(wrong[at], "user", "ada", err), check_nothing);
        REFUSES(DAM_ERR_ARGUMENT, dam_name_remove(wrong[at], err), check_nothing);
    }
    long_name[64] = '\0';
    EXPECT(DAM_OK, dam_config_save(config, long_name, err));
    EXPECT(DAM_OK, dam_name_remove(long_name, err));
    REFUSES(DAM_ERR_NOT_FOUND, dam_config_load(config, "nobody", err), check_nothing);
    REFUSES(DAM_ERR_NOT_FOUND, dam_name_remove("nobody", err), check_nothing);
}

/* Whatever is wrong with a file, nothing of it is taken. */
static void refuse_files(dam_config *config)
{
    static const char *const files[] = {"",
                                        "{",
                                        "[]",
                                        "null",
                                        "{\"user\":",
                                        "{\"usr\":\"x\"}",
                                        "{\"user\":{}}",
                                        "{\"user\":\"x\\u0000\"}",
                                        "{\"user\":\"x\",\"timeout\":\"canary\"}",
                                        "{\"password\":\"canary\"}",
                                        "{\"encryption-secret\":\"canary\"}",
                                        "{\"user\":\"\xff\"}",
                                        NULL};
    for (const char *const *text = files; *text != NULL; text++) {
        check_note(*text);
        write_file("damaged", *text);
        REFUSES(DAM_ERR_OPTION, dam_config_load(config, "damaged", err), check_nothing);
        check_option(config, "user", "ada");
    }
    EXPECT(DAM_OK, dam_name_remove("damaged", err));
}

/* A file may name a program to run, and hold an API key: whether it is believed depends on who else may write or read
   it. */
static void refuse_open_files(dam_config *config)
{
    static const struct {
        const char *text;
        mode_t mode;
        dam_status wanted;
    } rows[] = {
        {"{\"user\":\"eve\"}", 0666, DAM_ERR_STORE},       {"{\"user\":\"eve\"}", 0620, DAM_ERR_STORE},
        {"{\"user\":\"eve\"}", 0602, DAM_ERR_STORE},       {"{\"api-key\":\"canary\"}", 0644, DAM_ERR_STORE},
        {"{\"api-key\":\"canary\"}", 0604, DAM_ERR_STORE}, {"{\"user\":\"ada\"}", 0644, DAM_OK},
        {"{\"api-key\":\"key\"}", 0600, DAM_OK},
    };
    char path[4096], second[4200];
    file_of(path, "open");
    snprintf(second, sizeof second, "%s.second", path);
    for (size_t at = 0; at < sizeof rows / sizeof rows[0]; at++) {
        write_file("open", rows[at].text);
        CHECK(chmod(path, rows[at].mode) == 0, "mode %o", (unsigned)rows[at].mode);
        EXPECT(rows[at].wanted, dam_config_load(config, "open", err));
        check_option(config, "user", "ada");
    }
    CHECK(link(path, second) == 0, "a second name");
    REFUSES(DAM_ERR_STORE, dam_config_load(config, "open", err), check_nothing);
    CHECK(unlink(path) == 0 && unlink(second) == 0 && mkfifo(path, 0600) == 0, "a pipe");
    REFUSES(DAM_ERR_STORE, dam_config_load(config, "open", err), check_nothing);
    CHECK(unlink(path) == 0 && symlink("/dev/null", path) == 0, "a link");
    REFUSES(DAM_ERR_STORE, dam_config_load(config, "open", err), check_nothing);
    CHECK(unlink(path) == 0 && mkdir(path, 0700) == 0, "a folder");
    REFUSES(DAM_ERR_STORE, dam_config_load(config, "open", err), check_nothing);
    CHECK(rmdir(path) == 0, "nothing");
    *strrchr(path, '/') = '\0';
    CHECK(chmod(path, 0777) == 0, "an open folder");
    REFUSES(DAM_ERR_STORE, dam_config_load(config, "press", err), check_nothing);
    REFUSES(DAM_ERR_STORE, dam_config_save(config, "press", err), check_nothing);
    CHECK(chmod(path, 0700) == 0, "a closed folder");
    EXPECT(DAM_OK, dam_config_set(config, "api-key", NULL, err));
}

static void refuse_folder(dam_config *config)
{
    char before[4096];
    snprintf(before, sizeof before, "%s", getenv("XDG_CONFIG_HOME"));
    setenv("XDG_CONFIG_HOME", "/dev/null/nowhere", 1);
    REFUSES(DAM_ERR_STORE, dam_config_save(config, "press", err), check_nothing);
    REFUSES(DAM_ERR_NOT_FOUND, dam_config_load(config, "press", err), check_nothing);
    setenv("XDG_CONFIG_HOME", before, 1);
}

/* One call in the place of three: what a file lacks, the environment may say, and what it says goes over the file. */
static void open_named(void)
{
    dam_session *session = NULL;
    dam_session_state state = DAM_SESSION_STATE_INIT;
    REFUSES(DAM_ERR_ARGUMENT, dam_session_open_named("press", NULL, err), check_nothing);
    REFUSES(DAM_ERR_ARGUMENT, dam_session_open_named("../press", &session, err), session);
    REFUSES(DAM_ERR_NOT_FOUND, dam_session_open_named("nobody", &session, err), session);
    REFUSES(DAM_ERR_OPTION, dam_session_open_named("press", &session, err), session);
    REFUSES(DAM_ERR_OPTION, dam_session_open_named(NULL, &session, err), session);
    setenv("DAMSESSION_CONNECT_TIMEOUT", "canary", 1);
    REFUSES(DAM_ERR_OPTION, dam_session_open_named("press", &session, err), session);
    unsetenv("DAMSESSION_CONNECT_TIMEOUT");
    setenv("DAMSESSION_SYSTEM", "fotoweb", 1);
    setenv("DAMSESSION_URL", "https://archive.example", 1);
    EXPECT(DAM_OK, dam_session_open_named("press", &session, err));
    EXPECT(DAM_OK, dam_session_get_state(session, &state, err));
    CHECK(strcmp(state.origin, "https://archive.example") == 0 && strcmp(state.store, "memory") == 0,
          "the URL is the environment's, the store the file's: %s, %s", state.origin, state.store);
    dam_session_free(session);
    setenv("DAMSESSION_USER", "eve", 1);
    setenv("DAMSESSION_STORE", "memory", 1);
    EXPECT(DAM_OK, dam_session_open_named(NULL, &session, err));
    dam_session_free(session);
    unsetenv("DAMSESSION_SYSTEM");
    unsetenv("DAMSESSION_URL");
    unsetenv("DAMSESSION_USER");
    unsetenv("DAMSESSION_STORE");
}

/* What is in the file, who may read it, and that a password is not in it. */
static void keep(dam_config *config)
{
    char path[4096], text[8192] = "", names[256] = "";
    struct stat status;
    EXPECT(DAM_OK, dam_config_set(config, "password", "canary-password", err));
    EXPECT(DAM_OK, dam_config_set(config, "encryption-secret", "canary-secret", err));
    EXPECT(DAM_OK, dam_config_save(config, "press", err));
    EXPECT(DAM_OK, dam_config_save(config, "Archive.1", err));
    file_of(path, "press");
    FILE *file = fopen(path, "r");
    CHECK(file != NULL && fread(text, 1, sizeof text - 1, file) > 0 && fclose(file) == 0, "press.json can be read");
    CHECK(strstr(text, "ada") != NULL && check_find_secret(text) == NULL, "press.json holds the user and no secret");
    CHECK(stat(path, &status) == 0 && (status.st_mode & 07777) == 0600, "press.json is mode 0600");
    *strrchr(path, '/') = '\0';
    CHECK(stat(path, &status) == 0 && (status.st_mode & 07777) == 0700, "its folder is mode 0700");
    EXPECT(DAM_OK, dam_name_list(take_name, names, err));
    CHECK(strcmp(names, "Archive.1 press ") == 0, "the names come in alphabetical order: %s", names);
}

/* One option is changed, and the others stay: a key too, which is then meant for the other server. */
static void change(void)
{
    char path[4096], text[8192] = "";
    REFUSES(DAM_ERR_NOT_FOUND, dam_name_set("one", "timeout", NULL, err), check_nothing);
    REFUSES(DAM_ERR_OPTION, dam_name_set("one", "password", "canary-password", err), check_nothing);
    REFUSES(DAM_ERR_OPTION, dam_name_set("one", "tiemout", "7", err), check_nothing);
    REFUSES(DAM_ERR_OPTION, dam_name_set("one", "timeout", "canary", err), check_nothing);
    REFUSES(DAM_ERR_ARGUMENT, dam_name_set(NULL, "timeout", "7", err), check_nothing);
    REFUSES(DAM_ERR_ARGUMENT, dam_name_set("one", NULL, "7", err), check_nothing);
    REFUSES(DAM_ERR_NOT_FOUND, dam_name_remove("one", err), check_nothing);
    EXPECT(DAM_OK, dam_name_set("one", "api-key", "its-key", err));
    EXPECT(DAM_OK, dam_name_set("one", "url", "https://one.example", err));
    EXPECT(DAM_OK, dam_name_set("one", "timeout", "7", err));
    EXPECT(DAM_OK, dam_name_set("one", "url", "https://two.example", err));
    EXPECT(DAM_OK, dam_name_set("one", "timeout", NULL, err));
    dam_config *config = make_config((const char *const[]){NULL});
    EXPECT(DAM_OK, dam_config_load(config, "one", err));
    check_option(config, "url", "https://two.example");
    check_option(config, "timeout", "0");
    file_of(path, "one");
    FILE *file = fopen(path, "r");
    CHECK(file != NULL && fread(text, 1, sizeof text - 1, file) > 0 && fclose(file) == 0, "one.json can be read");
    CHECK(strstr(text, "its-key") != NULL && strstr(text, "timeout") == NULL, "the key is kept, the timeout forgotten");
    write_file("one", "{");
    REFUSES(DAM_ERR_OPTION, dam_name_set("one", "timeout", "7", err), check_nothing);
    EXPECT(DAM_OK, dam_name_remove("one", err));
    dam_config_free(config);
}

void abuse_names(void)
{
    int calls = 0;
    dam_config *config = make_config((const char *const[]){"user", "ada", NULL});
    REFUSES(DAM_ERR_ARGUMENT, dam_config_load(NULL, "press", err), check_nothing);
    REFUSES(DAM_ERR_ARGUMENT, dam_config_load(config, NULL, err), check_nothing);
    REFUSES(DAM_ERR_ARGUMENT, dam_config_save(NULL, "press", err), check_nothing);
    REFUSES(DAM_ERR_ARGUMENT, dam_config_save(config, NULL, err), check_nothing);
    REFUSES(DAM_ERR_ARGUMENT, dam_name_remove(NULL, err), check_nothing);
    EXPECT(DAM_OK, dam_name_list(stop, &calls, err));
    CHECK(calls == 0, "no names, no calls");
    refuse_names(config);
    refuse_files(config);
    refuse_open_files(config);
    refuse_folder(config);
    keep(config);
    change();
    open_named();
    REFUSES(DAM_ERR_ARGUMENT, dam_name_list(NULL, &calls, err), check_nothing);
    EXPECT(DAM_ERR_CALLBACK, dam_name_list(stop, &calls, err));
    CHECK(calls == 1, "a callback that stops is not called again");
    EXPECT(DAM_OK, dam_name_remove("press", err));
    EXPECT(DAM_OK, dam_name_remove("Archive.1", err));
    dam_config_free(config);
}
