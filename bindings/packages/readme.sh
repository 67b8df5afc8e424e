#!/bin/sh
# readme.sh - prints the README for who has just installed a package, made of README.md.in.
#
# Usage: readme.sh PACKAGE NAME=VALUE...: the values of what is @NAME@ there. PACKAGE may be `prefix`, for `make install`.
set -eu
package=$1
shift
text=$(awk -v "package=$package" '
    /^<!-- for / { wanted = / all / || index($0, " " package " "); next }
    wanted' "${0%/*}/README.md.in")
for each; do
    text=$(printf '%s\n' "$text" | sed "s|@${each%%=*}@|${each#*=}|g")
done
if printf '%s\n' "$text" | grep '@[A-Z]*@' >&2; then
    echo "readme.sh: $package: these have no value" >&2
    exit 1
fi
printf '%s\n' "$text"
