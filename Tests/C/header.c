/*
 * header.c - the header needs nothing before it, may come twice, and is C99, C11 and C++17 without a warning.
 * It refuses to use anything: run.sh compiles it once for each language, and that is the test.
 */
#include <damsession.h>

#include <damsession.h>

int main(void)
{
    return 0;
}
