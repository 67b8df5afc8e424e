#!/bin/bash
# deb.sh - builds Debian's packages from what `make install` installs and from the wheel.
#
# Usage: deb.sh VERSION MULTIARCH NOTICES FOLDER; the wheel is in FOLDER, and the packages go there, in place of others.
# SOURCE_DATE_EPOCH is the time of every file, MAINTAINER whom the packages name.
#
# dpkg-deb and not debhelper: that wants a folder `debian` at the top and to run the build by itself. Nothing here needs
# more than what is written down below.
set -euo pipefail
umask 022
version=$1
multiarch=$2
notices=$3
folder=$4
work=.build/deb
architecture=$(dpkg --print-architecture)
upstream=${version%-*}
template=bindings/packages/debian

rm -rf "$work" "$folder"/*.deb
mkdir -p "$work/debian"
"${MAKE:-make}" --no-print-directory install DESTDIR="$PWD/$work/stage" PREFIX=/usr LIBDIR="/usr/lib/$multiarch"

# take PACKAGE PATH...: these become the package's.
take() {
    local package=$1 path
    shift
    for path; do
        mkdir -p "$work/$package/$(dirname "$path")"
        mv "$work/stage/$path" "$work/$package/$path"
    done
}
take libdamsession1 "usr/lib/$multiarch/libdamsession.so.1"
take libdamsession-dev usr/include "usr/lib/$multiarch" usr/share/man/man3
take damsession usr/bin usr/share/man/man1 usr/share/man/man7 usr/share/bash-completion usr/share/fish usr/share/zsh
mv "$work"/damsession/usr/share/zsh/{site-functions,vendor-completions} # the former is for who runs the machine.

# The README and the like are documented below; anything else is in nobody's package yet.
if find "$work/stage" ! -type d ! -path '*/usr/share/doc/damsession/*' | grep . >&2; then
    echo "deb.sh: \`make install\` installs that, and no package takes it" >&2
    exit 1
fi

# As dh_strip would.
for binary in "libdamsession1/usr/lib/$multiarch/libdamsession.so.1" damsession/usr/bin/damsession; do
    strip --strip-unneeded --remove-section=.comment --remove-section=.note "$work/$binary"
done

# The system's Python finds the system's library, and the command is a package of its own.
python=$work/python3-damsession/usr/lib/python3/dist-packages
mkdir -p "$python"
unzip -q "$folder/damsession-$upstream"-py3-*.whl -d "$python"
rm -r "$python"/damsession/{libdamsession.so.1,bin,NOTICES}
rm -r "$python"/*.dist-info/{RECORD,WHEEL,entry_points.txt,licenses}
echo debian >"$python/damsession-$upstream.dist-info/INSTALLER"
find "$python" -type f -exec chmod 0644 {} +

# What each needs, by the symbols that it takes from others. Of libcurl it needs a new enough one, which is no symbol.
printf 'Source: damsession\n\nPackage: libdamsession1\nArchitecture: any\n' >"$work/debian/control"
echo "libdamsession 1 libdamsession1 (>= $upstream)" >"$work/debian/shlibs.local"
needs() {
    (
        cd "$work"
        if ! dpkg-shlibdeps -O -l"libdamsession1/usr/lib/$multiarch" -e"$1" 2>shlibdeps.log; then
            cat shlibdeps.log >&2
            exit 1
        fi
    ) | sed 's/^shlibs:Depends=//; s/libcurl4[t64]* (>= [^)]*)/libcurl4 (>= 7.80.0)/'
}

# introduce PACKAGE KIND: its README, and the examples in its language.
introduce() {
    local doc=/usr/share/doc/$1
    mkdir -p "$work/$1$doc/examples"
    cp -p "$work/stage/usr/share/doc/damsession/examples"/*."$2" "$work/$1$doc/examples"
    bindings/packages/readme.sh "$1" "VERSION=$upstream" "DOCDIR=$doc" >"$work/$1$doc/README.md"
}

# document PACKAGE: its terms, and what is new: Debian's, and ours.
document() {
    local doc=$work/$1/usr/share/doc/$1
    mkdir -p "$doc"
    install -m 0644 "$template/copyright" "$doc/copyright"
    {
        printf 'damsession (%s) unstable; urgency=medium\n\n  * What is new stands in changelog.gz.\n\n' "$version"
        printf ' -- %s  %s\n' "$MAINTAINER" "$(date -u -R -d "@$SOURCE_DATE_EPOCH")"
    } | gzip -9n >"$doc/changelog.Debian.gz"
    gzip -9nc CHANGELOG.md >"$doc/changelog.gz"
}

# compress_pages FOLDER: as dh_compress does; nothing where there is none.
compress_pages() {
    [ ! -d "$1" ] || find "$1" -type f -exec gzip -9n {} +
}

# pack PACKAGE ARCHITECTURE FIELD...: builds it. The template begins with its section and ends with its description.
pack() {
    local package=$1 of=$2 root=$work/$1 script
    shift 2
    document "$package"
    compress_pages "$root/usr/share/man"
    mkdir "$root/DEBIAN"
    for script in "$template/$package".*; do
        case $script in *.symbols | *'*') continue ;; esac
        sed "s/@UPSTREAM@/$upstream/" "$script" >"$root/DEBIAN/${script##*.}"
        chmod "$(stat -c %a "$script")" "$root/DEBIAN/${script##*.}"
    done
    if [ -e "$template/$package.symbols" ]; then
        (cd "$work" && dpkg-gensymbols -c4 -q -p"$package" -v"$version" -P"$package" -O"$package/DEBIAN/symbols" \
            -I"$OLDPWD/$template/$package.symbols")
        chmod 0644 "$root/DEBIAN/symbols"
    fi
    {
        printf 'Package: %s\nSource: damsession\nVersion: %s\nArchitecture: %s\n' "$package" "$version" "$of"
        printf 'Maintainer: %s\nInstalled-Size: %s\n' "$MAINTAINER" "$(du -k -s --apparent-size "$root/usr" | cut -f1)"
        printf '%s\n' "$@"
        cat "$template/$package"
    } >"$root/DEBIAN/control"
    (cd "$root" && find usr -type f -print0 | sort -z | xargs -0 md5sum >DEBIAN/md5sums)
    # dpkg-deb makes nothing newer than SOURCE_DATE_EPOCH, but leaves what is older, and unzip has its own idea of time.
    find "$root" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
    # One thread: xz cuts the data by the number of them.
    dpkg-deb --root-owner-group --threads-max=1 -Zxz --build "$root" "$folder" >/dev/null
    echo "$folder/${package}_${version}_$of.deb"
}

install -D -m 0644 "$notices" "$work/libdamsession1/usr/share/doc/libdamsession1/NOTICES"
gzip -9n "$work/libdamsession1/usr/share/doc/libdamsession1/NOTICES"
introduce libdamsession-dev c
introduce damsession sh
introduce python3-damsession py

library=$(needs "libdamsession1/usr/lib/$multiarch/libdamsession.so.1")
command=$(needs damsession/usr/bin/damsession)
packages=(
    "$(pack libdamsession1 "$architecture" "Multi-Arch: same" "Depends: $library")"
    "$(pack libdamsession-dev "$architecture" "Multi-Arch: same" "Depends: libdamsession1 (= $version)")"
    "$(pack damsession "$architecture" "Multi-Arch: foreign" "Depends: $command")"
    "$(pack python3-damsession all "Depends: python3 (>= 3.9), libdamsession1 (>= $upstream)")"
)
printf '%s\n' "${packages[@]}"
bindings/packages/lint.sh deb "${packages[@]}"
