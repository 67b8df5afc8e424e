/*
 * curl.h - the flags of curl that are none here.
 */
#ifndef DAMSESSION_CURL_H
#define DAMSESSION_CURL_H

/* What to do in place of a flag of curl, by its name or, if that is NULL, by its letter; NULL: it is none of those. */
const char *find_curl_advice(const char *name, char letter);

#endif
