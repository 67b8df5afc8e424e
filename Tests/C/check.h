/*
 * check.h - what the C tests share: one line per check; the first failure ends the program.
 *
 * A refused call is made twice, with an error to fill and with none, and must leave its output as it was. Every error
 * is looked at as a whole: filled, one clean sentence, no secret in it. The first failure ends the program: what
 * follows would only repeat it. Main thread only.
 */
#ifndef CHECK_H
#define CHECK_H

#include <damsession.h>

#include <string.h>

/* One line; a failure says where and exits. */
void check(int good, const char *file, int line, const char *format, ...) __attribute__((format(printf, 4, 5)));
#define CHECK(condition, ...) check((condition) != 0, __FILE__, __LINE__, __VA_ARGS__)

/* A text that no message, no log line and no file of options may ever hold. Up to 64 of them; copied. */
void check_secret(const char *secret);

/* The secret that is in `text`, or NULL. */
const char *check_find_secret(const char *text);

int check_is_utf8(const char *text);

/* A list of headers as "Name: value\r\n" lines, until the next call. */
const char *check_lines(const dam_header *headers, size_t count);

/* Puts such lines (or parted by LF) into an observation, until the next call. */
void check_observed(dam_observation *observation, const char *lines);

/* What the next checks are about, for the line of a failure: which value of a loop, for example. */
void check_note(const char *note);

/* The error of the last call that was checked. */
extern dam_error check_error;

/* For calls without an output. */
extern char check_nothing;

/* check_error, full of rubbish, so that what the library fails to fill shows. */
dam_error *check_fresh(void);

/* Runs `body` on a thread with no more stack than damsession.h asks for, and says how much of it was used. */
int check_on_least_stack(int (*body)(void));

/* Waits until an event loop has something to do, and has it done. */
void check_step(dam_loop *loop);

/* The same until nothing is under way. */
void check_run(dam_loop *loop);

/* Checks status and check_error against `wanted`. */
void check_result(dam_status wanted, dam_status got, const char *call, const char *file, int line);

/* A call, once. Its text names `err`. */
#define EXPECT(wanted, call)                                     \
    do {                                                         \
        dam_error *err = check_fresh();                          \
        dam_status got_ = (call);                                \
        check_result((wanted), got_, #call, __FILE__, __LINE__); \
    } while (0)

/* A call that changes nothing and must be refused, with an error and without. `output` stays as it was, to the byte. */
#define REFUSES(wanted, call, output)                                                             \
    do {                                                                                          \
        unsigned char before_[sizeof(output)];                                                    \
        memcpy(before_, &(output), sizeof before_);                                               \
        dam_error *err = check_fresh();                                                           \
        dam_status got_ = (call);                                                                 \
        err = NULL;                                                                               \
        dam_status again_ = (call);                                                               \
        check_result((wanted), got_, "refused: " #call, __FILE__, __LINE__);                      \
        if (again_ != got_ || memcmp(before_, &(output), sizeof before_) != 0)                    \
            check(0, __FILE__, __LINE__, "%s: %s", #call,                                         \
                  again_ != got_ ? "another status without an error" : "the output was written"); \
    } while (0)

/* A call without a result: it is enough that it returns. */
#define SURVIVES(call)                             \
    do {                                           \
        call;                                      \
        check(1, __FILE__, __LINE__, "%s", #call); \
    } while (0)

#endif
