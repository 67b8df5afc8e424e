#!/bin/sh
# tools.sh - says in words what the build needs and this machine does not have: `make` installs it where there is apt-get,
# and nobody else can know what each system calls it.
set -u
missing=0

# need COMMAND WHAT: says what it is and where it comes from.
need() {
    command -v "$1" >/dev/null || {
        echo "make: $1 is missing: $2" >&2
        missing=1
    }
}
need swift "Swift 6.3 or later, https://www.swift.org/install/linux"
need cc "a C compiler, gcc or clang"
need strip "GNU binutils"
need python3 "Python 3.9 or later"
need patchelf "the package patchelf, https://github.com/NixOS/patchelf"
need lowdown "the package lowdown, https://kristaps.bsd.lv/lowdown"
need pkg-config "the package pkg-config or pkgconf"
if command -v pkg-config >/dev/null && ! pkg-config --exists 'libcurl >= 7.87.0'; then
    echo "make: libcurl 7.87.0 or later with its headers is missing: the package libcurl4-openssl-dev (Debian)," \
        "libcurl-devel (Fedora, openSUSE) or curl (Arch)" >&2
    missing=1
fi
if [ "$missing" -eq 0 ] && ! [ -f "$(cc -print-file-name=libstdc++.a)" ]; then
    echo "make: libstdc++.a is missing: the package libstdc++-static (Fedora), or g++ (Debian)" >&2
    missing=1
fi
exit "$missing"
