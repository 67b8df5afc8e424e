/*
 * consent.c - asks a person to consent, in a browser, to what the program does in their name.
 *
 * The address to which the server sends the browser is pasted here: that works over ssh, and without a program that
 * listens. It is shown while it is typed, since the browser shows it too, and it is worth nothing to anybody else.
 */
#include "consent.h"

#include "exit_code.h"
#include "remedy.h"
#include "say.h"
#include "terminal.h"
#include "work.h"

#include <damsession.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int ask_consent(struct work *work)
{
    char answer[SECRET_CAPACITY], *url = NULL, *question = NULL;
    dam_error error;
    if (dam_consent_begin(work->session, &url, &error) != DAM_OK)
        return report(&error);
    int length = asprintf(&question,
                          "Open this page in a browser, on any machine, and consent there within ten minutes:\n%s\n"
                          "Paste the address that the browser shows then; its page need not load: ",
                          url);
    dam_string_free(url);
    if (length < 0)
        return complain("memory");
    ssize_t size = ask_terminal(question, 1, answer);
    free(question);
    dam_status status = size > 0 ? dam_consent_finish(work->session, answer, &error) : DAM_ERR_CONSENT;
    explicit_bzero(answer, sizeof answer);
    if (status == DAM_OK)
        return EXIT_OK;
    if (size > 0)
        return report(&error);
    say("%s", size < 0 ? "a person must consent, at a terminal" : "nobody has consented");
    return find_exit_code(DAM_ERR_CONSENT);
}
