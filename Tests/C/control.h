/*
 * control.h - how a C test looks into the sandbox and turns its knobs (`/_sandbox/`, over plain HTTP).
 *
 * Every question that the sandbox does not answer ends the program.
 */
#ifndef CONTROL_H
#define CONTROL_H

/* "http://localhost:PORT" of the sandbox, from its ready line. */
void control_use(const char *url);

/* POST: control_post("knobs", "{\"throttle\": 7}"). */
void control_post(const char *endpoint, const char *json);

/* Forgets the queued faults: those that no request has used up. */
void control_forget_faults(void);

/* One number of the state: control_count("photoshelter", "logins_ok"). */
long control_count(const char *system, const char *counter);

/* Waits until that number is at least `least`; ends the program after 20 seconds without. */
void control_await(const char *system, const char *counter, long least);

#endif
