/*
 * mutex.c - tells ThreadSanitizer what Swift's Mutex does when threads compete for it.
 *
 * The fast path of a Mutex is compiled into the code that uses it, where TSan sees its atomic operations. The slow
 * paths are in Swift's run time, which is not instrumented: TSan would take everything that a contended Mutex protects
 * for a race. Preloaded, these two stand before them and say what they do: lock acquires, unlock releases. That hides
 * nothing, since the fast paths say the same at the same address. It does nothing where there is no TSan.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>

void __tsan_acquire(void *address) __attribute__((weak));
void __tsan_release(void *address) __attribute__((weak));

#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"
#define SWIFT __attribute__((swiftcall))

typedef SWIFT void (*lock_slow)(uint32_t thread, __attribute__((swift_context)) void *mutex);
typedef SWIFT void (*unlock_slow)(__attribute__((swift_context)) void *mutex);

static lock_slow real_lock;
static unlock_slow real_unlock;

__attribute__((constructor)) static void find(void)
{
    real_lock = (lock_slow)dlsym(RTLD_NEXT, LOCK);
    real_unlock = (unlock_slow)dlsym(RTLD_NEXT, UNLOCK);
}

SWIFT void lock_and_say_so(uint32_t thread, __attribute__((swift_context)) void *mutex) __asm__(LOCK);
SWIFT void say_so_and_unlock(__attribute__((swift_context)) void *mutex) __asm__(UNLOCK);

SWIFT void lock_and_say_so(uint32_t thread, __attribute__((swift_context)) void *mutex)
{
    real_lock(thread, mutex);
    if (__tsan_acquire)
        __tsan_acquire(mutex);
}

SWIFT void say_so_and_unlock(__attribute__((swift_context)) void *mutex)
{
    if (__tsan_release)
        __tsan_release(mutex);
    real_unlock(mutex);
}
