/*
 * peer.h - libcurl as a careful program uses it: the options that damsession sets, and a response that is kept in
 * memory whole, headers too. And the same bare.
 *
 * libcurl 7.84.0 to 8.0.1 keeps a pointer into a response's header past the end of its transfer (curl issue 11101):
 * there damsession and this peer give each transfer a handle of its own, and a share to keep what handles keep. With
 * other versions both keep the handle.
 */
#ifndef PEER_H
#define PEER_H

#include "bench.h"

#include <curl/curl.h>
#include <stdint.h>
#include <string.h>

struct peer_buffer {
    char *bytes;
    size_t size, room;
};

/* One transfer, from its options to its end. */
struct peer_transfer {
    CURL *easy;
    struct peer_buffer head, body;
    char error[CURL_ERROR_SIZE];
    int is_cancelled;
    int is_done;
};

enum peer_cookies { PEER_NONE, PEER_ENGINE, PEER_JAR };

static CURLSH *peer_share;
/* The same for every request of a program, so made once. libcurl copies none of it. */
static struct curl_slist *peer_lines;
static const char *peer_url, *peer_ca_file, *peer_jar;

static inline void peer_begin(int has_token)
{
    char line[256];
    curl_global_init(CURL_GLOBAL_DEFAULT);
    peer_url = bench_text("BENCH_URL");
    peer_ca_file = bench_text("BENCH_CA_FILE");
    peer_jar = bench_text("BENCH_JAR");
    snprintf(line, sizeof line, "X-PS-Api-Key: %s", bench_text("BENCH_API_KEY"));
    peer_lines = curl_slist_append(NULL, line);
    if (has_token) {
        snprintf(line, sizeof line, "X-PS-Auth-Token: %s", bench_text("BENCH_TOKEN"));
        peer_lines = curl_slist_append(peer_lines, line);
    }
    peer_lines = curl_slist_append(peer_lines, "Expect:");
    peer_lines = curl_slist_append(peer_lines, "Content-Type:");
}

static inline int peer_is_reusable(void)
{
    unsigned version = curl_version_info(CURLVERSION_NOW)->version_num;
    return version < 0x075400 || version >= 0x080100;
}

static inline size_t peer_append(struct peer_buffer *buffer, const char *bytes, size_t size)
{
    if (buffer->size + size + 1 > buffer->room) {
        buffer->room = 2 * buffer->room + size + 1;
        buffer->bytes = realloc(buffer->bytes, buffer->room);
        if (buffer->bytes == NULL)
            return 0;
    }
    memcpy(buffer->bytes + buffer->size, bytes, size);
    buffer->size += size;
    buffer->bytes[buffer->size] = '\0';
    return size;
}

static size_t peer_take_header(char *bytes, size_t size, size_t count, void *user)
{
    return peer_append(&((struct peer_transfer *)user)->head, bytes, size * count);
}

static size_t peer_take_body(char *bytes, size_t size, size_t count, void *user)
{
    return peer_append(&((struct peer_transfer *)user)->body, bytes, size * count);
}

static int peer_progress(void *user, curl_off_t down_total, curl_off_t down, curl_off_t up_total, curl_off_t up)
{
    (void)down_total, (void)down, (void)up_total, (void)up;
    return ((struct peer_transfer *)user)->is_cancelled;
}

static int peer_allow(void *user, char *remote, char *local, int remote_port, int local_port)
{
    (void)user, (void)remote, (void)local, (void)remote_port, (void)local_port;
    return CURL_PREREQFUNC_OK;
}

/* What is true of every request of a program: set once where handles are kept. */
static inline void peer_set_manners(CURL *easy)
{
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(easy, CURLOPT_NETRC, 0L);
    curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, 0L);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, 30000L);
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, 120L);
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
    curl_easy_setopt(easy, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)INT64_MAX);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "damsession/1.0.0");
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(easy, CURLOPT_PROXY_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(easy, CURLOPT_CAINFO, peer_ca_file);
    curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_PROXY_CAINFO, peer_ca_file);
    curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, peer_take_header);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, peer_take_body);
    curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, peer_progress);
    curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, peer_allow);
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, "GET");
}

static inline void peer_set_cookies(CURL *easy, enum peer_cookies cookies)
{
    if (cookies != PEER_NONE)
        curl_easy_setopt(easy, CURLOPT_COOKIEFILE, "");
    /* It is written at the end of the handle. */
    if (cookies == PEER_JAR)
        curl_easy_setopt(easy, CURLOPT_COOKIEJAR, peer_jar);
}

/* What makes one transfer out of a handle with manners. */
static inline void peer_set_transfer(struct peer_transfer *transfer, CURL *easy)
{
    memset(transfer, 0, sizeof *transfer);
    transfer->easy = easy;
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, peer_lines);
    curl_easy_setopt(easy, CURLOPT_URL, peer_url);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->error);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_XFERINFODATA, transfer);
    curl_easy_setopt(easy, CURLOPT_PREREQDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
}

/* A handle with manners, which finds what earlier ones have left. */
static inline CURL *peer_make_handle(enum peer_cookies cookies)
{
    CURL *easy = curl_easy_init();
    if (easy == NULL)
        bench_stop("libcurl", "gives no handle");
    if (peer_share != NULL)
        curl_easy_setopt(easy, CURLOPT_SHARE, peer_share);
    peer_set_manners(easy);
    peer_set_cookies(easy, cookies);
    return easy;
}

/* Ends the program if the transfer did not bring what it was made for. */
static inline void peer_check(struct peer_transfer *transfer, CURLcode code)
{
    long status = 0;
    curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
    if (code != CURLE_OK || status != 200 || transfer->body.size == 0)
        bench_stop("request", transfer->error);
}

static inline void peer_free_transfer(struct peer_transfer *transfer)
{
    free(transfer->head.bytes);
    free(transfer->body.bytes);
}

/* For handles of one transfer: keeps what must outlive it. */
static inline void peer_make_share(void)
{
    peer_share = curl_share_init();
    curl_share_setopt(peer_share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
    curl_share_setopt(peer_share, CURLSHOPT_SHARE, CURL_LOCK_DATA_COOKIE);
}

#endif
