#!/usr/bin/env bats
# The exit code of every verdict, so that a script can tell a wrong password from a server that is down.
load helpers

setup() {
    clean_home
    clean_sandbox
}

@test "exit 4: the system has no such thing" {
    login_fotoweb
    run -4 --separate-stderr dam organizations web
    login_photoshelter
    run -4 --separate-stderr dam token desk
    run -4 --separate-stderr dam bind desk 1
    run -4 --separate-stderr dam header desk --authentication token-in-url --password-stdin <<<"$ADA_PASSWORD"
    [[ $stderr == *DAM_ERR_NOT_SUPPORTED* && -z $output ]]
}

@test "exit 20 to 22: not reached, not trusted, not in time" {
    photoshelter_environment
    export DAMSESSION_PASSWORD=$ADA_PASSWORD
    DAMSESSION_URL=https://localhost:1 run -20 --separate-stderr dam get - x
    [[ $stderr == *DAM_ERR_CONNECT* ]]
    (
        unset DAMSESSION_CA_FILE
        run -21 --separate-stderr dam get - x
        [[ $stderr == *DAM_ERR_TLS* ]]
    )
    run -22 --separate-stderr dam get - 'mem/slow?seconds=20' --timeout 1
    [[ $stderr == *DAM_ERR_TIMEOUT* ]]
}

@test "exit 23 to 26: broken off, not the API, too large, not secure" {
    login_photoshelter
    sandbox faults '{"fault": "truncate", "match": "mem/image"}' >/dev/null
    run -23 --separate-stderr dam get desk mem/image/I1/download
    [ -z "$output" ]
    sandbox faults '{"fault": "garbage", "match": "mem/image"}' >/dev/null
    run -24 --separate-stderr dam get desk mem/image/I1
    sandbox faults "$(jq -n '{fault: "status", status: 404, body: ("x" * 2000)}')" >/dev/null
    run -25 --separate-stderr dam get desk mem/image/I1 --response-limit 1K
    run -26 --separate-stderr dam get desk http://localhost/x
    run -26 --separate-stderr dam get desk mem/user/session --url http://example.com
}

@test "--once: what may write by GET is not sent again" {
    login_photoshelter --authentication token
    for flag in "" --once; do
        sandbox faults '{"fault": "drop-after-processing", "match": "gallery/query"}' >/dev/null
        if [ -n "$flag" ]; then
            run -23 --separate-stderr dam get desk mem/gallery/query --retries 2 "$flag"
        else
            run -0 --separate-stderr dam get desk mem/gallery/query --retries 2
        fi
    done
    [ "$(sandbox log | jq '[.[] | select(.path | endswith("mem/gallery/query"))] | length')" -eq 3 ]
}

@test "exit 40 and 41: no credentials, and refused ones are not tried again" {
    photoshelter_environment
    run -40 --separate-stderr dam get - mem/user/session
    [[ $stderr == *DAM_ERR_CREDENTIALS_NEEDED* ]]
    export DAMSESSION_PASSWORD=wrong
    run -41 --separate-stderr dam get - mem/user/session
    run -41 --separate-stderr dam get - mem/user/session
    run -41 --separate-stderr dam login -
    count photoshelter.logins_refused 1
    [ "$(dam status - --json | jq .refused)" = true ]
    run -41 --separate-stderr dam login - --again
    count photoshelter.logins_refused 2
    DAMSESSION_PASSWORD=$ADA_PASSWORD run -0 --separate-stderr dam login -
}

@test "exit 42 to 44: second factor, organization, API key" {
    photoshelter_environment
    export DAMSESSION_PASSWORD=$ADA_PASSWORD
    DAMSESSION_USER=second@example.com DAMSESSION_PASSWORD=second-password run -42 --separate-stderr dam login -
    [[ $stderr == *DAM_ERR_SECOND_FACTOR* ]]
    run -43 --separate-stderr dam login - --organization O0000CAPYBARA0003
    [[ $stderr == *DAM_ERR_ORGANIZATION_REFUSED* ]]
    DAMSESSION_API_KEY=wrong run -44 --separate-stderr dam login -
    [[ $stderr == *DAM_ERR_API_KEY_REFUSED* ]]
}

@test "exit 45: too many device tokens" {
    run -45 --separate-stderr login_fotoweb --token-limit 1 --token-reserve 1
    [[ $stderr == *DAM_ERR_TOKEN_LIMIT* ]]
    count fotoweb.tokens_created 0
}

@test "exit 46 to 48: invalid again, throttled, out of order" {
    login_photoshelter
    sandbox knobs '{"storm": 1}' >/dev/null
    run -46 --separate-stderr dam get desk mem/user/session --password-stdin <<<"$ADA_PASSWORD"
    [[ $stderr == *DAM_ERR_SESSION_INVALID* ]]
    sandbox knobs '{"storm": 0, "throttle": 7}' >/dev/null
    run -47 --separate-stderr dam get desk mem/user/session --password-stdin <<<"$ADA_PASSWORD"
    [[ $stderr == *DAM_ERR_THROTTLED*"7 s"* ]]
    sandbox knobs '{"throttle": 0}' >/dev/null
    sandbox faults '{"fault": "status", "status": 503, "count": 9}' >/dev/null
    run -48 --separate-stderr dam get desk mem/user/session --password-stdin <<<"$ADA_PASSWORD"
    [[ $stderr == *DAM_ERR_SERVER* ]]
}

