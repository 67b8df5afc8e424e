#!/usr/bin/env bats
# A person consents in a browser, and the command goes on from there without one.
load helpers

setup() {
    clean_home
    clean_sandbox
}

@test "a login prints a page, takes the address that the browser is sent to, and remembers the name" {
    run -0 terminal "through=$(browse allow)" -- "$DAMSESSION" login desk --system fotoware --url "$FOTOWARE" \
        --client-id sandbox-native --ca-file "$CA_FILE"
    [[ $output == *"logged in at $FOTOWARE; saved as desk"*"exit: 0"* ]]
    [ "$(dam get desk me | jq -r .user)" = ada ]
    [ "$(dam status desk --json | jq .renewable)" = true ]
    [[ $(dam status desk) == *"renewable: yes, without a person"* ]]
    sandbox expire '{"system": "fotoware"}' >/dev/null
    run -0 --separate-stderr dam get desk me --explain
    [[ $stderr == *"1 replay"* ]]
    count fotoware.renewals 1
    count fotoware.consents 1
}

@test "a person who declines, or says nothing, is told so, and nothing is remembered" {
    run -0 terminal "through=$(browse deny)" -- "$DAMSESSION" login desk --system fotoware --url "$FOTOWARE" \
        --client-id sandbox-native --ca-file "$CA_FILE"
    [[ $output == *"has not consented"*"access_denied"*"exit: 51"* ]]
    run -0 terminal answer= -- "$DAMSESSION" login desk --system fotoware --url "$FOTOWARE" \
        --client-id sandbox-native --ca-file "$CA_FILE"
    [[ $output == *"nobody has consented"*"exit: 51"* ]]
    [ -z "$(dam list)" ]
}

@test "a wrong paste is asked for again; whoever listens for nothing is told" {
    run -0 terminal answer=hello answer=hello answer=hello -- "$DAMSESSION" login desk --system fotoware \
        --url "$FOTOWARE" --client-id sandbox-native --ca-file "$CA_FILE"
    [[ $output == *"Paste the whole address"*"exit: 2"* ]]
    run -40 --separate-stderr dam login desk --system fotoweb --url "$FOTOWEB" --user ada --ca-file "$CA_FILE" \
        --listen 9876
    [[ $stderr == *"are for OAuth2"* ]]
}

@test "a program that is registered is asked for its ID and secret, beside the API key" {
    run terminal answer=sandboxkey1 answer=desk answer=secret answer= -- "$DAMSESSION" login po --system photoshelter \
        --url "$PHOTOSHELTER" --user ada@example.com --authentication oauth --ca-file "$CA_FILE"
    [[ $output == *"API key"*"Client ID"*"Client secret (nothing"*"Open this page"* ]]
}

@test "without a person a job says what a person has to do" {
    run -51 --separate-stderr dam get - me --system fotoware --url "$FOTOWARE" --client-id sandbox-native --ca-file "$CA_FILE"
    [[ $stderr == *DAM_ERR_CONSENT*"run: damsession login "* ]]
    run -51 --separate-stderr dam login desk --system fotoware --url "$FOTOWARE" --client-id sandbox-native --ca-file "$CA_FILE"
    [[ $stderr == *"a person must consent, at a terminal"* ]]
    [ -z "$(dam list)" ]
}

# In the background: a login that waits for a browser at $port, as the sandbox has it registered; prints to said.
listen() {
    port=9876
    "$DAMSESSION" login desk --system fotoware --url "$FOTOWARE" --client-id sandbox-native --ca-file "$CA_FILE" \
        --listen "$port" 2>said &
    login=$!
    until grep -q "^$FOTOWARE" said || ! kill -0 "$login"; do :; done
    page=$(grep "^$FOTOWARE" said)
}

# What the browser shows at the end, when the person has decided so.
decide() { curl -sS --cacert "$CA_FILE" -L --data "${page#*\?}&decision=$1&user=ada" "${page%%\?*}"; }

