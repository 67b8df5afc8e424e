/*
 * folders.h - where remembered options and sessions are, as the library finds them.
 */
#ifndef DAMSESSION_FOLDERS_H
#define DAMSESSION_FOLDERS_H

#include <damsession.h>

#include <limits.h>

/* The folder of the remembered options. 0: there is no place for one. */
int find_config_folder(char path[PATH_MAX]);

/* The folder that the option `store` names. 0: it names none, or there is no place for one. */
int find_store_folder(const dam_config *config, char path[PATH_MAX]);

#endif
