/*
 * progress.c - the progress bar: a line on standard error that shows how far a transfer is.
 *
 * It is shown only to a person who waits: not in a pipe or a log, not in the background, and not with --no-progress. It
 * is removed before a message is printed, so that messages stay whole lines.
 */
#include "progress.h"

#include "arguments.h"
#include "transfer.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static int is_shown; /* one for the process, which has one terminal. */

int wants_progress(const struct arguments *arguments, const struct transfer *transfer)
{
    int is_long = transfer->file != NULL || transfer->data.has_files || transfer->form != NULL;
    return is_long && !is_given(arguments, FLAG_NO_PROGRESS) && isatty(STDERR_FILENO);
}

/* "12.3 MiB" */
static const char *write_size(int64_t bytes, char text[32])
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    size_t unit = 0;
    double size = (double)bytes;
    for (; size >= 1000 && unit + 1 < sizeof units / sizeof units[0]; unit++)
        size /= 1024;
    snprintf(text, 32, "%.*f %s", unit > 0, size, units[unit]);
    return text;
}

static int count_columns(void)
{
    struct winsize window = {0};
    int known = ioctl(STDERR_FILENO, TIOCGWINSZ, &window) == 0 && window.ws_col > 0;
    return known ? window.ws_col : 80;
}

/* " 45 % [=========           ] 12.3 MiB of 27.1 MiB", as wide as there is room for. */
static void draw(int64_t done, int64_t total)
{
    enum { WIDEST = 50 };
    static const char full[WIDEST + 1] = "==================================================";
    char left[32], right[32], words[80];
    int room = count_columns() - 1; /* a character in the last column would move the cursor to the next line. */
    if (total > 0)
        snprintf(words, sizeof words, "%s of %s", write_size(done, left), write_size(total, right));
    else
        snprintf(words, sizeof words, "%s", write_size(done, left));
    double part = total > 0 ? (double)done / (double)total : 0;
    int width = room - (int)strlen(words) - (int)strlen("100 % [] ");
    width = width < WIDEST ? width : WIDEST;
    if (total > 0 && width >= 4)
        fprintf(stderr, "\r\033[K%3d %% [%-*.*s] %s", (int)(part * 100), width, (int)(part * width), full, words);
    else
        fprintf(stderr, "\r\033[K%.*s", room, words);
    fflush(stderr);
    is_shown = 1;
}

int32_t show_progress(void *user_data, int64_t down, int64_t down_total, int64_t up, int64_t up_total)
{
    const struct transfer *transfer = user_data;
    int is_upload = transfer->file == NULL;
    int64_t done = is_upload ? up : down, total = is_upload ? up_total : down_total;
    if (tcgetpgrp(STDERR_FILENO) != getpgrp())
        return 0;
    if (is_upload && down > 0) /* the response arrives, and may be printed on the same terminal. */
        clear_progress();
    else if (done > 0)
        draw(done < total || total <= 0 ? done : total, total);
    return 0;
}

void clear_progress(void)
{
    if (!is_shown)
        return;
    is_shown = 0;
    fputs("\r\033[K", stderr);
    fflush(stderr);
}
