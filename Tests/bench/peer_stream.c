/*
 * peer_stream.c - large bodies through callbacks, by libcurl alone, with the buffer that the curl command uses.
 *
 *   peer_stream down|up URL BYTES
 */
#include "peer.h"

static CURL *kept;
static curl_off_t size, moved;

static size_t take(char *bytes, size_t one, size_t count, void *user)
{
    (void)bytes, (void)user;
    moved += (curl_off_t)(one * count);
    return one * count;
}

static size_t give(char *room, size_t one, size_t most, void *user)
{
    (void)user;
    size_t count = size - moved < (curl_off_t)(one * most) ? (size_t)(size - moved) : one * most;
    memset(room, 'x', count);
    moved += (curl_off_t)count;
    return count;
}

static void transfer(long count)
{
    while (count-- > 0) {
        struct peer_transfer transfer;
        long status = 0;
        moved = 0;
        peer_set_transfer(&transfer, kept);
        CURLcode code = curl_easy_perform(kept);
        curl_easy_getinfo(kept, CURLINFO_RESPONSE_CODE, &status);
        if (code != CURLE_OK || status / 100 != 2 || moved != size)
            bench_stop("transfer", transfer.error);
        peer_free_transfer(&transfer);
    }
}

int main(int count, char **words)
{
    if (count != 4)
        return 2;
    peer_begin(1);
    peer_url = words[2];
    size = (curl_off_t)strtoull(words[3], NULL, 10);
    /* A handle of its own for each transfer is nothing beside these. */
    kept = peer_make_handle(PEER_NONE);
    curl_easy_setopt(kept, CURLOPT_BUFFERSIZE, 102400L);
    curl_easy_setopt(kept, CURLOPT_ACCEPT_ENCODING, NULL);
    if (strcmp(words[1], "up") == 0) {
        curl_easy_setopt(kept, CURLOPT_UPLOAD, 1L);
        curl_easy_setopt(kept, CURLOPT_CUSTOMREQUEST, "PUT");
        curl_easy_setopt(kept, CURLOPT_INFILESIZE_LARGE, size);
        curl_easy_setopt(kept, CURLOPT_READFUNCTION, give);
    } else {
        curl_easy_setopt(kept, CURLOPT_WRITEFUNCTION, take);
    }
    bench_obey(transfer);
    curl_easy_cleanup(kept);
    return 0;
}