@test "a browser of this machine brings the answer itself, and nobody else does" {
    listen
    [[ $page == *"redirect_uri=http%3A%2F%2Flocalhost%3A$port%2Fcallback"* ]]
    exec 8<>"/dev/tcp/127.0.0.1/$port"   # a connection in advance, as browsers open it
    [ "$(curl -s -o /dev/null -w '%{http_code}' "http://localhost:$port/favicon.ico")" = 404 ]
    [ "$(curl -s -o /dev/null -w '%{http_code}' "http://localhost:$port/callback?code=c&state=guessed")" = 404 ]
    [ "$(curl -s -o /dev/null -w '%{http_code}' -X POST "http://localhost:$port/callback?code=c")" = 404 ]
    [[ $(decide allow) == *"damsession is logged in. You can close this page."* ]]
    exec 8>&-
    wait "$login"
    [ "$(dam get desk me | jq -r .user)" = ada ]
}

@test "whoever declines is told at both ends" {
    listen
    [[ $(decide deny) == *"not logged in; its terminal says why"* ]]
    # Not by run: that asks a shell of its own, which knows nothing of a child that still lives.
    local code=0
    wait "$login" || code=$?
    [ "$code" -eq 51 ]
    [[ $(cat said) == *"has not consented"*"access_denied"* ]]
    [ -z "$(dam list)" ]
}

@test "a port that is taken, or is not the registered one, is said before anybody is asked" {
    listen
    run -5 --separate-stderr dam login other --system fotoware --url "$FOTOWARE" --client-id sandbox-native \
        --ca-file "$CA_FILE" --listen "$port" --user bob
    [[ $stderr == *"port $port of this machine cannot be listened at: Address already in use"* ]]
    kill "$login"
    run -2 --separate-stderr dam login other --system fotoware --url "$FOTOWARE" --client-id sandbox-native \
        --ca-file "$CA_FILE" --listen 9000 --redirect-url http://localhost:9001/back
    [[ $stderr == *"\`redirect-url\` is http://localhost:9001/back"* ]]
    run -2 --separate-stderr dam login other --listen 0
    [ "$stderr" = "damsession: --listen takes a number from 1 to 65535" ]
}

@test "a consent goes from one machine to another, sealed, and is at one of them at a time" {
    run -0 terminal "through=$(browse allow)" -- "$DAMSESSION" login desk --system fotoware --url "$FOTOWARE" \
        --client-id sandbox-native --ca-file "$CA_FILE"
    run -2 --separate-stderr dam consent export desk sealed --passphrase-fd 7 7<<<short
    [[ $stderr == *"passphrase has 5 bytes"* && ! -e sealed ]]
    dam consent export desk sealed --passphrase-fd 7 7<<<"correct horse"
    [ "$(stat -c %a sealed)" = 600 ]
    run -51 --separate-stderr dam get desk me
    there() { HOME=$PWD/there XDG_STATE_HOME='' XDG_CONFIG_HOME='' XDG_DATA_HOME='' dam "$@"; }
    mkdir there
    local options=(--system fotoware --url "$FOTOWARE" --client-id sandbox-native --ca-file "$CA_FILE")
    run -2 --separate-stderr there consent import - sealed "${options[@]}" --passphrase-fd 7 7<<<"wrong horse"
    [[ $stderr == *"the pass-phrase is not the one"* ]]
    there consent import - "${options[@]}" --passphrase-fd 7 7<<<"correct horse" <sealed
    [ "$(there get - me "${options[@]}" | jq -r .user)" = ada ]
    count fotoware.consents 1
}

@test "what cannot be written is not handed over" {
    run -0 terminal "through=$(browse allow)" -- "$DAMSESSION" login desk --system fotoware --url "$FOTOWARE" \
        --client-id sandbox-native --ca-file "$CA_FILE"
    : >there
    run -5 --separate-stderr dam consent export desk there --passphrase-fd 7 7<<<"correct horse"
    [[ $stderr == *"File exists"*"the session stays here"* ]]
    [ "$(dam get desk me | jq -r .user)" = ada ]
    run -5 --separate-stderr dam consent export desk there
    [[ $stderr == *"--passphrase-fd N"* ]]
    run -2 --separate-stderr dam consent give desk
    run -51 --separate-stderr dam consent export - --system fotoware --url "$FOTOWARE" --client-id other \
        --user nobody --ca-file "$CA_FILE" --passphrase-fd 7 7<<<"correct horse"
}
