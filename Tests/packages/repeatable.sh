#!/bin/sh
# repeatable.sh - builds everything once more from a copy in another folder, at another time of day, under another name for
# the user's home and another umask, and compares every byte: library, command, tarball, Debian's packages, wheels.
#
# `make repeatable` has built them here before. Ends with "repeatable: N passed, N failed".
set -u
cd "$(dirname "$0")/../.." || exit 1
here=$PWD
copy=$here/.build/repeatable/a/folder/of/another/length
rm -rf .build/repeatable
mkdir -p "$copy/.build" "$here/.build/repeatable/home" || exit 1
git ls-files -z --cached --others --exclude-standard | tar -c --null -T - | tar -x -C "$copy" || exit 1
# Which versions of other packages SwiftPM has chosen: newer ones would give other bytes.
[ ! -f Package.resolved ] || cp Package.resolved "$copy" || exit 1
# What is installed and not built.
ln -s "$here/.build/packing" "$copy/.build/packing"
touch "$copy/.build/tools" "$copy/.build/test-tools" "$copy/.build/deb-tools"
(
    cd "$copy" && umask 077
    HOME=$here/.build/repeatable/home TZ=Pacific/Auckland LC_ALL=C \
        make -o .build/packing/ready lib dist deb >"$here/.build/repeatable/log" 2>&1
) || { tail -n 40 .build/repeatable/log && exit 1; }

passed=0
failed=0
for each in .build/lib/libdamsession.so.1 .build/bin/damsession .build/dist/*; do
    if cmp "$each" "$copy/$each"; then
        echo "ok $each"
        passed=$((passed + 1))
    else
        echo "FAILED $each"
        failed=$((failed + 1))
    fi
done
echo "repeatable: $passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -ge 8 ]
