/*
 * peer_loop.c - small requests, 64 in flight on one thread, by libcurl alone: curl_multi_socket_action under epoll.
 *
 *   peer_loop same|kept      as in peer_request.c
 */
#include "peer.h"

#include <sys/epoll.h>

enum { WIDTH = 64 };

static int is_fresh, epoll;
static long timeout = -1, to_submit, under_way;
static CURLM *multi;
static struct peer_transfer transfers[WIDTH];
static CURL *kept[WIDTH];

static int watch(CURL *easy, curl_socket_t socket, int what, void *user, void *known)
{
    struct epoll_event event = {.data.fd = socket};
    (void)easy, (void)user;
    if (what == CURL_POLL_REMOVE)
        return epoll_ctl(epoll, EPOLL_CTL_DEL, socket, NULL), 0;
    event.events = (what & CURL_POLL_IN ? EPOLLIN : 0u) | (what & CURL_POLL_OUT ? EPOLLOUT : 0u);
    if (epoll_ctl(epoll, known == NULL ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, socket, &event) != 0)
        bench_stop("epoll", "failed");
    curl_multi_assign(multi, socket, &epoll);
    return 0;
}

static int watch_time(CURLM *unused, long milliseconds, void *user)
{
    (void)unused, (void)user;
    timeout = milliseconds;
    return 0;
}

static void submit(int at)
{
    CURL *easy = is_fresh ? peer_make_handle(PEER_NONE) : kept[at];
    to_submit--;
    under_way++;
    peer_set_transfer(&transfers[at], easy);
    curl_multi_add_handle(multi, easy);
}

static void collect(void)
{
    CURLMsg *message;
    int left;
    while ((message = curl_multi_info_read(multi, &left)) != NULL) {
        struct peer_transfer *transfer = NULL;
        CURL *easy = message->easy_handle;
        curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&transfer);
        peer_check(transfer, message->data.result);
        curl_multi_remove_handle(multi, easy);
        if (is_fresh)
            curl_easy_cleanup(easy);
        peer_free_transfer(transfer);
        under_way--;
        if (to_submit > 0)
            submit((int)(transfer - transfers));
    }
}

static void ask(long count)
{
    struct epoll_event events[WIDTH];
    int running;
    to_submit = count;
    for (int at = 0; at < WIDTH && to_submit > 0; at++)
        submit(at);
    while (under_way > 0) {
        int ready = timeout == 0 ? 0 : epoll_wait(epoll, events, WIDTH, (int)timeout);
        if (ready == 0) {
            timeout = -1;
            curl_multi_socket_action(multi, CURL_SOCKET_TIMEOUT, 0, &running);
        }
        for (int at = 0; at < ready; at++) {
            int what = (events[at].events & (EPOLLIN | EPOLLHUP | EPOLLERR) ? CURL_CSELECT_IN : 0) |
                       (events[at].events & EPOLLOUT ? CURL_CSELECT_OUT : 0);
            curl_multi_socket_action(multi, events[at].data.fd, what, &running);
        }
        collect();
    }
}

int main(int count, char **words)
{
    if (count != 2)
        return 2;
    peer_begin(1);
    is_fresh = strcmp(words[1], "same") == 0 && !peer_is_reusable();
    epoll = epoll_create1(EPOLL_CLOEXEC);
    multi = curl_multi_init();
    curl_multi_setopt(multi, CURLMOPT_MAX_HOST_CONNECTIONS, 64L);
    curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, watch);
    curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, watch_time);
    if (is_fresh)
        peer_make_share();
    for (int at = 0; at < WIDTH && !is_fresh; at++)
        kept[at] = peer_make_handle(PEER_NONE);
    ask(2L * WIDTH);
    bench_obey(ask);
    for (int at = 0; at < WIDTH; at++)
        curl_easy_cleanup(kept[at]);
    curl_multi_cleanup(multi);
    curl_share_cleanup(peer_share);
    return 0;
}
