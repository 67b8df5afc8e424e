#!/usr/bin/env bats
# What the command says of a session that a person has consented to, and that renews itself (FotoWare).
load helpers

setup() {
    clean_home
    clean_sandbox
}

# Logs ada in and remembers her as "desk"; more arguments are the wrapper's.
login_fotoware() {
    run -0 terminal "through=$(browse allow)" -- "$DAMSESSION" login desk --system fotoware --url "$FOTOWARE" --ca-file "$CA_FILE" \
        --client-id sandbox-native "$@"
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

# Public and made up; they are the sandbox's.
WEB_SECRET='web secret & plus+percent%41:='
SCRIPT_SECRET='script-secret/+=&%2B'

# advises WORDS ARGUMENT...: the command fails, says that, and tells no secret.
advises() {
    run ! --separate-stderr dam "${@:2}"
    [[ $stderr == *"$1"* && $output$stderr != *hunter2* ]] || {
        echo "$stderr" >&2
        return 1
    }
}

@test "a script's client secret is asked for as such, and comes from where a password would" {
    local script=(--system fotoware --url "$FOTOWARE" --ca-file "$CA_FILE" --client-id sandbox-script --authentication script)
    run -0 terminal "answer=$SCRIPT_SECRET" -- "$DAMSESSION" login job "${script[@]}"
    [[ $output == *"echo at the question: off"*"Client secret of the program at $FOTOWARE: "*"exit: 0"* ]]
    [[ $(dam doctor job) == *"logged in, "*", good until "*"Z; --log-in asks"* ]]
    sandbox expire '{"system": "fotoware"}' >/dev/null
    advises "or DAMSESSION_CLIENT_SECRET" get job me
    DAMSESSION_PASSWORD=$SCRIPT_SECRET advises "or DAMSESSION_CLIENT_SECRET" get job me
    advises "--password-command gave no client secret" get job me --password-command false
    DAMSESSION_CLIENT_SECRET=hunter2 advises "the client secret came from DAMSESSION_CLIENT_SECRET" get job me
    advises "the client secret came from standard input" get job me --password-stdin <<<hunter22
    run -0 terminal answer=hunter23 -- "$DAMSESSION" get job me
    [[ $output == *"run: damsession login job, with the right client secret"*"exit: 41"* ]]
    DAMSESSION_CLIENT_SECRET=hunter24 run -0 --separate-stderr dam get job me --password-stdin <<<"$SCRIPT_SECRET"
    [ "$(jq .administrator <<<"$output")" = true ]
    run -0 --separate-stderr dam get job me
}

@test "a web application's client secret is asked for once, and remembered" {
    local web=(--system fotoware --url "$FOTOWARE" --ca-file "$CA_FILE" --client-id 'sandbox web+1' --authentication web)
    run -0 terminal "answer=$WEB_SECRET" "through=$(browse allow)" -- "$DAMSESSION" login site "${web[@]}"
    [[ $output == *"Client secret (of the program"*"saved as site"*"exit: 0"* && $output != *"$WEB_SECRET"* ]]
    [ "$(dam config get site client-secret)" = "********" ]
    sandbox expire '{"system": "fotoware"}' >/dev/null
    DAMSESSION_CLIENT_SECRET=hunter2 advises "came from DAMSESSION_CLIENT_SECRET: correct it there, or the ID: damsession config set site client-id ID" get site me
    run -0 --separate-stderr dam get site me
    [ "$(jq -r .user <<<"$output")" = ada ]
    count fotoware.consents 1
    DAMSESSION_CLIENT_SECRET=hunter2 run -0 terminal "through=$(browse allow)" -- "$DAMSESSION" login other "${web[@]}" --user other
    [[ $output == *"came from DAMSESSION_CLIENT_SECRET: correct it there, or the ID: --client-id ID"*"exit: 41"* ]]
    [[ $output != *hunter2* && $(dam list) != *other* ]]
}

@test "a client secret is refused on the command line, with the ways that there are" {
    login_fotoware
    advises "Use DAMSESSION_CLIENT_SECRET or the prompt of login" get desk me --client-secret=hunter2
    advises "the prompt of: damsession config set desk client-secret" config set desk client-secret hunter2
    advises "\`damsession login\` remembers that of DAMSESSION_CLIENT_SECRET" config set desk client-secret
    run -0 terminal answer=hunter2 -- "$DAMSESSION" config set desk client-secret
    [[ $output == *"exit: 0"* && $output != *hunter2* && $(dam config get desk client-secret) == "********" ]]
    [[ $(dam options client-secret) == *"refused, it is a secret: a prompt"*"DAMSESSION_CLIENT_SECRET"* ]]
}

@test "a proxy that takes the header away is no reason to log out, which would cost the consent" {
    login_fotoware
    sandbox knobs '{"authorization-header": "stripped"}' >/dev/null
    advises "let the proxy in front of the server pass the header Authorization on" get desk me
    [[ $stderr == *"perhaps a proxy"* && $stderr != *"logout"* ]]
    sandbox knobs '{"authorization-header": "kept"}' >/dev/null
    run -0 --separate-stderr dam get desk me
    count fotoware.consents 1
}

@test "an application that is not registered any more, and a site without a licence" {
    login_fotoware
    sandbox expire '{"system": "fotoware"}' >/dev/null
    sandbox faults '{"fault": "answer", "system": "fotoware", "stage": "login", "status": 401, "body": "{\"error\": \"invalid_client\"}"}' >/dev/null
    advises "run: damsession config set desk client-id ID" get desk me
    [[ $stderr == *DAM_ERR_CREDENTIALS_REFUSED*"check \"client-id\""* && $stderr != *password* ]]
    run -0 --separate-stderr dam get desk me
    sandbox knobs '{"license": "missing"}' >/dev/null
    run -52 --separate-stderr dam get desk me
    [[ $stderr == *"ask the site's administrator"* ]]
}
