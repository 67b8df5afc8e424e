#!/bin/sh
# linkage.sh - the shipped library as an artefact: its name, what it needs, what it exports, and what it must not carry.
#
# LIB (default .build/lib) holds it. The header is the source of truth; the export map, the dynamic symbols and the Python
# table are held against it. Ends with "linkage: N passed, N failed". A new dependency is a decision, and fails here until
# it is made.
set -u
cd "$(dirname "$0")/../.." || exit 1
library=${LIB:-.build/lib}/libdamsession.so.1
python=${PYTHON:-.build/venv/bin/python}
export LC_ALL=C PYTHONPATH=bindings/python PYTHONDONTWRITEBYTECODE=1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
passed=0
failed=0

# check WHAT COMMAND...: the command succeeds; if not, what it printed.
check() {
    what=$1
    shift
    if "$@" >"$work/said" 2>&1; then
        passed=$((passed + 1))
        echo "ok $what"
    else
        failed=$((failed + 1))
        echo "FAILED $what"
        head -n 20 "$work/said"
    fi
}

# The file holds something, and the other one holds the same.
same() { [ -s "$1" ] && diff "$1" "$2"; }

# Nothing in the file matches.
lacks() { [ -s "$2" ] && ! grep -nE "$1" "$2"; }

# Every line of the file is one of these.
only() { [ -s "$2" ] && ! grep -vxE "$1" "$2"; }

readelf -dW "$library" >"$work/dynamic"
readelf --dyn-syms -W "$library" >"$work/symbols"
sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' "$work/dynamic" | sort >"$work/needed"

check "it is a shared library for this machine" sh -c "readelf -hW '$library' | grep -q 'DYN (Shared object file)'"
check "SONAME is libdamsession.so.1" grep -q '(SONAME).*\[libdamsession\.so\.1\]' "$work/dynamic"
check "it cannot be unloaded (NODELETE)" grep -qE '\(FLAGS_1\).*NODELETE' "$work/dynamic"
check "no RPATH or RUNPATH" lacks '\((RPATH|RUNPATH)\)' "$work/dynamic"
check "no text relocations" lacks 'TEXTREL' "$work/dynamic"
check "its table of others' functions is read-only once it is loaded" sh -c \
    "readelf -lW '$library' | grep -q 'GNU_RELRO' && grep -qE '\(FLAGS\).*BIND_NOW' '$work/dynamic'"
check "the stack is not executable" sh -c "readelf -lW '$library' | grep -q 'GNU_STACK.*RW '"
check "it needs nothing that was not decided on" only \
    'lib(c\.so\.6|m\.so\.6|gcc_s\.so\.1|stdc\+\+\.so\.6|curl\.so\.4)|ld-linux-(x86-64|aarch64)\.so\.[12]' "$work/needed"
# What is older than this has no glibc for it; hypotf alone once asked for 2.35 (Sources/CLinux/Hypot.c).
readelf -VW "$library" | grep -oE 'Name: GLIBC_[0-9.]+' | sed 's/.*_//' | sort -V | tail -n 1 >"$work/glibc"
check "it needs no glibc newer than 2.34" sh -c \
    "[ -s '$work/glibc' ] && { cat '$work/glibc'; echo 2.34; } | sort -CV"
check "it needs libcurl.so.4 of the system" grep -qx 'libcurl\.so\.4' "$work/needed"

# Four lists of functions that must be one.
awk -v want=functions -f Tests/C/header.awk include/damsession.h | cut -f1 | sort >"$work/header"
sed -n 's/^ *\(dam_[a-z_]*\);$/\1/p' Sources/DamABI/exports.map | sort >"$work/map"
awk '$7 != "UND" && $5 == "GLOBAL" && $4 == "FUNC" { print $8 }' "$work/symbols" | sed 's/@.*//' | sort >"$work/exported"
"$python" Tests/C/abi.py functions >"$work/python"
check "exports.map lists the header's functions" same "$work/header" "$work/map"
check "the library exports the header's functions" same "$work/header" "$work/exported"
check "the Python table has the header's functions" same "$work/header" "$work/python"

