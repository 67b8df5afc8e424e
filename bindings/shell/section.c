/*
 * section.c - what the page of troubleshooting says of one status: `damsession help DAM_ERR_TLS`.
 */
#include "section.h"

#include "pages.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char prefix[] = "DAM_ERR_", heading[] = "\n### ";

/* The line that a section begins with names its status. */
static int is_about(const char *section, const char *status)
{
    size_t size = strlen(status);
    section += strncmp(section, prefix, sizeof prefix - 1) == 0 ? sizeof prefix - 1 : 0;
    return strncasecmp(section, status, size) == 0 && section[size] == '\n';
}

int print_section(const char *status)
{
    const char *at = find_page("troubleshooting")->text;
    if (strncasecmp(status, prefix, sizeof prefix - 1) == 0)
        status += sizeof prefix - 1;
    while (status[0] != '\0' && (at = strstr(at, heading)) != NULL) {
        at += sizeof heading - 1;
        if (!is_about(at, status))
            continue;
        const char *end = strstr(at, "\n#"); /* of any level. */
        printf("### %.*s", (int)(end != NULL ? (size_t)(end - at) : strlen(at)), at);
        return 1;
    }
    return 0;
}
