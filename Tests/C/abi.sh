#!/bin/sh
# abi.sh [FILE] - what programs that are compiled already rely on: names, types and nodes of functions, numbers, sizes and
# offsets.
#
# Prints it as the compiler sees damsession.h (64-bit Linux), and the linker exports.map. With a file that holds what was printed once: whether that still
# holds. `make abi` writes Tests/C/abi.txt. What is new counts as a difference as well, so that nothing gets into a release
# unseen. Structs that begin with their size may grow at the end.
set -eu
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export LC_ALL=C
awk -v want=program -f Tests/C/header.awk include/damsession.h >"$work/abi.c"
"${CC:-cc}" -std=c11 -Wall -Wextra -Werror -Iinclude "$work/abi.c" -o "$work/abi"
"$work/abi" >"$work/now"
awk '/^[A-Z_0-9.]+ \{$/ { node = $1 } /^ *dam_/ { sub(/;/, ""); print $1 "@" node }' Sources/DamABI/exports.map >>"$work/now"
[ $# -gt 0 ] || exec cat "$work/now"

sort "$1" >"$work/before.sorted"
sort "$work/now" >"$work/now.sorted"
gone=$(comm -23 "$work/before.sorted" "$work/now.sorted" | awk '
    NR == FNR { size[$1] = $2; next }
    !(NF == 2 && ($1 ".size") in size && $2 < size[$1])' "$work/now" -)
if [ -n "$gone" ]; then
    printf 'Programs that are compiled already rely on this, and it is not so any more:\n%s\n' "$gone"
    exit 1
fi
if new=$(comm -13 "$work/before.sorted" "$work/now.sorted") && [ -n "$new" ]; then
    printf 'This is new; where it is meant, "make abi" adds it to %s:\n%s\n' "$1" "$new"
    exit 1
fi
