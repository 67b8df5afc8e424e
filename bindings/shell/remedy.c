/*
 * remedy.c - what to do about an error, as a command to run or an option to give: the reader of a cron job's mail knows
 * the name, and not the library.
 */
#include "remedy.h"

#include "advice.h"
#include "arguments.h"
#include "commands.h"
#include "print.h"
#include "say.h"
#include "strangers.h"
#include "work.h"

#include <damsession.h>

#include <stdio.h>
#include <string.h>

/* "%" stands for the name, "@" for the command, "#" for the name where it is remembered already, and the options where
   it is not enough; "$", "&" and "~" are in advice.h, and "^" is "&" in capitals. */
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
    {DAM_ERR_CREDENTIALS_REFUSED, "run: damsession login %, with the right password; --again tries the same one again"},
    {DAM_ERR_SECOND_FACTOR,
     "run: damsession login % --authentication oauth --client-id ID: a person gives it once, in a browser"},
    {DAM_ERR_ORGANIZATION_REFUSED, "run: damsession organizations #, and choose one of them by --organization ID"},
    {DAM_ERR_API_KEY_REFUSED, "run: damsession login % --api-key-stdin, with the right key; or set DAMSESSION_API_KEY"},
    {DAM_ERR_TOKEN_LIMIT,
     "run: damsession tokens #, let an administrator revoke those that nobody needs, then: damsession login %"},
    {DAM_ERR_SESSION_INVALID, "run: damsession logout #, then: damsession login %"},
    {DAM_ERR_THROTTLED,
     "run it later; --retry-after SECONDS waits by itself, if the server asks for no more than that"},
    {DAM_ERR_SERVER, "run it later; --retry-after SECONDS waits by itself where the server says for how long"},
    {DAM_ERR_HANDLE_STALE, "ask for the image again, then run: damsession bind % ID"},
    {DAM_ERR_REPLAY_IMPOSSIBLE, "run: damsession keepalive #, then the command again"},
    {DAM_ERR_CONSENT,
     "run: damsession login %, at a terminal; a person consents in a browser of theirs, on any machine"},
    {DAM_ERR_LICENSE, "ask the site's administrator to get a licence for the use of its API from the vendor"},
    {DAM_ERR_STORE, "run: damsession doctor #, which looks at owners and modes of the store"},
    {DAM_ERR_LOCKED,
     "run it later; --lock-timeout SECONDS waits longer for a session, and damsession doctor # tells who holds it"},
    {DAM_ERR_RECORD_NEWER, "use the newer damsession that wrote it, or a store of its own: --store DIR"},
    {DAM_OK, NULL},
};

/* Where nothing is remembered ("-", or a new name), before those above. */
static const struct remedy nameless[] = {
    {DAM_ERR_OPTION,
     "run: damsession options, for what there is, each as --OPTION VALUE or DAMSESSION_OPTION; damsession login NAME "
     "asks for them once, and remembers them"},
    {DAM_ERR_INSECURE,
     "only https URLs of its own server get a session's secrets: look at --url and DAMSESSION_URL; curl fetches other "
     "URLs"},
    {DAM_OK, NULL},
};

/* One for the process, which has one command line. */
static struct circumstances around;

void set_remedy_words(const struct arguments *arguments, const struct work *work)
{
    around = (struct circumstances){
        .arguments = arguments, .work = work, .name = has_name(arguments) ? arguments->words[0] : "-"};
}

void note_new_name(int is_new)
{
    around.is_new = is_new;
}

static int is_nameless(void)
{
    return strcmp(around.name, "-") == 0;
}

/* What a sign stands for; NULL: it is none. */
static const char *find_word(char sign, const struct signs *signs, char text[VARIABLE_CAPACITY])
{
    switch (sign) {
    case '%': return around.name;
    case '@': return around.arguments->command->name;
    case '$': return signs->origin;
    case '&': return signs->option;
    case '~': return signs->proof;
    case '^': name_variable(signs->option, text); return text + strlen("DAMSESSION_");
    case '#':
        snprintf(text, VARIABLE_CAPACITY, "%s%s", around.is_new ? "-" : around.name,
                 around.is_new || is_nameless() || around.arguments->setting_count > 0 ? " with the same options" : "");
        return text;
    default: return NULL;
    }
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

static void say_missing(const dam_error *error)
{
    if (error->status == DAM_ERR_CREDENTIALS_NEEDED && around.work->credentials.answerer == ANSWERER_NONE)
        say_credentials_folder(around.work, PROOF_PASSWORD);
    else if (error->status == DAM_ERR_OPTION && strncmp(error->message, "\"api-key\" is missing", 20) == 0)
        say_credentials_folder(around.work, PROOF_API_KEY);
    say_strangers(error->status);
}

static const char *find_remedy(const struct remedy *remedy, int32_t status)
{
    while (remedy->text != NULL && remedy->status != status)
        remedy++;
    return remedy->text;
}

static const char *choose_remedy(const dam_error *error, struct signs *signs)
{
    const char *text = choose_advice(error, &around, signs);
    if (text == NULL && (is_nameless() || (around.is_new && error->status != DAM_ERR_OPTION)))
        text = find_remedy(nameless, error->status);
    return text != NULL ? text : find_remedy(remedies, error->status);
}

void say_remedy(const dam_error *error)
{
    char line[1024] = "", text[VARIABLE_CAPACITY];
    size_t used = 0;
    struct signs signs = {.proof = ""};
    if (around.arguments == NULL)
        return;
    const char *at = choose_remedy(error, &signs);
    int needs_options = (is_nameless() || around.is_new) && around.arguments->setting_count > 0 && at != NULL &&
                        strstr(at, "login %") != NULL;
    for (; at != NULL && *at != '\0' && used < sizeof line; at++) {
        const char *word = find_word(*at, &signs, text);
        used +=
            (size_t)snprintf(line + used, sizeof line - used, word != NULL ? "%s" : "%.1s", word != NULL ? word : at);
    }
    if (line[0] != '\0')
        say("%s%s", line, needs_options ? "; give it the same options" : "");
    say_missing(error);
}
