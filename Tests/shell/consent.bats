#!/usr/bin/env bats
# A person consents in a browser, and the command goes on from there without one.
load helpers

setup() {
    clean_home
    clean_sandbox
}

# What a person's browser does with the page that was printed: prints where it is sent. For sh, which gets the screen.
browse() {
    cat <<END
page=\$(grep -o '$FOTOWARE/fotoweb/oauth2/authorize?[^[:space:]]*') &&
curl -sS --cacert '$CA_FILE' -o page -w '%{redirect_url}' --data "\${page#*\\?}&decision=$1&user=ada" "\${page%%\\?*}"
END
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

@test "without a person a job says what a person has to do" {
    run -51 --separate-stderr dam get - me --system fotoware --url "$FOTOWARE" --client-id sandbox-native --ca-file "$CA_FILE"
    [[ $stderr == *DAM_ERR_CONSENT*"run: damsession login "* ]]
    run -51 --separate-stderr dam login desk --system fotoware --url "$FOTOWARE" --client-id sandbox-native --ca-file "$CA_FILE"
    [[ $stderr == *"a person must consent, at a terminal"* ]]
    [ -z "$(dam list)" ]
}