sed -n 's/^DAMSESSION_\([0-9.]*\) {$/\1/p' Sources/DamABI/exports.map | sort -V | tail -n 1 >"$work/node"
sed -n 's/^#define DAM_VERSION "\(.*\)"/\1/p' include/damsession.h >"$work/version"
check "no node is of a version to come" sh -c \
    "[ -s '$work/node' ] && [ -s '$work/version' ] && cat '$work/node' '$work/version' | sort -CV"
awk '/^[A-Z_0-9.]+ \{$/ { node = $1 } /^ *dam_/ { sub(/;/, ""); print $1 "@@" node }' Sources/DamABI/exports.map |
    sort >"$work/map.nodes"
awk '$7 != "UND" && $5 != "LOCAL" && $8 !~ /^DAMSESSION_[0-9.]+$/ && NR > 3 { print $8 }' "$work/symbols" |
    sort >"$work/exported.nodes"
check "and nothing else, each in the node that exports.map says" same "$work/map.nodes" "$work/exported.nodes"

# A number of somebody else's that does not fit ends the application's process: the first two lines did so once.
mkdir "$work/numbers"
cat >"$work/numbers/planted.swift" <<'END'
expecting: range?.total ?? headers.length.map { $0 + base }
let size = parts.reduce(into: 0 as UInt64) { $0 += UInt64(clamping: $1.size) }
let wait = UInt64(retryAfter)
deadline = start + Int64(asked) * 1000
if skewed > -offset { return abs(offset) }
for part in first...last { use(bytes.dropFirst(part)) }
let rate = total / elapsed
let good = bytes.count + 1, text = "a" + name, other = base.plus(length), digits = Int64(text) ?? 0
END
check "arithmetic that could trap is found where it is planted" sh -c \
    "'$python' Tests/C/numbers.py '$work/numbers' | tee '$work/planted' | grep -c ':[1-7]: ' | grep -qx 11 \
    || { cat '$work/planted'; false; }"
check "and nowhere else (Tests/C/numbers.py)" "$python" Tests/C/numbers.py Sources

# Files that name each other's types can only be understood together.
mkdir "$work/circles"
echo 'struct Upper { let lower: Lower? }' >"$work/circles/Upper.swift"
echo 'public final class Lower { var text = "in \(Middle.name)" }' >"$work/circles/Lower.swift"
echo 'enum Middle { static let name = "\(Upper.self)" }' >"$work/circles/Middle.swift"
echo 'struct Top { let upper: Upper, lower: Lower } // Middle' >"$work/circles/Top.swift"
check "a circle of files is found where it is planted" sh -c \
    "'$python' Tests/C/circles.py '$work/circles' | tee '$work/found' | grep -c ' stands on ' | grep -qx 3 \
    || { cat '$work/found'; false; }"
check "and nowhere else (Tests/C/circles.py)" "$python" Tests/C/circles.py Sources/Dam* Sources/PhotoShelter Sources/FotoWeb Sources/FotoWare

# What undefined symbols there are is found at load time, all of them.
echo 'int main(void) { return 0; }' >"$work/main.c"
check "every symbol that it needs is there" sh -c "LD_LIBRARY_PATH='$(dirname "$library")' LD_BIND_NOW=1 ldd -r '$library' \
    | { ! grep -E 'undefined symbol|not found'; }"
check "a program needs nothing but -ldamsession" gcc -Wl,--no-as-needed "$work/main.c" -o "$work/main" \
    -L"$(dirname "$library")" -ldamsession
check "and starts in an empty environment" env -i LD_LIBRARY_PATH="$(dirname "$library")" LD_BIND_NOW=1 "$work/main"

echo "linkage: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
