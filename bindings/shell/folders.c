/*
 * folders.c - where remembered options and sessions are: by the XDG base directory specification, unless an option says
 * otherwise. The library finds them itself; it tells where only when everything is in order.
 */
#include "folders.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int find_folder(const char *variable, const char *below_home, char path[PATH_MAX])
{
    const char *folder = secure_getenv(variable), *home = secure_getenv("HOME");
    if (folder != NULL && folder[0] == '/')
        return snprintf(path, PATH_MAX, "%s/damsession", folder) < PATH_MAX;
    return home != NULL && home[0] == '/' && snprintf(path, PATH_MAX, "%s/%s/damsession", home, below_home) < PATH_MAX;
}

int find_config_folder(char path[PATH_MAX])
{
    return find_folder("XDG_CONFIG_HOME", ".config", path);
}

int find_store_folder(const dam_config *config, char path[PATH_MAX])
{
    char *store = NULL;
    int found = 0;
    if (dam_config_get(config, "store", &store, NULL) == DAM_OK)
        found = strcmp(store, "file") == 0 ? find_folder("XDG_STATE_HOME", ".local/state", path)
                                           : store[0] == '/' && snprintf(path, PATH_MAX, "%s", store) < PATH_MAX;
    dam_string_free(store);
    return found;
}
