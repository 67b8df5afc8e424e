#!/bin/sh
# Prints the galleries of a PhotoShelter account; any number of these may run at once. The first login asks for the
# password, or DAMSESSION_PASSWORD and DAMSESSION_API_KEY come from the environment.
set -eu

# Once: remembers everything but the password under the name "desk". A stored session that works is kept.
damsession login desk --system photoshelter --authentication token

damsession organizations desk >&2

# Every command from here on uses the stored session, and logs in again only if the server has ended it.
damsession get desk mem/gallery/query

# A form is the default for what is sent.
damsession post desk mem/gallery/G1 --data-urlencode 'name=Front page' >front-page.json

# The file appears when it is whole, and only if the response is a success; --continue goes on after an interruption.
damsession get desk mem/image/I1/download --output front-page.jpg

# `damsession header` is for other programs, such as: damsession header desk | curl -H @- URL
damsession header desk | cut -d : -f 1 >&2

code=0
damsession get desk mem/gallery/none/at/all >/dev/null || code=$?
[ "$code" -eq 8 ] # the server answered, but not with a success.

damsession logout desk >&2
