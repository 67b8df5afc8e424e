/*
 * peer_open.c - starts libcurl, makes a handle, and ends: what libcurl costs a program that does nothing with it.
 */
#include "bench.h"

#include <curl/curl.h>

int main(void)
{
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        bench_stop("libcurl", "does not start");
    CURL *easy = curl_easy_init();
    if (easy == NULL)
        bench_stop("libcurl", "gives no handle");
    curl_easy_cleanup(easy);
    curl_global_cleanup();
    return 0;
}
