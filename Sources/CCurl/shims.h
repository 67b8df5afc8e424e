/*
 * shims.h - libcurl for Swift: typed functions for its variadic ones, which Swift cannot call. Anything that can be
 * written in Swift is not here.
 */
#ifndef DAM_CCURL_SHIMS_H
#define DAM_CCURL_SHIMS_H

#include <curl/curl.h>

/* CURLOPT_WRITEFUNCTION, CURLOPT_HEADERFUNCTION and CURLOPT_READFUNCTION, and CURLOPT_XFERINFOFUNCTION. */
typedef size_t (*dam_curl_bytes)(char *bytes, size_t size, size_t count, void *user_data);
typedef int (*dam_curl_progress)(void *user_data, curl_off_t down_total, curl_off_t down, curl_off_t up_total,
                                 curl_off_t up);

static inline CURLcode dam_curl_set_long(CURL *handle, CURLoption option, long value)
{
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode dam_curl_set_size(CURL *handle, CURLoption option, curl_off_t value)
{
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode dam_curl_set_text(CURL *handle, CURLoption option, const char *value)
{
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode dam_curl_set_pointer(CURL *handle, CURLoption option, const void *value)
{
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode dam_curl_set_list(CURL *handle, CURLoption option, struct curl_slist *value)
{
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode dam_curl_set_bytes(CURL *handle, CURLoption option, dam_curl_bytes value)
{
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode dam_curl_set_progress(CURL *handle, dam_curl_progress value)
{
    return curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, value);
}
static inline CURLcode dam_curl_set_prerequest(CURL *handle, curl_prereq_callback value)
{
    return curl_easy_setopt(handle, CURLOPT_PREREQFUNCTION, value);
}
static inline CURLcode dam_curl_get_long(CURL *handle, CURLINFO info, long *value)
{
    return curl_easy_getinfo(handle, info, value);
}
static inline CURLcode dam_curl_get_size(CURL *handle, CURLINFO info, curl_off_t *value)
{
    return curl_easy_getinfo(handle, info, value);
}
static inline CURLcode dam_curl_get_socket(CURL *handle, CURLINFO info, curl_socket_t *value)
{
    return curl_easy_getinfo(handle, info, value);
}
static inline void *dam_curl_get_private(CURL *handle)
{
    char *value = NULL;
    return curl_easy_getinfo(handle, CURLINFO_PRIVATE, &value) == CURLE_OK ? value : NULL;
}
/* The address of one of libcurl's functions, for dam_symbol_beside. */
static inline const void *dam_curl_place(void)
{
    return (const void *)curl_easy_init;
}
/* OpenSSL's SSL of the connection in use; NULL: there is no TLS, or it is another library's. */
static inline void *dam_curl_get_openssl(CURL *handle)
{
    const struct curl_tlssessioninfo *tls = NULL;
    if (curl_easy_getinfo(handle, CURLINFO_TLS_SSL_PTR, &tls) != CURLE_OK || tls == NULL)
        return NULL;
    return tls->backend == CURLSSLBACKEND_OPENSSL ? tls->internals : NULL;
}
static inline CURLMcode dam_multi_set_long(CURLM *multi, CURLMoption option, long value)
{
    return curl_multi_setopt(multi, option, value);
}
static inline CURLMcode dam_multi_set_pointer(CURLM *multi, CURLMoption option, void *value)
{
    return curl_multi_setopt(multi, option, value);
}
static inline CURLMcode dam_multi_set_socket(CURLM *multi, curl_socket_callback value)
{
    return curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, value);
}
static inline CURLMcode dam_multi_set_timer(CURLM *multi, curl_multi_timer_callback value)
{
    return curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, value);
}
static inline CURLSHcode dam_share_add(CURLSH *share, curl_lock_data what)
{
    return curl_share_setopt(share, CURLSHOPT_SHARE, what);
}
static inline unsigned int dam_curl_version(void)
{
    return curl_version_info(CURLVERSION_NOW)->version_num;
}
static inline CURLcode dam_curl_global_init(void)
{
    return curl_global_init(CURL_GLOBAL_DEFAULT);
}

#endif
