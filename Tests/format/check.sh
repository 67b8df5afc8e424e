#!/usr/bin/env bash
# Formatting and lint of every language: Swift, C, Python, shell, manual pages; and of the packages, where they have been
# built.
#
# Usage: check.sh [--format]. Without it nothing is changed, and every finding of every tool is printed. One finding is
# a failure.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit
PATH=$PWD/.build/venv/bin:$PATH

mapfile -t c < <(find Sources Tests include bindings \( -name '*.c' -o -name '*.h' \) -not -path '*/build/*' | sort)
mapfile -t shell < <(find .ci/run Tests bindings -name run -o -name '*.postinst' -o -name '*.prerm' -o -name '*.sh' -o -name '*.bash' -o -name '*.bats' | sort)

if [ "${1-}" = --format ]; then
    set -e
    swift format --in-place --recursive --parallel Sources Tests Package.swift
    ruff check -q --fix-only .
    # Comments before clang-format, which makes room for wide ones, and after it, since it moves some.
    python3 Tests/format/comments.py --fix >/dev/null || true
    clang-format -i "${c[@]}"
    python3 Tests/format/comments.py --fix >/dev/null || true
    clang-format -i "${c[@]}"
    ruff format -q .
    exit
fi

failed=()
# What a tool is for, and its command.
try() {
    "${@:2}" || failed+=("$1")
}
try "format of Swift" swift format lint --strict --recursive --parallel Sources Tests Package.swift
try "format of C" clang-format --dry-run --Werror "${c[@]}"
try "width of comments" python3 Tests/format/comments.py
try "format of Python" ruff format --check .
try "lint of Python" ruff check --quiet --output-format concise .
try "types of Python" mypy --strict --no-error-summary --cache-dir .build/mypy bindings/python/damsession \
    bindings/packages/notices.py
try "lint of shell" shellcheck "${shell[@]}"
try "manual page of the command" mandoc -Tlint -W warning bindings/shell/damsession.1
manual=$(mktemp -d)
trap 'rm -r "$manual"' EXIT
try "manual page of the library" python3 bindings/c/manual.py include/damsession.h 2026-01-01 >"$manual/damsession.3"
try "manual pages of functions" python3 bindings/c/functions.py include/damsession.h 2026-01-01 "$manual"
try "manual pages of the library" mandoc -Tlint -W warning "$manual"/*.3
# `make deb` and `make wheel` look at what they have built; this, at what is still lying there.
shopt -s nullglob
debs=(.build/dist/*.deb) wheels=(.build/dist/damsession-*.whl)
[ ${#debs[@]} -eq 0 ] || try "Debian's packages" bindings/packages/lint.sh deb "${debs[@]}"
[ ${#wheels[@]} -eq 0 ] || try "wheel" bindings/packages/lint.sh wheel "${wheels[@]}"
[ ${#failed[@]} -eq 0 ] && exit
printf 'not in order: %s\n' "${failed[@]}" >&2
echo "\"make format\" mends formatting, comments and some of the rest; what is then left wants a hand." >&2
exit 1
