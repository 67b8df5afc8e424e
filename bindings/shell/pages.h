/*
 * pages.h - the pages of the manual.
 */
#ifndef PAGES_H
#define PAGES_H

struct page {
    const char *name, *text;
};

/* In alphabetical order; the last has no name. */
extern const struct page pages[];

/* NULL: there is no such page. */
const struct page *find_page(const char *name);

#endif
