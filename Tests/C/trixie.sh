#!/bin/sh
# trixie.sh - runs the C and Python tests with the libcurl of Debian 13, whose handles may be used again: in the root that
# `make trixie` has made (.build/trixie), with the library that ships. Ends with "trixie: N passed, N failed".
#
# Must be run by root. What it mounts is in a mount namespace of its own.
set -u
cd "$(dirname "$0")/../.." || exit 1
root=$PWD/.build/trixie
[ "${1:-}" = inside ] || exec unshare --mount --pid --fork --kill-child Tests/C/trixie.sh inside

mkdir -p "$root/work" || exit 1
mount -t proc proc "$root/proc" && mount --rbind /dev "$root/dev" && mount --rbind "$PWD" "$root/work" || exit 1
within() { chroot "$root" env -i -C /work PATH=/usr/bin:/bin HOME=/root TMPDIR=/tmp LANG=C.UTF-8 \
    PYTHONDONTWRITEBYTECODE=1 "$@"; }

log=$(mktemp) || exit 1
trap 'rm -f "$log"' EXIT
passed=0
failed=0

# add WORD: what the end of the log counts.
add() { sed -n "s/.*\b\([0-9][0-9]*\) $1.*/\1/p" "$log" | tail -n 1 | grep . || echo 0; }

# suite COMMAND...: runs it inside, and adds what it counted.
suite() {
    within "$@" >"$log" 2>&1
    code=$?
    cat "$log"
    passed=$((passed + $(add passed)))
    failed=$((failed + $(add failed)))
    [ "$code" -eq 0 ] || [ "$failed" -gt 0 ] || failed=1
}

suite python3 -c 'import ctypes
library = ctypes.CDLL("libcurl.so.4")
library.curl_version.restype = ctypes.c_char_p
print(library.curl_version().decode())'
suite LIB=.build/lib PYTHON=python3 Tests/C/run.sh
suite PYTHONPATH=bindings/python python3 -m pytest -q -p no:cacheprovider Tests/python

echo "trixie: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
