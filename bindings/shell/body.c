/*
 * body.c - the body of a request: what --data or --json names, or a form.
 */
#include "body.h"

#include "arguments.h"
#include "data.h"
#include "exit_code.h"
#include "say.h"
#include "transfer.h"

#include <damsession.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

static int is_folder(const char *path)
{
    struct stat found;
    int is = stat(path, &found) == 0 && S_ISDIR(found.st_mode);
    errno = is ? EISDIR : errno;
    return is;
}

/* FILE or FILE;type=TYPE. */
static int add_file(dam_form *form, const char *name, const char *text)
{
    char *path = strdup(text);
    char *type = NULL;
    dam_error error;
    if (path == NULL)
        return complain("--form");
    for (char *at = strstr(path, ";type="); at != NULL; at = strstr(at + 1, ";type="))
        type = at; /* the last one counts: an earlier one is part of the file's name. */
    if (type != NULL) {
        *type = '\0';
        type += strlen(";type=");
    }
    int code = EXIT_OK;
    if (strcmp(path, "-") == 0) {
        say("--form takes files, not standard input; a file of that name is ./-");
        code = EXIT_USAGE;
    } else if (is_folder(path) || access(path, R_OK) != 0) { /* the library's message would not name the file. */
        code = complain(path);
    } else if (dam_form_add_file(form, name, path, NULL, type, &error) != DAM_OK) {
        code = report(&error);
    }
    free(path);
    return code;
}

static int open_form(const struct arguments *arguments, struct transfer *transfer)
{
    dam_error error;
    int code = dam_form_new(&transfer->form, &error) == DAM_OK ? EXIT_OK : report(&error);
    for (size_t index = 0; index < arguments->part_count && code == EXIT_OK; index++) {
        const char *name = arguments->parts[index].name, *value = arguments->parts[index].value;
        if (value[0] == '@')
            code = add_file(transfer->form, name, value + 1);
        else if (dam_form_add(transfer->form, name, value, strlen(value), NULL, NULL, &error) != DAM_OK)
            code = report(&error);
    }
    return code;
}

/* What --json says of body and response, as far as nothing else is said. There is room for one header more: each has
   taken a word of the command line, and so has --json. */
static void say_json(const struct arguments *arguments, dam_request *request)
{
    static const char json[] = "application/json";
    if (request->content_type == NULL)
        request->content_type = json;
    for (size_t index = 0; index < arguments->header_count; index++)
        if (strcasecmp(arguments->headers[index].name, "Accept") == 0)
            return;
    arguments->headers[arguments->header_count] = (dam_header){.name = "Accept", .value = json};
    request->header_count = arguments->header_count + 1;
}

int open_body(const struct arguments *arguments, dam_request *request, struct transfer *transfer)
{
    int code = EXIT_OK;
    if (is_given(arguments, FLAG_DATA_JSON))
        say_json(arguments, request);
    if (arguments->part_count > 0) {
        code = open_form(arguments, transfer);
        request->form = transfer->form;
    } else if (arguments->data_count > 0) {
        code = open_data(arguments, request, &transfer->data);
    }
    return code;
}

void close_body(struct transfer *transfer)
{
    dam_form_free(transfer->form);
    close_data(&transfer->data);
}
