/*
 * credentials.c - where secrets come from when the library asks: a file descriptor, a command, a person.
 *
 * A secret is read only when the library asks for it, so a stored session never costs a prompt. If the line is empty or
 * cannot be read, the library gets no answer and reports that. Buffers are wiped.
 */
#include "credentials.h"

#include "password_command.h"
#include "secret_line.h"
#include "terminal.h"

#include <damsession.h>

#include <stdio.h>
#include <string.h>

static ssize_t ask_person(const dam_prompt *prompt, char secret[SECRET_CAPACITY])
{
    char question[1024];
    if (prompt->kind == DAM_PROMPT_ENCRYPTION_SECRET)
        snprintf(question, sizeof question, "Encryption secret of %s: ", prompt->origin);
    else if (prompt->kind == DAM_PROMPT_CLIENT_SECRET)
        snprintf(question, sizeof question, "Client secret of the program at %s: ", prompt->origin);
    else
        snprintf(question, sizeof question, "Password of %s at %s: ", prompt->user, prompt->origin);
    return ask_terminal(question, 0, secret);
}

static ssize_t ask_or_recall(struct credentials *credentials, const dam_prompt *prompt, char secret[SECRET_CAPACITY])
{
    ssize_t size = (ssize_t)strlen(credentials->typed);
    memcpy(secret, credentials->typed, (size_t)size + 1);
    if (size == 0 && !credentials->is_declined)
        size = ask_person(prompt, secret);
    if (credentials->keeps && size > 0)
        memcpy(credentials->typed, secret, (size_t)size + 1);
    else
        explicit_bzero(credentials->typed, sizeof credentials->typed);
    credentials->answerer = size > 0 ? ANSWERER_PERSON : ANSWERER_NONE;
    credentials->is_declined |= size == 0;
    return size;
}

int32_t answer_prompt(void *user_data, dam_prompt *prompt)
{
    struct credentials *credentials = user_data;
    char secret[SECRET_CAPACITY];
    ssize_t size;
    int has_command = credentials->command != NULL && credentials->command[0] != '\0';
    if (credentials->collects && (credentials->fd >= 0 || has_command))
        return DAM_OK;
    credentials->answerer = credentials->fd >= 0 ? ANSWERER_DESCRIPTOR : has_command ? ANSWERER_COMMAND : ANSWERER_NONE;
    if (credentials->fd >= 0)
        size = read_secret_line(credentials->fd, secret, credentials->fd == 0 ? "standard input" : "--password-fd");
    else if (has_command)
        size = run_secret_command(&(struct secret_command){"password", credentials->command, credentials->patience},
                                  secret);
    else
        size = ask_or_recall(credentials, prompt, secret);
    credentials->has_failed = size <= 0;
    if (size > 0 && credentials->collects)
        memcpy(credentials->typed, secret, (size_t)size + 1);
    dam_status status =
        size > 0 && !credentials->collects ? dam_prompt_answer(prompt, secret, (uint64_t)size, NULL) : DAM_OK;
    explicit_bzero(secret, sizeof secret);
    return (int32_t)status;
}
