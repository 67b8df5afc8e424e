#!/bin/sh
# run.sh - compiles and runs the C tests against the library that ships. Ends with "C: N passed, N failed".
# Usage: Tests/C/run.sh [memcheck]. `memcheck`: only the programs that talk to the sandbox, under valgrind, which takes
# minutes.
#
# LIB (default .build/lib) holds the library, PYTHON (default .build/venv/bin/python) runs the sandbox. Everything is made
# in a folder of its own, the user's environment is not seen, and nothing is skipped: without valgrind, it fails.
set -u
cd "$(dirname "$0")/../.." || exit 1
lib=$(cd "${LIB:-.build/lib}" && pwd) || exit 1
python=${PYTHON:-.build/venv/bin/python}
work=$(mktemp -d) || exit 1
trap 'exec 3>&-; rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
. Tests/C/sandbox.sh
export PYTHONPATH=bindings/python PYTHONDONTWRITEBYTECODE=1
passed=0
failed=0
warnings='-Wall -Wextra -pedantic -Werror'
memcheck='valgrind -q --error-exitcode=9 --leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=definite
    --child-silent-after-fork=yes --num-callers=60 --suppressions=Tests/C/valgrind.supp'

# verdict NAME FILE: counts the checks of a program that has just ended with $?, or shows the end of what it printed and
# the first thing that valgrind said.
verdict() {
    code=$?
    count=$(grep -c '^ok ' "$2")
    passed=$((passed + count))
    if [ "$code" -eq 0 ] && [ "$count" -gt 0 ]; then
        echo "$1: $count checks"
    else
        failed=$((failed + 1))
        echo "$1: exit code $code after $count checks; the end of its output:"
        grep -v '^==' "$2" | tail -n 12
        grep -m 40 '^==' "$2"
    fi
}

# step NAME COMMAND...: one check that is a command.
step() {
    name=$1
    shift
    if "$@" >"$work/step" 2>&1; then echo "ok $name" >"$work/log"; else (exit 1); fi
    verdict "$name" "$([ -s "$work/log" ] && echo "$work/log" || echo "$work/step")"
    : >"$work/log"
}

# alone FOLDER COMMAND...: without the user's environment, options and stores.
alone() {
    root=$work/$1.home
    mkdir "$root"
    shift
    env -i PATH="$PATH" HOME="$root" LD_LIBRARY_PATH="$lib" DAM_TEST_DIR="$root" \
        DAM_TEST_PHOTOSHELTER="${photoshelter:-}" DAM_TEST_FOTOWEB="${fotoweb:-}" DAM_TEST_CONTROL="${control:-}" \
        DAM_TEST_CA_FILE="$work/ca.pem" "$@" 3>&- 2>&1
}

# program NAME SOURCE...: a test program in $work/NAME.
program() {
    name=$1
    shift
    # shellcheck disable=SC2086 # words on purpose
    step "compile $name" gcc -std=c11 -g -O1 $warnings -Iinclude "$@" -o "$work/$name" -L"$lib" -ldamsession -lpthread -lm
}

: >"$work/log"

finish() {
    echo "C: $passed passed, $failed failed"
    [ "$failed" -eq 0 ]
    exit
}

smoke() {
    program smoke Tests/C/smoke*.c Tests/C/control.c Tests/C/check.c Tests/C/loopback.c
    step "the sandbox starts" start_sandbox
}

if [ "${1:-}" = memcheck ]; then
    smoke
    # shellcheck disable=SC2086
    step "smoke under valgrind" alone smoke-valgrind DAM_TEST_SHORT=1 $memcheck "$work/smoke"
    finish
fi

# shellcheck disable=SC2086
for language in c99 c11; do
    step "header.c as $language" gcc -std=$language $warnings -Wmissing-field-initializers -Iinclude Tests/C/header.c \
        -o "$work/header"
    step "what structs begin with, as $language" "$work/header"
done
# shellcheck disable=SC2086
step "header.c as C++17" g++ -std=c++17 -x c++ $warnings -Wmissing-field-initializers -Iinclude Tests/C/header.c \
    -o "$work/header"
step "what structs begin with, as C++17" "$work/header"

step "the ABI is the one that is written down" Tests/C/abi.sh Tests/C/abi.txt
Tests/C/abi.sh | grep -E '^dam_[a-z_.]+ [0-9 ]+$' | sort >"$work/layout.c.txt"
"$python" Tests/C/abi.py layout | sort >"$work/layout.py.txt"
step "C and Python lay structs out alike" diff "$work/layout.c.txt" "$work/layout.py.txt"
awk -v want=structs -f Tests/C/header.awk include/damsession.h | sort >"$work/structs"
sed -n 's/^\([a-z_]*\) .*/\1/p' "$work/layout.c.txt" >"$work/structs.laid"
step "no struct of the header is missing there" diff "$work/structs" "$work/structs.laid"

program abuse Tests/C/abuse*.c Tests/C/check.c Tests/C/loopback.c Tests/C/table.c
alone abuse "$work/abuse" >"$work/abuse.txt"
verdict abuse "$work/abuse.txt"
step "the sweep is complete" Tests/C/sweep.sh include/damsession.h "$work/abuse.txt"
# shellcheck disable=SC2086
step "abuse under valgrind" alone abuse-valgrind DAM_TEST_SHORT=1 $memcheck "$work/abuse"

program wire Tests/C/wire*.c Tests/C/check.c
alone wire "$work/wire" >"$work/wire.txt"
verdict wire "$work/wire.txt"
# shellcheck disable=SC2086
step "wire under valgrind" alone wire-valgrind $memcheck "$work/wire"

smoke
alone smoke "$work/smoke" >"$work/smoke.txt"
verdict smoke "$work/smoke.txt"

program remains Tests/C/remains.c Tests/C/check.c
alone remains "$work/remains" >"$work/remains.txt"
verdict remains "$work/remains.txt"

finish
