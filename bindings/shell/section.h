/*
 * section.h - what the page of troubleshooting says of one status.
 */
#ifndef DAMSESSION_SECTION_H
#define DAMSESSION_SECTION_H

/* Prints the section of DAM_ERR_TLS, TLS or tls; 0: there is none. */
int print_section(const char *status);

#endif
