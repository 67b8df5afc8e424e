#!/bin/sh
# lint.sh - what Debian and PyPI say about the packages that were built.
#
# Usage: lint.sh deb FILE..., lint.sh wheel FILE...
set -eu
kind=$1
shift
PATH=$PWD/.build/packing/bin:$PATH

case $kind in
deb)
    # Debian has not been asked to take them over.
    exec lintian --allow-root --fail-on error,warning --quiet --suppress-tags initial-upload-closes-no-bugs "$@"
    ;;
wheel)
    for wheel; do
        # The platform in the name, and nothing newer, is what the symbols need. libcurl is the system's, on purpose.
        platform=$(basename "$wheel" .whl | sed 's/.*-none-//')
        said=$(auditwheel show "$wheel")
        if ! echo "$said" | tr -s '\n ' '  ' | grep -q "constrains the platform tag to \"$platform\""; then
            echo "$said" >&2
            exit 1
        fi
    done
    ;;
esac