@test "exit 60: nowhere to remember; a session that cannot be stored goes on with a warning" {
    photoshelter_environment
    export DAMSESSION_PASSWORD=$ADA_PASSWORD
    : >file
    XDG_CONFIG_HOME=$HOME/file run -60 --separate-stderr dam login desk
    [[ $stderr == *DAM_ERR_STORE* ]]
    run -0 --separate-stderr dam get - mem/user/session --store "$HOME/file"
    [ "$(jq -r .data.Session.user <<<"$output")" = "$ADA" ]
    [[ $stderr == *"damsession: warning: "* ]]
    run -60 --separate-stderr login_fotoweb --store "$HOME/file" # here a secret that is lost would be one of ten.
    [ "$(dam list)" = "" ]
}

@test "exit 61: another process holds the session" {
    photoshelter_environment
    DAMSESSION_PASSWORD=$ADA_PASSWORD dam login -
    local before holder
    before=$(sandbox state | jq .log.arrived)
    "$DAMSESSION" get - 'mem/slow?seconds=20' 3>&- &
    holder=$!
    until [ "$(sandbox state | jq .log.arrived)" -gt "$before" ]; do :; done
    run -61 --separate-stderr dam get - mem/user/session --lock-timeout 0
    [[ $stderr == *DAM_ERR_LOCKED* ]]
    kill "$holder"
    wait "$holder" || true
}

@test "exit 62: a newer program wrote the session" {
    photoshelter_environment
    DAMSESSION_PASSWORD=$ADA_PASSWORD dam login -
    local record=("$XDG_STATE_HOME"/damsession/*.record)
    make_newer "${record[0]}"
    run -62 --separate-stderr dam get - mem/user/session
    [[ $stderr == *DAM_ERR_RECORD_NEWER* && -z $output ]]
}

@test "what can be mended names the way, in the command's own words" {
    local handle
    login_photoshelter
    mends() { # mends EXIT HINT COMMAND...: the last line has the hint.
        local code=$1 hint=$2
        shift 2
        run "-$code" --separate-stderr dam "$@"
        [[ ${stderr_lines[-1]} == "damsession: "*"$hint"* ]] || {
            echo "$stderr" >&2
            return 1
        }
    }
    mends 2 "run: damsession help get" get desk x -H 'a b: mine'
    mends 2 "leave it out: --url URL" get desk x -H 'Host: mine'
    mends 4 "run: damsession help choosing" token desk
    mends 3 "run: damsession list" get nowhere x
    dam config set desk url https://localhost:1
    mends 20 "run: damsession doctor desk" get desk x --password-command 'echo x'
    dam config set desk url "$PHOTOSHELTER"
    mends 21 "--ca-file FILE" get desk x --ca-file /etc/ssl/certs/ca-certificates.crt
    mends 22 "--timeout" get desk 'mem/slow?seconds=20' --timeout 1
    mends 26 "damsession config show desk" get desk http://localhost/x
    dam logout desk
    mends 40 "run: damsession login desk" get desk x
    mends 40 "run: damsession login -" get - x --system photoshelter --user ada --api-key-fd 7 7<<<key
    mends 2 "each as --OPTION VALUE or DAMSESSION_OPTION" get - x
    mends 26 "--url https://example.com" get - x --system fotoweb --url http://example.com --user ada
    mends 41 "run: damsession login desk" get desk x --password-command 'echo wrong'
    mends 44 "damsession login desk --api-key-stdin" get desk x --password-command 'echo x' --api-key-stdin <<<wrong
    login_fotoweb
    handle=$(dam bind web 1)
    sandbox revoke '{}' >/dev/null
    dam get web Information --password-stdin <<<"$KARE_PASSWORD" >/dev/null
    mends 2 "run: damsession help resolve" resolve web nonsense
    mends 49 "damsession bind web ID" resolve web "$handle"
    chmod 666 "$XDG_CONFIG_HOME/damsession/desk.json"
    mends 60 "run: damsession doctor desk" get desk x
}

@test "every error of the library has a remedy, made of commands and options that there are" {
    local remedies=$ROOT/bindings/shell/remedy.c advice=$ROOT/bindings/shell/advice.c word
    # Not: what somebody cancelled, which nothing does in the command.
    for word in DAM_ERR_ARGUMENT DAM_ERR_OPTION DAM_ERR_INTERNAL \
        $(dam help | grep -oE 'DAM_ERR_[A-Z_]+' | grep -v CANCELLED); do
        grep -q "{$word," "$remedies" || { echo "$word" >&2 && return 1; }
    done
    while read -r word; do
        dam help "$word" >/dev/null
    done < <(grep -ohE 'damsession [a-z]+ ?[%#]?' "$remedies" "$advice" | grep -v ' that ' | cut -d ' ' -f 2 | sort -u)
    { dam help && dam options | sed 's/^/  --/'; } >known
    while read -r word; do
        grep -qe "$word" known
    done < <(grep -ohE -- '--[a-z][a-z-]+' "$remedies" "$advice" | sort -u)
}
