/*
 * probe.c - reaches a server without a session, for `doctor`.
 *
 * Every request of the library logs in first. This one must not, so it is sent by libcurl itself, which the library
 * needs anyway, with the same options for the way there. It holds no secret, and nothing of the response is kept but
 * its status and its date.
 */
#include "probe.h"

#include "exit_code.h"
#include "findings.h"
#include "flags.h"

#include <damsession.h>

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

enum { MOST_SKEW = 60 }; /* seconds; login tokens are good for minutes. */
enum { SERVER_FAILED = 500 };

static size_t take_header(char *line, size_t size, size_t count, void *user_data)
{
    char text[128] = "";
    size *= count;
    if (size < sizeof text && strncasecmp(memcpy(text, line, size), "date:", 5) == 0)
        *(time_t *)user_data = curl_getdate(text + 5, NULL);
    return size;
}

/* 1: the option has a value. */
static int set_text(CURL *curl, CURLoption option, const dam_config *config, const char *name)
{
    char *value = NULL;
    int is_set = dam_config_get(config, name, &value, NULL) == DAM_OK && value[0] != '\0';
    if (is_set)
        curl_easy_setopt(curl, option, value);
    dam_string_free(value);
    return is_set;
}

/* As the library goes: its file of CAs stands alone, and plain HTTP stays on this machine. */
static void set_way(CURL *curl, const dam_config *config, int is_plain)
{
    char *proxy = NULL, *ip = NULL;
    if (set_text(curl, CURLOPT_CAINFO, config, "ca-file"))
        curl_easy_setopt(curl, CURLOPT_CAPATH, NULL);
    set_text(curl, CURLOPT_PROXY_CAINFO, config, "ca-file");
    set_text(curl, CURLOPT_SSLCERT, config, "client-certificate");
    set_text(curl, CURLOPT_SSLKEY, config, "client-key");
    set_text(curl, CURLOPT_PINNEDPUBLICKEY, config, "pinned-key");
    set_text(curl, CURLOPT_UNIX_SOCKET_PATH, config, "unix-socket");
    if (dam_config_get(config, "proxy", &proxy, NULL) == DAM_OK && (is_plain || proxy[0] != '\0'))
        curl_easy_setopt(curl, CURLOPT_PROXY, is_plain || strcmp(proxy, "none") == 0 ? "" : proxy);
    if (dam_config_get(config, "ip", &ip, NULL) == DAM_OK)
        curl_easy_setopt(curl, CURLOPT_IPRESOLVE,
                         (long)(ip[0] == '4'   ? CURL_IPRESOLVE_V4
                                : ip[0] == '6' ? CURL_IPRESOLVE_V6
                                               : CURL_IPRESOLVE_WHATEVER));
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, read_number(config, "connect-timeout"));
    curl_easy_setopt(curl, CURLOPT_TIMEOUT,
                     read_number(config, "connect-timeout") + read_number(config, "idle-timeout"));
    dam_string_free(proxy);
    dam_string_free(ip);
}

static void find_clock(struct findings *findings, time_t date)
{
    long skew = (long)(time(NULL) - date);
    if (date <= 0)
        skip(findings, "clock", "the server's response has no date");
    else if (labs(skew) > MOST_SKEW)
        find(findings, "clock", EXIT_CLOCK, "this clock is %ld seconds %s the server's; set it (NTP)", labs(skew),
             skew > 0 ? "ahead of" : "behind");
    else
        find(findings, "clock", EXIT_OK, "within %d seconds of the server's", MOST_SKEW);
}

/* What the connection came to, in the order in which it is made. */
static void find_way(struct findings *findings, CURL *curl, CURLcode result, const char *why, const char *origin,
                     time_t date)
{
    long status = 0;
    int is_tls = result == CURLE_PEER_FAILED_VERIFICATION || result == CURLE_SSL_CONNECT_ERROR ||
                 result == CURLE_SSL_CACERT_BADFILE || result == CURLE_SSL_PINNEDPUBKEYNOTMATCH ||
                 result == CURLE_SSL_CERTPROBLEM || result == CURLE_SSL_ISSUER_ERROR || result == CURLE_SSL_CIPHER;
    why = why[0] != '\0' ? why : curl_easy_strerror(result);
    if (result != CURLE_OK && !is_tls) {
        find(findings, "network", result == CURLE_OPERATION_TIMEDOUT ? DAM_ERR_TIMEOUT : DAM_ERR_CONNECT, "%s: %s",
             origin, why);
        skip(findings, "certificate", "the server is out of reach");
        skip(findings, "clock", "the server is out of reach");
        return;
    }
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    if (is_tls)
        find(findings, "network", EXIT_OK, "%s is within reach", origin);
    else if (status < SERVER_FAILED) /* any other shows that it answers: nobody promised that there is a page at "/". */
        find(findings, "network", EXIT_OK, "%s answers", origin);
    else
        find(findings, "network", EXIT_OK, "%s answers, but with HTTP status %ld: it may be down for now", origin,
             status);
    if (is_tls) {
        find(findings, "certificate", DAM_ERR_TLS, "%s; --ca-file FILE trusts a site's own CA", why);
        skip(findings, "clock", "the certificate is not trusted");
        return;
    }
    if (strncmp(origin, "https:", 6) == 0)
        find(findings, "certificate", EXIT_OK, "it is trusted");
    else
        skip(findings, "certificate", "there is none: the URL is plain HTTP");
    find_clock(findings, date);
}

void probe(struct findings *findings, const dam_config *config, const char *origin)
{
    char why[CURL_ERROR_SIZE] = "";
    time_t date = 0;
    CURL *curl = curl_easy_init();
    if (curl == NULL) {
        skip(findings, "network", "libcurl does not start");
        return;
    }
    curl_easy_setopt(curl, CURLOPT_URL, origin);
    curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(curl, CURLOPT_PROXY_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "damsession/" DAM_VERSION);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, why);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &date);
    set_way(curl, config, strncmp(origin, "http:", 5) == 0);
    CURLcode result = curl_easy_perform(curl);
    find_way(findings, curl, result, why, origin, date);
    curl_easy_cleanup(curl);
}
