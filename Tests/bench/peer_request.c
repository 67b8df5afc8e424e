/*
 * peer_request.c - small requests one after another, by libcurl alone.
 *
 *   peer_request HOW token|cookie|jar
 *
 * HOW: `same` sets the options that damsession sets, and takes the same precaution (see peer.h); `kept` sets them once
 * and keeps the handle, which some versions of libcurl are not safe with; `bare` sets nothing but the URL and where the
 * body goes. `cookie`: with libcurl's cookie engine. `jar`: which is written to a file after each response.
 */
#include "peer.h"

static enum peer_cookies cookies;
static int is_fresh;
static CURL *kept;
static CURLM *multi;

static void run(CURL *easy)
{
    int running = 1, left;
    curl_multi_add_handle(multi, easy);
    for (;;) {
        if (curl_multi_perform(multi, &running) != CURLM_OK)
            bench_stop("multi", "failed");
        if (running == 0)
            break;
        curl_multi_poll(multi, NULL, 0, 1000, NULL);
    }
    CURLMsg *message = curl_multi_info_read(multi, &left);
    struct peer_transfer *transfer = NULL;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&transfer);
    peer_check(transfer, message == NULL ? CURLE_FAILED_INIT : message->data.result);
    curl_multi_remove_handle(multi, easy);
}

static void ask(long count)
{
    while (count-- > 0) {
        struct peer_transfer transfer;
        CURL *easy = is_fresh ? peer_make_handle(cookies) : kept;
        peer_set_transfer(&transfer, easy);
        run(easy);
        if (is_fresh)
            curl_easy_cleanup(easy);
        else if (cookies == PEER_JAR)
            curl_easy_setopt(easy, CURLOPT_COOKIELIST, "FLUSH");
        peer_free_transfer(&transfer);
    }
}

static void ask_barely(long count)
{
    while (count-- > 0) {
        struct peer_transfer transfer = {.easy = kept};
        curl_easy_setopt(kept, CURLOPT_WRITEDATA, &transfer);
        peer_check(&transfer, curl_easy_perform(kept));
        if (cookies == PEER_JAR)
            curl_easy_setopt(kept, CURLOPT_COOKIELIST, "FLUSH");
        free(transfer.body.bytes);
    }
}

int main(int count, char **words)
{
    if (count != 3)
        return 2;
    int is_bare = strcmp(words[1], "bare") == 0, has_token = strcmp(words[2], "token") == 0;
    peer_begin(has_token);
    is_fresh = strcmp(words[1], "same") == 0 && !peer_is_reusable();
    cookies = has_token ? PEER_NONE : strcmp(words[2], "jar") == 0 ? PEER_JAR : PEER_ENGINE;
    multi = curl_multi_init();
    curl_multi_setopt(multi, CURLMOPT_MAX_HOST_CONNECTIONS, 64L);
    if (is_fresh)
        peer_make_share();
    else if (!is_bare)
        kept = peer_make_handle(cookies);
    if (is_bare) {
        kept = curl_easy_init();
        curl_easy_setopt(kept, CURLOPT_URL, peer_url);
        curl_easy_setopt(kept, CURLOPT_CAINFO, peer_ca_file);
        curl_easy_setopt(kept, CURLOPT_WRITEFUNCTION, peer_take_body);
        peer_set_cookies(kept, cookies);
    }
    void (*work)(long) = is_bare ? ask_barely : ask;
    work(2);
    bench_obey(work);
    curl_easy_cleanup(kept);
    curl_multi_cleanup(multi);
    curl_share_cleanup(peer_share);
    return 0;
}
