#!/bin/sh
# dist.sh - packs what `make install` installs, and the notices, into a tarball that works wherever it is unpacked.
#
# Usage: dist.sh NAME VERSION NOTICES FOLDER. SOURCE_DATE_EPOCH is the time of every file in it.
set -eu
umask 022
name=$1
version=$2
notices=$3
folder=$4
root=$folder/$name
prefix=/where/it/is

rm -rf "$root" "$folder"/damsession-*.tar.gz
mkdir -p "$root"
${MAKE:-make} --no-print-directory install DESTDIR="$root" PREFIX="$prefix"
mv "$root$prefix"/* "$root"
rm -r "$root/where"
install -m 0644 "$notices" "$root/share/doc/damsession/NOTICES"
strip "$root/bin/damsession"
rm "$root/share/doc/damsession/README.md"
# shellcheck disable=SC2016 # $DAM is what the README calls the folder.
bindings/packages/readme.sh tarball "VERSION=$version" 'DOCDIR=$DAM/share/doc/damsession' >"$root/README.md"

# pkg-config and CMake know where their own files are.
sed -i "s|$prefix|\${pcfiledir}/../..|" "$root/lib/pkgconfig/damsession.pc"
sed -i "s|$prefix|\${CMAKE_CURRENT_LIST_DIR}/../../..|" "$root/lib/cmake/damsession/damsession-config.cmake"

# -n: gzip would note the time.
tar --sort=name --format=gnu --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" \
    -C "$folder" -cf - "$name" | gzip -9n >"$folder/$name.tar.gz"
rm -r "$root"
echo "$folder/$name.tar.gz"
