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
    else
        snprintf(question, sizeof question, "Password of %s at %s: ", prompt->user, prompt->origin);
    return ask_terminal(question, secret);
}

int32_t answer_prompt(void *user_data, dam_prompt *prompt)
{
    const struct credentials *credentials = user_data;
    char secret[SECRET_CAPACITY];
    ssize_t size;
    if (credentials->fd >= 0)
        size = read_secret_line(credentials->fd, secret, credentials->fd == 0 ? "standard input" : "--password-fd");
    else if (credentials->command != NULL && credentials->command[0] != '\0')
        size = run_password_command(credentials->command, credentials->patience, secret);
    else
        size = ask_person(prompt, secret);
    dam_status status = size > 0 ? dam_prompt_answer(prompt, secret, (uint64_t)size, NULL) : DAM_OK;
    explicit_bzero(secret, sizeof secret);
    return (int32_t)status;
}
