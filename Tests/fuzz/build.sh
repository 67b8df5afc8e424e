#!/bin/sh
# build.sh - compiles the library's modules and the targets with libFuzzer's coverage and AddressSanitizer into .build/fuzz/fuzz.
#
# SwiftPM cannot link a program whose main function is libFuzzer's, so the compiler is called here as SwiftPM calls it. What
# is not ours (swift-crypto) comes as it is from the Swift tests' build. A module is compiled again when its sources, or a
# module before it, have changed.
set -eu
cd "$(dirname "$0")/../.."
out=.build/fuzz
tests=.build/test
crypto=$tests/checkouts/swift-crypto/Sources
mkdir -p $out
[ $tests/debug/Modules/DamCore.swiftmodule -nt Package.swift ] || swift build --target DamCore --scratch-path $tests

resources=$(swift -print-target-info | sed -n 's/.*"runtimeResourcePath": "\(.*\)".*/\1/p')
clang=$resources/../../bin/clang
own="-enable-upcoming-feature InternalImportsByDefault -enable-upcoming-feature MemberImportVisibility"
flags="-O -wmo -g -enable-testing -sanitize=fuzzer,address -parse-as-library -package-name damsession -swift-version 6 -warnings-as-errors -I $out -I $tests/debug/Modules -I Sources/CCurl -I Sources/CDam
    -Xcc -fmodule-map-file=$tests/debug/CLinux.build/module.modulemap
    -I $crypto/CCryptoBoringSSL/include -I $crypto/CCryptoBoringSSLShims/include"

changed=
# module NAME FOLDER FLAG...
module() {
    name=$1
    folder=$2
    shift 2
    if [ -n "$changed" ] || [ ! -e "$out/$name.o" ] ||
        [ -n "$(find "$folder" Tests/fuzz/build.sh include -newer "$out/$name.o" -type f -print -quit)" ]; then
        changed=yes
        # shellcheck disable=SC2086 # words on purpose
        swiftc $flags "$@" -module-name "$name" -c -o "$out/$name.o" "$folder"/*.swift
    fi
}

ours=
# shellcheck disable=SC2086
for name in DamCore PhotoShelter FotoWeb FotoWare DamIO DamABI; do
    module $name Sources/$name $own -emit-module -emit-module-path "$out/$name.swiftmodule"
    ours="$ours $out/$name.o"
done
module Fuzz Tests/fuzz

# A macro for each function of the header, so that fuzz.py can tell which of them were called.
number=0
names=
for name in $(grep -o '\bdam_[a-z_]*(' include/damsession.h | tr -d '(' | sort -u); do
    echo "#define $name(...) (fuzz_calls[$number] = 1, $name(__VA_ARGS__))"
    names="$names \"$name\","
    number=$((number + 1))
done >$out/calls.h
echo "#define FUZZ_CALLS$names" >>$out/calls.h

# Not Wipe.c: it stands before free and realloc, where AddressSanitizer stands already.
objects=
for source in Sources/CLinux/CLinux.c Sources/CLinux/Gate.c Tests/fuzz/*.c; do
    object=$out/$(basename "$source" .c).c.o
    "$clang" -std=c11 -g -O1 -fno-omit-frame-pointer -fsanitize=address,fuzzer-no-link -Wall -Wextra -pedantic \
        -Werror -Iinclude -ISources/CLinux/include -I$out -c "$source" -o "$object"
    objects="$objects $object"
done
# Some names of theirs have spaces in them.
find $tests/debug/ \( -path '*/C*.build/*' -o -path '*/SwiftASN1.build/*' \) -name '*.o' ! -path '*/CLinux.build/*' \
    ! -name 'scrypt.*' -printf '"%p"\n' >$out/others.rsp
# shellcheck disable=SC2086
swiftc -sanitize=fuzzer,address -use-ld=lld -o $out/fuzz.new $ours $out/Fuzz.o $objects \
    @$out/others.rsp -lcurl
mv $out/fuzz.new $out/fuzz
