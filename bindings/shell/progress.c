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
#include <time.h>
#include <unistd.h>

static int is_shown; /* one for the process, which has one terminal. */

int may_show_progress(const struct arguments *arguments)
{
    return !is_given(arguments, FLAG_NO_PROGRESS) && isatty(STDERR_FILENO);
}

int wants_progress(const struct arguments *arguments, const struct transfer *transfer)
{
    int is_long = transfer->file != NULL || transfer->data.has_files || transfer->form != NULL;
    return is_long && may_show_progress(arguments);
}

int64_t count_milliseconds(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

const char *write_size(int64_t bytes, char text[SIZE_CAPACITY])
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    size_t unit = 0;
    double size = (double)bytes;
    for (; size >= 1000 && unit + 1 < sizeof units / sizeof units[0]; unit++)
        size /= 1024;
    snprintf(text, SIZE_CAPACITY, "%.*f %s", unit > 0, size, units[unit]);
    return text;
}

static int count_columns(void)
{
    struct winsize window = {0};
    int known = ioctl(STDERR_FILENO, TIOCGWINSZ, &window) == 0 && window.ws_col > 0;
    return known ? window.ws_col : 80;
}

/* ", 5.2 MiB/s, 0:13 left", once enough has moved to tell. What was there before did not move. */
static void write_pace(struct pace *pace, int64_t done, int64_t total, char *text, size_t capacity)
{
    enum { LEAST_MS = 200 };
    char size[SIZE_CAPACITY], left[32] = "";
    int64_t now = count_milliseconds();
    if (pace->began_ms == 0)
        *pace = (struct pace){.began_ms = now, .before = done};
    int64_t moved = done - pace->before, took = now - pace->began_ms;
    text[0] = '\0';
    if (took < LEAST_MS || moved <= 0)
        return;
    double rate = (double)moved * 1000 / (double)took;
    int64_t seconds = total > done ? (int64_t)((double)(total - done) / rate) : 0;
    if (seconds >= 3600)
        snprintf(left, sizeof left, ", %d:%02d:%02d left", (int)(seconds / 3600 % 10000), (int)(seconds / 60 % 60),
                 (int)(seconds % 60));
    else if (total > 0)
        snprintf(left, sizeof left, ", %d:%02d left", (int)(seconds / 60), (int)(seconds % 60));
    snprintf(text, capacity, ", %s/s%s", write_size((int64_t)rate, size), left);
}

/* " 45 % [=========           ] 12.3 MiB of 27.1 MiB, 5.2 MiB/s, 0:03 left", as wide as there is room for. */
void draw_progress(struct pace *pace, const char *words, int64_t done, int64_t total)
{
    enum { WIDEST = 50 };
    static const char full[WIDEST + 1] = "==================================================";
    char left[SIZE_CAPACITY], right[SIZE_CAPACITY], speed[80], line[200];
    int room = count_columns() - 1; /* a character in the last column would move the cursor to the next line. */
    if (tcgetpgrp(STDERR_FILENO) != getpgrp())
        return;
    write_pace(pace, done, total, speed, sizeof speed);
    if (total > 0)
        snprintf(line, sizeof line, "%s%s of %s%s", words, write_size(done, left), write_size(total, right), speed);
    else
        snprintf(line, sizeof line, "%s%s%s", words, write_size(done, left), speed);
    double part = total > 0 ? (double)done / (double)total : 0;
    int width = room - (int)strlen(line) - (int)strlen("100 % [] ");
    width = width < WIDEST ? width : WIDEST;
    if (total > 0 && width >= 4)
        fprintf(stderr, "\r\033[K%3d %% [%-*.*s] %s", (int)(part * 100), width, (int)(part * width), full, line);
    else
        fprintf(stderr, "\r\033[K%.*s", room, line);
    fflush(stderr);
    is_shown = 1;
}

int32_t show_progress(void *user_data, int64_t down, int64_t down_total, int64_t up, int64_t up_total)
{
    struct transfer *transfer = user_data;
    int is_upload = transfer->file == NULL;
    int64_t done = is_upload ? up : down, total = is_upload ? up_total : down_total;
    if (is_upload && down > 0) /* the response arrives, and may be printed on the same terminal. */
        clear_progress();
    else if (done > 0)
        draw_progress(&transfer->pace, "", done < total || total <= 0 ? done : total, total);
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
