#!/usr/bin/env bats
# What the command says of a session that a person has consented to, and that renews itself (FotoWare).
load helpers

setup() {
    clean_home
    clean_sandbox
}

# Logs ada in and remembers her as "desk"; more arguments are the wrapper's. Her browser does what a person would.
login_fotoware() {
    local browser="page=\$(grep -o '$FOTOWARE/fotoweb/oauth2/authorize?[^[:space:]]*') && curl -sS --cacert '$CA_FILE' \\
-o page -w '%{redirect_url}' --data \"\${page#*\\?}&decision=allow&user=ada\" \"\${page%%\\?*}\""
    run -0 terminal "through=$browser" -- "$DAMSESSION" login desk --system fotoware --url "$FOTOWARE" \
        --ca-file "$CA_FILE" --client-id sandbox-native "$@"
    [[ $output == *"saved as desk"*"exit: 0"* ]]
}

@test "--explain counts consents, renewals, and refresh tokens that were sent once more" {
    login_fotoware --explain
    [[ $output == *"saved 3 records, 0 renewals, 0 in doubt, 1 consent"* ]]
    sandbox expire '{"system": "fotoware"}' >/dev/null
    run -0 --separate-stderr dam get desk me --explain
    [[ $stderr == *" 1 replay,"*", 1 renewal, 0 in doubt, 0 consents" ]]
    sandbox knobs '{"refresh-tokens": "single-use-grace"}' >/dev/null
    sandbox expire '{"system": "fotoware"}' >/dev/null
    sandbox faults '{"fault": "drop-after-processing", "match": "oauth2/token"}' >/dev/null
    run -23 --separate-stderr dam get desk me --explain
    [[ $stderr == *", 0 renewals, 0 in doubt, 0 consents" ]]
    run -0 --separate-stderr dam get desk me --explain
    [[ $stderr == *"the same refresh token is sent once more"*", 1 renewal, 1 in doubt, 0 consents" ]]
    count fotoware.consents 1
}

# The line of a check of `doctor`; its exit code comes first.
finds() {
    run "-$1" --separate-stderr dam doctor "${@:3}"
    [[ $output == *$'\t'session$'\t'*"$2"* ]] || {
        echo "$output" >&2
        return 1
    }
    [ -z "$stderr" ]
}

@test "status and doctor tell how long a session is good, and that it is renewed, and ask nobody" {
    login_fotoware
    local before ends
    before=$(sandbox state | jq .log.arrived)
    ends=$(dam status desk --json | jq .expires_at)
    [ "$ends" -gt "$(($(date +%s) + 3500))" ] && [ "$ends" -le "$(($(date +%s) + 3600))" ]
    ends=$(date -u -d "@$ends" +%FT%TZ)
    [[ $(dam status desk) == *$'\n'"ends: $ends"$'\n'"renewable: yes, without a person"$'\n'* ]]
    [ "$(dam status desk --json | jq -c '[.logged_in, .renewable]')" = "[true,true]" ]
    [ "$(sandbox state | jq .log.arrived)" -eq "$before" ]
    finds 0 ", good until $ends, renewed without a person" desk
    [ "$(sandbox log | jq -r '.[-1].method')" = HEAD ] # of `network`
}

# So many seconds are left of the hour that the stored access token is good.
leave() {
    PYTHONPATH=$ROOT/Tests/sharing "$PYTHON" - "$XDG_STATE_HOME/damsession" "$1" <<'END'
import pathlib, records, sys, time
path, end = records.session(pathlib.Path(sys.argv[1])), int(time.time()) + int(sys.argv[2])
records.change(path, secret={**records.read(path)["secret"], "expires_at": end}, issued_at=end - 3600)
END
}

@test "doctor spends no refresh token, though one is due, and later though the access token has ended" {
    login_fotoware
    leave 30
    finds 0 ", renewed without a person" desk
    leave -30
    finds 0 ", renewed without a person" desk
    count fotoware.renewals 0
    run -0 --separate-stderr dam get desk me --explain
    [[ $stderr == *", 1 renewal, 0 in doubt, 0 consents" ]]
}

@test "doctor tells when a person has to consent, and how; other commands say the same" {
    finds 51 "a person must consent first: damsession login -" - --system fotoware --url "$FOTOWARE" \
        --client-id sandbox-native --ca-file "$CA_FILE"
    login_fotoware
    sandbox revoke '{"system": "fotoware"}' >/dev/null
    finds 0 "logged in" desk # as far as anybody here knows
    run -51 --separate-stderr dam get desk me
    [[ $stderr == *"must consent again: the server says \"invalid_grant"*"run: damsession login desk"* ]]
    finds 51 "a person must consent again: damsession login desk" desk
    [ "$(dam status desk --json | jq -c '[.logged_in, .renewable, .expires_at]')" = "[false,false,0]" ]
    [[ $(dam sessions) == *$'\tfotoware\t'"$FOTOWARE"$'\t-\t-\t'*$'\tlogged-out' ]]
    [ "$(dam list)" = $'desk\tfotoware\t-\t'"$FOTOWARE" ]
    login_fotoware
    finds 0 ", renewed without a person" desk
    [[ $(dam sessions) == *$'\tlogged-in' ]]
    count fotoware.consents 2
}
