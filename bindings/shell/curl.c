/*
 * curl.c - the flags of curl that are none here, and what to do in their place: most who come know curl by heart.
 *
 * What is the same here (-d, -F, -H, -i, -o, -v, --proxy, ...) is in flags.c or an option of the library. The page
 * coming-from has the same in whole command lines.
 */
#include "curl.h"

#include <stddef.h>
#include <string.h>

static const char followed[] = "redirects are followed without it, and no secret goes to another server; --redirects N "
                               "says how many, 0: none",
                  kept[] = "the session keeps its cookies by itself: damsession login NAME, once",
                  login[] = "damsession login NAME --user USER asks for the password, once; then requests need neither",
                  fails[] = "it is always so: an HTTP status that is no success ends with exit code 8, and the body is "
                            "printed all the same",
                  quiet[] = "errors are always told, and --no-progress shows no bar",
                  bytes[] = "--data TEXT or --data @FILE, which is sent byte for byte",
                  retried[] = "--retries N, for what certainly was not acted upon; --retry-after SECONDS waits as long "
                              "as the server asks for",
                  saved[] = "--output FILE, or --output-dir DIR, which names the files by their paths",
                  many[] = "damsession get NAME PATH PATH... --output-dir DIR --jobs N",
                  remembered[] = "options are remembered by damsession login NAME, or DAMSESSION_* in the environment",
                  secret[] = "damsession login NAME --password-command COMMAND, whose first line is the password",
                  traced[] = "-vv, which tells every request without its secrets",
                  stalled[] = "--idle-timeout SECONDS, how long a transfer may stand still",
                  query[] = "damsession get NAME PATH --query NAME=VALUE, percent-encoded here",
                  head[] = "damsession request NAME HEAD PATH";

static const struct row {
    char letter; /* 0: none. */
    const char *name, *advice;
} rows[] = {
    {'X', "request", "damsession get, post, put and delete, or: damsession request NAME METHOD PATH"},
    {'u', "user", login},
    {0, "basic", login},
    {0, "digest", login},
    {0, "anyauth", login},
    {0, "oauth2-bearer", login},
    {'n', "netrc", secret},
    {0, "netrc-file", secret},
    {'b', "cookie", kept},
    {'c', "cookie-jar", kept},
    {'j', "junk-session-cookies", kept},
    {'L', "location", followed},
    {0, "location-trusted", followed},
    {0, "max-redirs", "--redirects N; 0 follows none"},
    {'f', "fail", fails},
    {0, "fail-with-body", fails},
    {'s', "silent", quiet},
    {'S', "show-error", quiet},
    {'#', "progress-bar", "there is a bar at a terminal; --no-progress shows none"},
    {0, "no-progress-meter", "--no-progress"},
    {'N', "no-buffer", "it is always so: the body is printed while it comes"},
    {0, "compressed", "it is not needed: the body comes as it is, not compressed on the way"},
    {'k', "insecure", "certificates are always verified; --ca-file FILE trusts a server's own CA"},
    {0, "cacert", "--ca-file FILE"},
    {'E', "cert", "--client-certificate FILE"},
    {0, "key", "--client-key FILE"},
    {0, "pinnedpubkey", "--pinned-key sha256//BASE64"},
    {'m', "max-time", "--timeout SECONDS"},
    {'y', "speed-time", stalled},
    {'Y', "speed-limit", stalled},
    {0, "retry", retried},
    {0, "retry-delay", retried},
    {0, "retry-max-time", retried},
    {0, "retry-connrefused", retried},
    {0, "retry-all-errors", retried},
    {'x', NULL, "--proxy PROXY"},
    {0, "noproxy", "--proxy none, which uses no proxy at all; or NO_PROXY in the environment"},
    {'4', "ipv4", "--ip 4"},
    {'6', "ipv6", "--ip 6"},
    {0, "http1.1", "--http 1.1"},
    {0, "http2", "it is offered without it; --http 1.1 does not offer it"},
    {'G', "get", query},
    {0, "url-query", query},
    {'I', "head", head},
    {'T', "upload-file", "damsession put NAME PATH --data @FILE"},
    {0, "data-raw", bytes},
    {0, "data-binary", bytes},
    {0, "data-ascii", bytes},
    {'O', "remote-name", saved},
    {0, "remote-name-all", saved},
    {'J', "remote-header-name", saved},
    {0, "create-dirs", "--output-dir DIR makes the folder, with those above it"},
    {'C', "continue-at", "--output FILE --continue"},
    {0, "no-clobber", "--output FILE --keep"},
    {'Z', "parallel", many},
    {0, "parallel-max", many},
    {'r', "range", "-H 'Range: bytes=0-99', without --output; --output FILE --continue goes on with a download"},
    {'D', "dump-header", "--include, which prints the headers before the body"},
    {'w', "write-out", "--include, which prints the HTTP status before the body; exit code 8: it is no success"},
    {'A', "user-agent", "-H 'User-Agent: NAME'"},
    {'e', "referer", "-H 'Referer: URL'"},
    {'K', "config", remembered},
    {0, "trace", traced},
    {0, "trace-ascii", traced},
};

const char *find_curl_advice(const char *name, char letter)
{
    for (size_t at = 0; at < sizeof rows / sizeof rows[0]; at++)
        if (name == NULL ? rows[at].letter == letter : rows[at].name != NULL && strcmp(rows[at].name, name) == 0)
            return rows[at].advice;
    return NULL;
}
