/*
 * say.c - prints messages on standard error, and finds the exit code for an error of the library.
 */
#include "say.h"

#include "exit_code.h"
#include "print.h"
#include "progress.h"
#include "remedy.h"

#include <damsession.h>

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void say(const char *format, ...)
{
    char line[2048];
    va_list list;
    va_start(list, format);
    vsnprintf(line, sizeof line, format, list);
    va_end(list);
    clear_progress();
    fputs("damsession: ", stderr);
    print_clean(stderr, line);
    putc('\n', stderr);
}

const char *describe(const dam_error *error, char text[DESCRIPTION_CAPACITY])
{
    char http[32] = "", wait[48] = "";
    snprintf(http, sizeof http, "(HTTP %d)", (int)error->http_status);
    if (error->http_status == 0 || strstr(error->message, http) != NULL) /* some messages contain it already. */
        http[0] = '\0';
    else
        snprintf(http, sizeof http, " (HTTP %d)", (int)error->http_status);
    if (error->retry_after >= 0 && error->status == DAM_ERR_THROTTLED)
        snprintf(wait, sizeof wait, " (come back in %d s)", (int)error->retry_after);
    snprintf(text, DESCRIPTION_CAPACITY, "%s: %s%s%s", dam_status_name(error->status),
             error->message[0] != '\0' ? error->message : dam_status_text(error->status), http, wait);
    return text;
}

int is_success(int32_t http_status)
{
    return http_status >= 200 && http_status < 300;
}

int is_status(int32_t status)
{
    return strcmp(dam_status_name(status), "DAM_ERR_UNKNOWN") != 0;
}

int find_exit_code(int32_t status)
{
    switch (status) {
    case DAM_ERR_ARGUMENT:
    case DAM_ERR_OPTION: return EXIT_USAGE;
    case DAM_ERR_INTERNAL: return EXIT_INTERNAL;
    default: return status;
    }
}

int report(const dam_error *error)
{
    char text[DESCRIPTION_CAPACITY];
    say("%s", describe(error, text));
    say_remedy(error);
    return find_exit_code(error->status);
}

int is_about_file(const dam_error *error, const char *file)
{
    size_t size = file != NULL ? strlen(file) : 0;
    if (error->status != DAM_ERR_STORE || size == 0 || strncmp(error->message, file, size) != 0)
        return 0;
    const char *rest = error->message + size;
    return strncmp(rest, " cannot be written", 18) == 0 || strncmp(rest, ".part", 5) == 0;
}

int report_download(const dam_error *error, const char *file)
{
    if (!is_about_file(error, file))
        return report(error);
    say("%s", error->message);
    return EXIT_STOPPED;
}

int complain(const char *place)
{
    say("%s: %s", place, strerror(errno));
    return EXIT_STOPPED;
}
