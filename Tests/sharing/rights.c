/*
 * rights.c - a program with rights that its caller has not: says whether it has them, and which user the environment
 * names.
 */
#include <damsession.h>

#include <stdio.h>
#include <sys/auxv.h>

int main(void)
{
    dam_config *config = NULL;
    char *user = NULL;
    dam_error error;
    if (dam_config_new(&config, &error) != DAM_OK || dam_config_load_environment(config, &error) != DAM_OK ||
        dam_config_get(config, "user", &user, &error) != DAM_OK)
        return 1;
    printf("%lu %s.\n", getauxval(AT_SECURE), user);
    dam_string_free(user);
    dam_config_free(config);
    return 0;
}
