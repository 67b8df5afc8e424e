/*
 * pages.c - the pages of the manual: `damsession help troubleshooting`.
 *
 * They are the files of bindings/pages, as plain.py writes them for a terminal, put in by the assembler, so that there
 * is no second copy that could be older.
 */
#include "pages.h"

#include <stddef.h>
#include <string.h>

#define PAGE(symbol, name)                                                                \
    __asm__(".pushsection .rodata\n" #symbol ":\n.incbin \".build/pages/" name ".txt\"\n" \
            ".byte 0\n.popsection");                                                      \
    extern const char symbol[] __attribute__((visibility("hidden")))

PAGE(choosing, "choosing");
PAGE(coming_from, "coming-from");
PAGE(concurrency, "concurrency");
PAGE(examples, "examples");
PAGE(installing, "installing");
PAGE(performance, "performance");
PAGE(reference, "reference");
PAGE(security, "security");
PAGE(services, "services");
PAGE(testing, "testing");
PAGE(transfers, "transfers");
PAGE(troubleshooting, "troubleshooting");

const struct page pages[] = {
    {"choosing", choosing},
    {"coming-from", coming_from},
    {"concurrency", concurrency},
    {"examples", examples},
    {"installing", installing},
    {"performance", performance},
    {"reference", reference},
    {"security", security},
    {"services", services},
    {"testing", testing},
    {"transfers", transfers},
    {"troubleshooting", troubleshooting},
    {NULL, NULL},
};

const struct page *find_page(const char *name)
{
    for (const struct page *page = pages; page->name != NULL; page++)
        if (strcmp(page->name, name) == 0)
            return page;
    return NULL;
}
