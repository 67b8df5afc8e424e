/*
 * screen.c - the body of a response on a terminal: no binary, and a newline at the end of a text that has none.
 *
 * In a file or a pipe a body is what the server sent, byte for byte. On a terminal control characters would do things
 * to it, whoever sent them.
 */
#include "screen.h"

#include "arguments.h"
#include "exit_code.h"
#include "files.h"
#include "say.h"

#include <string.h>
#include <unistd.h>

struct screen find_screen(const struct arguments *arguments)
{
    int is_forced = arguments->output != NULL && strcmp(arguments->output, "-") == 0;
    return (struct screen){.is_there = !is_forced && isatty(STDOUT_FILENO), .last = '\n'};
}

/* Text has no control characters but these. U+0080 to U+009F control terminals too. */
static int is_text(unsigned char before, unsigned char byte)
{
    if (byte < 0x20)
        return byte == '\t' || byte == '\n' || byte == '\r' || byte == '\f';
    return byte != 0x7f && (before != 0xc2 || byte < 0x80 || byte > 0x9f);
}

int may_show(struct screen *screen, const void *bytes, size_t size)
{
    const unsigned char *text = bytes;
    unsigned char before = screen->last;
    for (size_t at = 0; screen->is_there && at < size; before = text[at++])
        if (!is_text(before, text[at])) {
            end_screen(screen);
            say("the body is binary, or controls terminals: save it with --output FILE, or force it with --output -");
            return 0;
        }
    screen->last = before;
    return 1;
}

void end_screen(struct screen *screen)
{
    if (screen->is_there && screen->last != '\n')
        write_bytes(STDOUT_FILENO, "\n", 1, "standard output");
    screen->last = '\n';
}
