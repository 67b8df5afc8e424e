#!/bin/sh
# deb.sh - installs Debian's packages in new roots of Debian, uses them as their users would, and purges them.
#
# Usage: deb.sh SUITE...: the roots that .build/debian has. What a run changes there is thrown away after it. The sandbox
# runs outside. Must be run by root; ends with "deb: N passed, N failed".
set -u
cd "$(dirname "$0")/../.." || exit 1
[ "${1:-}" = inside ] || exec unshare --mount --pid --fork --kill-child Tests/packages/deb.sh inside "$@"
shift
python=.build/serving/bin/python
work=$(mktemp -d) || exit 1
export PYTHONPATH=bindings/python
. Tests/C/sandbox.sh
start_sandbox || exit 1

passed=0
failed=0

# A description that is wider than a terminal: lintian only warns of it.
dpkg-deb -R .build/dist/damsession_*.deb "$work/wide" || exit 1
printf ' %0100d\n' 0 >>"$work/wide/DEBIAN/control"
dpkg-deb --root-owner-group -b "$work/wide" "$work/wide.deb" >/dev/null || exit 1
if ! bindings/packages/lint.sh deb "$work/wide.deb" >"$work/said" 2>&1 && grep -q line-too-long "$work/said"; then
    echo "ok a warning of lintian is a failure"
    passed=1
else
    echo "FAILED a warning of lintian is a failure"
    cat "$work/said"
    failed=1
fi
for suite; do
    # One folder for both layers: they must be on one file system, and leave with the namespace.
    mkdir -p "$work/layers" && mount -t tmpfs layers "$work/layers" || exit 1
    mkdir "$work/layers/upper" "$work/layers/work" "$work/layers/root"
    root=$work/layers/root
    mount -t overlay overlay -o "lowerdir=.build/debian/$suite,upperdir=$work/layers/upper,workdir=$work/layers/work" "$root" &&
        mount -t proc proc "$root/proc" && mount --rbind /dev "$root/dev" && mkdir "$root/packages" || exit 1
    cp .build/dist/*.deb "$work/ca.pem" Tests/packages/inside.sh "$root/packages/" || exit 1
    chroot "$root" env -i -C /packages PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
        PHOTOSHELTER="$photoshelter" sh inside.sh >"$work/said" 2>&1
    code=$?
    sed "s/^/$suite: /" "$work/said"
    passed=$((passed + $(grep -c '^ok ' "$work/said")))
    failed=$((failed + $(grep -c '^FAILED ' "$work/said")))
    # A script that broke off has not tested the rest.
    [ "$code" -eq 0 ] && grep -qx 'all was tried' "$work/said" || failed=$((failed + 1))
    umount -R "$root" && umount "$work/layers"
done
exec 3>&-
wait
rm -rf "$work"
echo "deb: $passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
