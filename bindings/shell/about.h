/*
 * about.h - what `damsession help` says of one flag, option or variable of the environment.
 */
#ifndef DAMSESSION_ABOUT_H
#define DAMSESSION_ABOUT_H

/* Prints what there is to say of a flag or an option, with "--" or "-" or without, or of DAMSESSION_*; 0: it is
   none. */
int print_about(const char *word);

/* Prints "commands: " and those that take what is in one of these groups (enum accepts, or-ed). */
void print_takers(unsigned groups);

#endif
