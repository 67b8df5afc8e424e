/*
 * remedy.c - what to do about an error, as a command to run or an option to give: the reader of a cron job's mail knows
 * the name, and not the library.
 */
#include "remedy.h"

#include "say.h"
#include "strangers.h"

#include <damsession.h>

#include <stdio.h>
#include <string.h>

/* "%" stands for the name, "@" for the command, "#" for the name where it is remembered already. */
struct remedy {
    int32_t status;
    const char *text;
};

static const struct remedy remedies[] = {
    {DAM_ERR_ARGUMENT, "run: damsession help @, for what it takes"},
    {DAM_ERR_OPTION,
     "run: damsession login %, at a terminal, for what is missing; a script gives --OPTION VALUE or DAMSESSION_OPTION, and a "
     "key by --api-key-stdin or --api-key-command; damsession options tells what there is"},
    {DAM_ERR_NOT_FOUND, "run: damsession list, for the names that there are; damsession sessions, for what is stored"},
    {DAM_ERR_NOT_SUPPORTED, "run: damsession help choosing, for what each --authentication WORD is good for"},
    {DAM_ERR_INTERNAL, "please report this, with what `damsession doctor #` says"},
    {DAM_ERR_CONNECT, "run: damsession doctor #, which looks at URL and network; --retries N tries again by itself"},
    {DAM_ERR_TLS, "run: damsession doctor #, which looks at the certificate; --ca-file FILE trusts a site's own CA"},
    {DAM_ERR_TIMEOUT, "give it longer: --timeout, --connect-timeout or --idle-timeout SECONDS"},
    {DAM_ERR_TRANSFER,
     "run it again; --output FILE --continue goes on where a download broke off, --retries N tries again"},
    {DAM_ERR_PROTOCOL, "run: damsession doctor #; something else may answer at this URL, such as a proxy"},
    {DAM_ERR_TOO_LARGE, "save it with --output FILE, or keep more in memory: --response-limit SIZE"},
    {DAM_ERR_INSECURE,
     "only https URLs of its own server get a session's secrets: damsession config show #; curl fetches other URLs"},
    {DAM_ERR_CREDENTIALS_NEEDED,
     "run: damsession login %, at a terminal; a script needs --password-command COMMAND or DAMSESSION_PASSWORD"},
    {DAM_ERR_CREDENTIALS_REFUSED,
     "run: damsession login %, with the right password (a script's is that of --password-command or "
     "DAMSESSION_PASSWORD); --again tries the same one again"},
    {DAM_ERR_SECOND_FACTOR,
     "run: damsession login % --user USER, with an account for programs, without a second factor"},
    {DAM_ERR_ORGANIZATION_REFUSED, "run: damsession organizations %, and choose one of them by --organization ID"},
    {DAM_ERR_API_KEY_REFUSED, "run: damsession login % --api-key-stdin, with the right key; or set DAMSESSION_API_KEY"},
    {DAM_ERR_TOKEN_LIMIT,
     "run: damsession tokens %, let an administrator revoke those that nobody needs, then: damsession login %"},
    {DAM_ERR_SESSION_INVALID, "run: damsession logout %, then: damsession login %"},
    {DAM_ERR_THROTTLED, "run it later; --retries N --retry-after SECONDS waits by itself"},
    {DAM_ERR_SERVER, "run it later; --retries N --retry-after SECONDS waits by itself"},
    {DAM_ERR_HANDLE_STALE, "ask for the image again, then run: damsession bind % ID"},
    {DAM_ERR_REPLAY_IMPOSSIBLE, "run: damsession keepalive %, then the command again"},
    {DAM_ERR_STORE,
     "run: damsession doctor #, which looks at owners and modes of the store; a file of --output needs room on its disk"},
    {DAM_ERR_LOCKED, "run it later; --lock-timeout SECONDS waits longer for a session, and damsession doctor # tells who holds it"},
    {DAM_ERR_RECORD_NEWER, "use the newer damsession that wrote it, or a store of its own: --store DIR"},
    {DAM_OK, NULL},
};

/* Where nothing is remembered ("-"), before those above. */
static const struct remedy nameless[] = {
    {DAM_ERR_OPTION,
     "run: damsession options, for what there is, each as --OPTION VALUE or DAMSESSION_OPTION; damsession login NAME "
     "asks for them once, and remembers them"},
    {DAM_ERR_INSECURE,
     "only https URLs of its own server get a session's secrets: look at --url and DAMSESSION_URL; curl fetches other "
     "URLs"},
    {DAM_OK, NULL},
};

static const char *whose, *what; /* one for the process, which has one command line. */
static int is_new;

void set_remedy_words(const char *command, const char *name)
{
    what = command;
    whose = name;
}

void note_new_name(void)
{
    is_new = 1;
}

static const char *find_word(const char *sign)
{
    return *sign == '%'   ? whose
           : *sign == '@' ? what
           : *sign != '#' ? NULL
           : is_new       ? "- with the same options"
                          : whose;
}

/* Where an option or a secret is missing, its variable may be there under another name. */
static void say_strangers(int32_t status)
{
    static int is_said;
    char text[1024];
    if ((status == DAM_ERR_OPTION || (status >= DAM_ERR_CREDENTIALS_NEEDED && status <= DAM_ERR_API_KEY_REFUSED)) &&
        !is_said && list_strangers(text, sizeof text) > 0) {
        say("%s", text);
        is_said = 1;
    }
}

static const char *find_remedy(const struct remedy *remedy, int32_t status)
{
    while (remedy->text != NULL && remedy->status != status)
        remedy++;
    return remedy->text;
}

void say_remedy(int32_t status)
{
    char line[512] = "";
    size_t used = 0;
    const char *text = whose != NULL && strcmp(whose, "-") == 0 ? find_remedy(nameless, status) : NULL;
    text = text != NULL ? text : find_remedy(remedies, status);
    if (whose == NULL || text == NULL)
        return;
    for (; *text != '\0' && used < sizeof line; text++) {
        const char *word = find_word(text);
        used +=
            (size_t)snprintf(line + used, sizeof line - used, word != NULL ? "%s" : "%.1s", word != NULL ? word : text);
    }
    say("%s", line);
    say_strangers(status);
}
