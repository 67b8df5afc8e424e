/*
 * Hypot.c - hypotf, of which glibc 2.35 has a version of its own.
 *
 * Swift's run time names it in its list of mathematical functions; nothing here calls it. Yet the loader asks for what
 * is named, and refused the library where glibc is older. The shipped library is linked with --wrap=hypotf (see the
 * Makefile), so that the name leads here. Debug builds are linked without.
 */
#include <math.h>

float __wrap_hypotf(float x, float y);

/* Squares of floats neither overflow nor vanish as doubles. Infinity goes before "not a number", as C wants it. */
float __wrap_hypotf(float x, float y)
{
    if (isinf(x) || isinf(y)) {
        return INFINITY;
    }
    return (float)sqrt((double)x * x + (double)y * y);
}
