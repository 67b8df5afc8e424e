#!/bin/sh
# run.sh - builds the library and the Swift tests with AddressSanitizer and with ThreadSanitizer, and runs them and the C
# tests. Usage: Tests/sanitize/run.sh [address|thread]... Without arguments: both. Ends with "sanitize: N passed, M failed".
#
# One build for each, in .build/address and .build/thread, serves the Swift tests and the library. PYTHON (default
# .build/venv/bin/python) runs the sandbox. A report counts as a failure wherever it comes from, also from a process whose
# exit code nobody sees. A sanitizer that has not found the faults of canary.c is not trusted, nothing is skipped, and what
# names our own modules is not suppressed.
set -u
cd "$(dirname "$0")/../.." || exit 1
here=Tests/sanitize
python=${PYTHON:-.build/venv/bin/python}
work=$(mktemp -d) || exit 1
trap 'exec 3>&-; rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
. Tests/C/sandbox.sh
export PYTHONPATH=bindings/python PYTHONDONTWRITEBYTECODE=1
passed=0
failed=0
report='(ERROR|WARNING): (Address|Leak|Thread)Sanitizer|Sanitizer:DEADLYSIGNAL|Sanitizer: CHECK failed|Sanitizer has encountered'

# The toolchain that `swift` stands for: its clang fits its run time, and TSan's run time wants its libdispatch.
resources=$(swift -print-target-info | sed -n 's/.*"runtimeResourcePath": "\(.*\)".*/\1/p')
runtime=$resources/linux
cc=$resources/../../bin/clang

# verdict NAME CODE FILE CHECKS: judges a program that has ended with CODE, has written FILE and made so many CHECKS.
verdict() {
    if [ "$2" -eq 0 ] && [ "${4:-0}" -gt 0 ] && ! grep -qE "$report" "$3"; then
        passed=$((passed + $4))
        echo "$1: $4 checks"
        return 0
    fi
    failed=$((failed + 1))
    echo "$1: failed with exit code $2; reports:"
    grep -E '^SUMMARY: ' "$3" | sort | uniq -c | sort -rn
    grep -m 1 -A 60 -E "$report" "$3" || tail -n 20 "$3"
    return 1
}

# step NAME COMMAND...: one check that is a command.
step() {
    name=$1
    shift
    "$@" >"$work/step" 2>&1
    verdict "$name" $? "$work/step" 1
}

# alone FOLDER COMMAND...: without the user's environment, options and stores, and with the sanitizer's.
alone() {
    root=$work/$1.home
    mkdir "$root"
    shift
    # shellcheck disable=SC2086 # words on purpose
    env -i PATH="$PATH" HOME="$root" LD_LIBRARY_PATH="$lib" DAM_TEST_DIR="$root" $options \
        DAM_TEST_PHOTOSHELTER="${photoshelter:-}" DAM_TEST_FOTOWEB="${fotoweb:-}" DAM_TEST_CONTROL="${control:-}" \
        DAM_TEST_CA_FILE="$work/ca.pem" "$@" 3>&- 2>&1
}

# program NAME SOURCE...: a test program in $work/NAME, with the sanitizer.
program() {
    name=$1
    shift
    step "compile $name" "$cc" -std=c11 -D_GNU_SOURCE= -g -O1 -fno-omit-frame-pointer -fsanitize="$sanitizer" -fuse-ld=lld \
        -Wall -Wextra -pedantic -Werror -Iinclude "$@" -o "$work/$name" -L"$lib" -ldamsession -L"$runtime" \
        -Wl,-rpath,"$runtime" -ldispatch -lBlocksRuntime -lpthread -lm
}

# run NAME: a test program, whole.
run() {
    alone "$sanitizer.$1" timeout 900 "$work/$1" >"$work/$1.txt"
    code=$?
    verdict "$1" $code "$work/$1.txt" "$(grep -c '^ok ' "$work/$1.txt")"
}

# sings FAULT PATTERN: the sanitizer must find this fault of canary.c, and in our own code.
sings() {
    alone "$sanitizer.$1" timeout 120 "$work/canary" "$1" >"$work/$1.txt"
    code=$?
    if [ $code -ne 0 ] && grep -qE "$2" "$work/$1.txt" && grep -q DamABI "$work/$1.txt"; then
        verdict "the sanitizer finds a fault on purpose: $1" 0 /dev/null 1
    else
        verdict "the sanitizer does not find a fault on purpose: $1" $code "$work/$1.txt" 0
    fi
}

# Product by product, since a build of all would also build what nobody uses.
build() {
    for product in damsessionPackageTests damsession; do
        # shellcheck disable=SC2086
        swift build --sanitize="$sanitizer" --scratch-path ".build/$sanitizer" $flags --product $product || return 1
    done
}

swift_tests() {
    # shellcheck disable=SC2086
    env $options swift test --sanitize="$sanitizer" --scratch-path ".build/$sanitizer" --skip-build --disable-xctest \
        >"$work/swift.txt" 2>&1
    code=$?
    verdict "Swift tests" $code "$work/swift.txt" \
        "$(sed -n 's/.*Test run with \([0-9]*\) tests.* passed.*/\1/p' "$work/swift.txt")"
}

sanitize() {
    sanitizer=$1
    lib=$PWD/.build/$sanitizer/debug
    echo "== $sanitizer"
    case $sanitizer in
    address)
        # Optimized: else most of what Swift does to memory happens in generic code of its run time, where nobody looks.
        flags='-Xswiftc -O'
        options="ASAN_OPTIONS=detect_leaks=1:detect_stack_use_after_return=1:strict_string_checks=1:check_initialization_order=1
            LSAN_OPTIONS=suppressions=$PWD/$here/leak.supp:print_suppressions=0"
        ;;
    thread)
        flags=
        step "compile mutex.so" "$cc" -std=c11 -O1 -Wall -Wextra -Werror -fPIC -shared $here/mutex.c -o "$work/mutex.so"
        options="TSAN_OPTIONS=second_deadlock_stack=1 LD_PRELOAD=$work/mutex.so"
        ;;
    esac
    step "build" build || return
    program canary $here/canary.c
    program abuse Tests/C/abuse*.c Tests/C/check.c Tests/C/loopback.c Tests/C/table.c
    program smoke Tests/C/smoke*.c Tests/C/control.c Tests/C/check.c Tests/C/loopback.c
    program wire Tests/C/wire*.c Tests/C/check.c
    program crowd $here/crowd.c Tests/C/control.c Tests/C/check.c Tests/sharing/application_store.c
    case $sanitizer in
    address)
        sings overrun 'AddressSanitizer: heap-buffer-overflow'
        sings freed 'AddressSanitizer: heap-use-after-free'
        sings leak 'LeakSanitizer: detected memory leaks'
        ;;
    thread) sings race 'ThreadSanitizer: (Swift access|data) race' ;;
    esac
    swift_tests
    run abuse
    run wire
    run smoke
    run crowd
}

[ $# -gt 0 ] || set -- address thread
for name in "$@"; do
    case $name in
    address | thread) ;;
    *)
        echo "run.sh: $name is neither address nor thread" >&2
        exit 2
        ;;
    esac
done
step "the sandbox starts" start_sandbox
for name in "$@"; do sanitize "$name"; done

echo "sanitize: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
