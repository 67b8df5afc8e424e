/*
 * wire.h - a server that says whatever a test has written down, byte by byte, and what the tests of the transport
 * share.
 *
 * Plain HTTP on 127.0.0.1, any number of connections and requests.
 */
#ifndef WIRE_H
#define WIRE_H

#include "check.h"

enum { WIRE_URL = 64 };

/* What is sent for one request, and whether the connection stays open then. `size` 0: to the NUL. */
struct wire_response {
    const char *bytes;
    size_t size;
    int stays;
};

/* Called for every whole request; its head ends with a NUL. On threads of the server, one at a time. */
typedef struct wire_response (*wire_script)(const char *head);

void wire_start(char url[WIRE_URL], wire_script script);

/* Until wire_stop: connections that were made, requests that came. */
int wire_connections(void);
int wire_requests(void);

void wire_stop(void);

/* The session that is tested: PhotoShelter with a store in memory and these options (name, value, ..., NULL). */
dam_session *wire_session(const char *url, const char *const options[]);
#define OPTIONS(...) ((const char *const[]){__VA_ARGS__, NULL})

/* What lets everybody in; the cookie is "SSphotoshelter_com_mem=good". */
extern const struct wire_response wire_login;
int wire_is_login(const char *head);

/* The status of a GET; the response's HTTP status and headers where there is one. */
struct wire_got {
    dam_status status;
    int32_t http;
    char headers[4096];
    char body[64];
};
struct wire_got wire_get(dam_session *session, const char *path);

void wire_heads(void);
void wire_cuts(void);
void wire_handles(void);
void wire_logins(void);
void wire_descriptors(void);

#endif
