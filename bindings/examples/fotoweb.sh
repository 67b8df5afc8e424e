#!/bin/sh
# Saves the preview of the first image that a FotoWeb archive finds. It logs in only if there is no device token yet:
# they are scarce. DAMSESSION_URL and DAMSESSION_USER come from the environment, the password from there or a prompt.
set -eu
out=${1:-preview.jpg}

damsession login archive --system fotoweb --authentication device-token

# Prints a handle of the first image: its ID, bound to the device token that it is good for.
find_image() {
    id=$(damsession get archive '5000/Search?Search=photo&MaxHits=1' | sed -n 's/.*<File [^>]* Id="\([^"]*\)".*/\1/p')
    [ -n "$id" ] && damsession bind archive "$id"
}

code=0
handle=$(find_image)
damsession get archive 'Preview?Id={image}' --image "$handle" --output "$out" || code=$?
if [ "$code" -eq 49 ]; then # stale: an administrator revoked the device token. Ask for the image again.
    handle=$(find_image)
    damsession get archive 'Preview?Id={image}' --image "$handle" --output "$out"
elif [ "$code" -ne 0 ]; then
    exit "$code"
fi
damsession status archive >&2
