/*
 * dumpable.c - stands before the library and tells whether the kernel would write a core dump of the process that asks
 * for its version. Preloaded by a test of the wrapper.
 */
#include <damsession.h>

#include <sys/prctl.h>

const char *dam_version(void)
{
    return prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0 ? "never dumped" : "dumped";
}
