/*
 * canary.c - faults on purpose, each behind the library's door: a sanitizer that does not sing here proves nothing
 * elsewhere.
 *
 * The argument says which: "race" (one configuration, two threads), "freed" (a configuration that is gone), "overrun"
 * (a text without an end) or "leak" (a configuration that nobody frees). It must not end well: run.sh wants the report.
 */
#define _POSIX_C_SOURCE 200809L

#include <damsession.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static dam_config *config;
static pthread_barrier_t both;

static void sing(void *user_data, int32_t level, const char *message)
{
    (void)user_data;
    (void)level;
    (void)message;
}

/* A number and two pointers: a race that does nothing worse than being one. In the middle of a crash no report ends. So
   often because both must be inside at the same time: the library's own lock puts one after the other else. */
static void *set(void *value)
{
    pthread_barrier_wait(&both);
    for (int round = 0; round < 100000; round++)
        dam_config_set_log(config, DAM_LOG_INFO, sing, value, NULL);
    return NULL;
}

static void race(void)
{
    pthread_t thread;
    if (pthread_barrier_init(&both, NULL, 2) != 0 || pthread_create(&thread, NULL, set, "ada") != 0)
        abort();
    set("kare");
    pthread_join(thread, NULL);
}

static void overrun(void)
{
    char *text = malloc(4);
    if (text == NULL)
        abort();
    memset(text, 'a', 4);
    dam_config_set(config, "user", text, NULL);
    free(text);
}

int main(int count, char **arguments)
{
    const char *fault = count > 1 ? arguments[1] : "";
    if (dam_config_new(&config, NULL) != DAM_OK)
        return 0;
    if (strcmp(fault, "race") == 0)
        race();
    if (strcmp(fault, "overrun") == 0)
        overrun();
    if (strcmp(fault, "freed") == 0) {
        dam_config_free(config);
        dam_config_set(config, "user", "ada", NULL);
    }
    if (strcmp(fault, "leak") == 0)
        config = NULL;
    return 0;
}
