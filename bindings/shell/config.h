/*
 * config.h - where remembered options are.
 */
#ifndef DAMSESSION_CONFIG_H
#define DAMSESSION_CONFIG_H

#include <limits.h>

/* The folder of the remembered options. 0: there is no place for one. */
int find_config_folder(char path[PATH_MAX]);

#endif
