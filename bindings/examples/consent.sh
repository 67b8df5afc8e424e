#!/bin/sh
# Asks a person to consent in a browser, the first time, then FotoWare who they are. DAMSESSION_URL, DAMSESSION_CLIENT_ID
# and the like come from the environment.
set -eu

# At a terminal: prints a page, and waits for the address that the browser shows after it. Where the session still works,
# or renews itself, nobody is asked. `--listen 9876` takes the answer from a browser of this machine.
damsession login fotoware --system fotoware

# Anything else needs no person, and no terminal.
code=0
damsession get fotoware me || code=$?
if [ "$code" -eq 51 ]; then # the server has ended what was consented to.
    echo "a person must consent again: damsession login fotoware" >&2
fi
exit "$code"
