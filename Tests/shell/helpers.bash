# helpers.bash - what the wrapper's tests share: where things are, a sandbox for each file, a clean home for each test.
#
# The tests run the real binary with the real library against the real sandbox. They wait for events, never for time to
# pass, and read nothing of the machine's user: environment, configuration, sessions, terminal.
# shellcheck shell=bash disable=SC2034

bats_require_minimum_version 1.5.0

ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
DAMSESSION=${DAMSESSION:-$ROOT/.build/bin/damsession}
PYTHON=${PYTHON:-$ROOT/.build/venv/bin/python}

# Public and made up; they are the sandbox's.
ADA=ada@example.com
ADA_PASSWORD='correct horse & battery=staple%41+ü'
AARDVARK=O0000AARDVARK0001
KARE='kåre.øst'
KARE_PASSWORD='pässwörd;&=+%41'
ENCRYPTION_SECRET='nøkkel-ключ-ß'
API_KEY=sandboxkey1

# One sandbox a file of tests. It stops when its standard input ends, whatever becomes of them. Descriptor 3 is what bats
# waits for.
setup_file() {
    mkfifo "$BATS_FILE_TMPDIR/alive" "$BATS_FILE_TMPDIR/ready"
    PYTHONPATH=$ROOT/bindings/python "$PYTHON" -m damsession.sandbox --until-eof \
        <"$BATS_FILE_TMPDIR/alive" >"$BATS_FILE_TMPDIR/ready" 2>"$BATS_FILE_TMPDIR/errors" 3>&- &
    SANDBOX_PID=$!
    exec 9>"$BATS_FILE_TMPDIR/alive"
    local ready
    read -r ready <"$BATS_FILE_TMPDIR/ready" || {
        cat "$BATS_FILE_TMPDIR/errors" >&2
        return 1
    }
    PHOTOSHELTER=$(jq -r .photoshelter <<<"$ready")
    FOTOWEB=$(jq -r .fotoweb <<<"$ready")
    FOTOWARE=$(jq -r .fotoware <<<"$ready")
    CA_FILE=$(jq -r .ca_file <<<"$ready")
    export PHOTOSHELTER FOTOWEB FOTOWARE CA_FILE SANDBOX_PID
}

teardown_file() {
    exec 9>&-
    wait "$SANDBOX_PID"
}

# sandbox state, sandbox log, sandbox knobs '{"storm": 1}', ...: a body makes it a POST.
sandbox() {
    curl -sS --fail-with-body --cacert "$CA_FILE" ${2:+--data "$2"} "$PHOTOSHELTER/_sandbox/$1"
}

# count photoshelter.logins_ok 1: the sandbox has counted that many.
count() {
    local found
    found=$(sandbox state | jq ".$1")
    [[ $found == "$2" ]] || {
        echo "$1 is $found, not $2" >&2
        return 1
    }
}

# Nothing of the user's: no DAMSESSION_*, a home of the test's own, no terminal (see dam).
clean_home() {
    local name
    for name in "${!DAMSESSION_@}"; do unset "$name"; done
    unset SSL_CERT_FILE SSL_CERT_DIR
    export HOME=$BATS_TEST_TMPDIR/home
    export XDG_CONFIG_HOME=$HOME/config XDG_STATE_HOME=$HOME/state
    mkdir -p "$HOME"
    cd "$HOME" || return 1
}

clean_sandbox() {
    sandbox reset '{}' >/dev/null
}

# The wrapper without a terminal, whoever runs the tests.
dam() {
    setsid --wait "$DAMSESSION" "$@"
}

# What a person's browser does with the page for consent that was printed: prints where it is sent. For sh, which gets
# the screen (`through=` of terminal.py). $1: allow or deny.
browse() {
    cat <<END
page=\$(grep -o '$FOTOWARE/fotoweb/oauth2/authorize?[^[:space:]]*') &&
curl -sS --cacert '$CA_FILE' -o page -w '%{redirect_url}' --data "\${page#*\?}&decision=$1&user=ada" "\${page%%\?*}"
END
}

# A command on a terminal of its own: see terminal.py.
terminal() {
    "$PYTHON" "$BATS_TEST_DIRNAME/terminal.py" "$@"
}

# Makes a stored session one that a newer program has written. The sum in its first line is over the line before it and
# the document.
make_newer() {
    local words
    read -ra words <"$1"
    {
        printf '%s 999 %s %s ' "${words[0]}" "${words[2]}" "${words[3]}"
        tail -n +2 "$1"
    } >newer
    { head -c -"${words[3]}" newer && sha256sum <newer | cut -d ' ' -f 1 && tail -c "${words[3]}" newer; } >"$1"
}

# Logs ada in and remembers her as "desk"; more arguments are the wrapper's.
login_photoshelter() {
    dam login desk --system photoshelter --url "$PHOTOSHELTER" --ca-file "$CA_FILE" --user "$ADA" \
        --api-key-stdin --password-stdin "$@" <<<"$API_KEY"$'\n'"$ADA_PASSWORD"
}

# Logs kåre.øst in and remembers him as "web"; more arguments are the wrapper's.
login_fotoweb() {
    dam login web --system fotoweb --url "$FOTOWEB" --ca-file "$CA_FILE" --user "$KARE" --password-stdin "$@" \
        <<<"$KARE_PASSWORD"
}

# For sessions that nothing remembers: everything but the password in the environment.
photoshelter_environment() {
    export DAMSESSION_SYSTEM=photoshelter DAMSESSION_URL=$PHOTOSHELTER DAMSESSION_CA_FILE=$CA_FILE
    export DAMSESSION_USER=$ADA DAMSESSION_API_KEY=$API_KEY
}
