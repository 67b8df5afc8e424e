#!/bin/sh
# trixie.sh - the rows of C with the libcurl of Debian 13, whose handles may be kept: in the root that `make trixie` uses
# too. The table goes to .build/bench-trixie/bench.txt.
#
# Must be run by root. What it mounts is in a mount namespace of its own.
set -u
cd "$(dirname "$0")/../.." || exit 1
root=$PWD/.build/trixie
[ "${1:-}" = inside ] || exec unshare --mount --pid --fork --kill-child Tests/bench/trixie.sh inside

mkdir -p "$root/work" || exit 1
mount -t proc proc "$root/proc" && mount --rbind /dev "$root/dev" && mount --rbind "$PWD" "$root/work" || exit 1
exec chroot "$root" env -i -C /work PATH=/usr/bin:/bin HOME=/root TMPDIR=/tmp LANG=C.UTF-8 BENCH_NAME=bench-trixie \
    PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=bindings/python \
    python3 Tests/bench/run.py token cookie file https loop open
