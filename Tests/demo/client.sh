#!/bin/sh
# The demo's shell program: the commands of client.c, on the wrapper. Every request is a process of its own. "-" is the
# wrapper's word for no remembered name: options come from the environment.
set -eu

case $1 in
get)
    good=0
    left=$3
    while [ "$left" -gt 0 ]; do
        left=$((left - 1))
        if damsession get - "$2" | grep -qF -e "$4"; then good=$((good + 1)); fi
    done
    echo "$good"
    ;;
bind)
    id=$(damsession get - "$2" | sed -n 's/.* Id="\([^"]*\)".*/\1/p')
    damsession bind - "$id"
    ;;
image)
    code=0
    damsession get - "$2" --image "$3" >/dev/null || code=$?
    case $code in
    0) echo found ;;
    49) echo stale ;;
    *) exit "$code" ;;
    esac
    ;;
logout)
    damsession logout - --json | sed 's/.*"result":"\([a-z]*\)".*/\1/'
    ;;
esac
