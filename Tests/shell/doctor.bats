#!/usr/bin/env bats
# doctor: every class of finding has its line and its exit code, no password is spent, and nothing secret is printed.
load helpers

setup() {
    clean_home
    clean_sandbox
    login_photoshelter
}

# finds EXIT RESULT CHECK WORDS ARGUMENT...: the command ends so, and one of its lines says that.
finds() {
    local code=$1 begin="$2"$'\t'"$3"$'\t' middle=$4
    shift 4
    run "-$code" --separate-stderr dam doctor "$@"
    grep -F -- "$begin" <<<"$output" | grep -qF -- "$middle" || {
        echo "$output" >&2
        return 1
    }
    [[ $output$stderr != *"$ADA_PASSWORD"* && $output$stderr != *"$API_KEY"* ]]
}

@test "everything is in order, and nobody is asked for anything" {
    dam logout desk
    local before logins
    before=$(sandbox state | jq .log.arrived)
    logins=$(sandbox state | jq .photoshelter.logins_ok)
    run -0 --separate-stderr dam doctor desk
    [ "$(cut -f 1,2 <<<"$output" | tr '\t' ' ')" = "ok library
ok options
ok environment
ok remembered
ok store
ok locks
ok network
ok certificate
ok clock
ok session
skipped tokens
skipped login" ]
    [[ ${lines[0]} == *"/libdamsession.so.1, version "* && $output == *"$PHOTOSHELTER answers"$'\n'* ]]
    [ "$(sandbox state | jq .log.arrived)" -eq $((before + 1)) ]
    [ "$(sandbox state | jq .photoshelter.logins_ok)" -eq "$logins" ]
    [ "$(sandbox log | jq -r '.[-1] | [.method, .path, .query_string] | join(" ")')" = "HEAD / " ]
    [ "$(sandbox log | jq '[.[-1].headers[] | select(.[0] | test("(?i)cookie|key|auth"))] | length')" -eq 0 ]
    [ -z "$stderr" ]
    run -0 --separate-stderr dam doctor desk --json
    [ "$(jq -r '.[] | select(.check == "clock") | [.result, .exit_code] | join(" ")' <<<"$output")" = "ok 0" ]
}

@test "--log-in asks the server, and spends a password if that is needed" {
    finds 0 ok login "accepts the session" desk --log-in
    dam logout desk
    finds 40 bad login "" desk --log-in
    run -0 --separate-stderr dam doctor desk --log-in --password-stdin <<<"$ADA_PASSWORD"
    count photoshelter.logins_ok 2
}

@test "options: no such name, options that are wrong, a file that is open to others" {
    finds 3 bad options nowhere nowhere
    dam config set new system fotoweb
    finds 2 bad options url new
    finds 26 bad options "" desk --url http://example.com
    chmod 666 "$XDG_CONFIG_HOME/damsession/desk.json"
    finds 60 bad options "" desk
    finds 60 bad remembered "desk.json (mode 666) is open to others; chmod 600 it" desk
    finds 60 skipped options "no NAME"
}

@test "network, certificate and clock" {
    dam config set desk url https://localhost:1
    finds 20 bad network https://localhost:1 desk
    finds 20 skipped certificate "" desk
    dam config set desk url "$PHOTOSHELTER"
    finds 21 bad certificate --ca-file desk --ca-file /etc/ssl/certs/ca-certificates.crt
    finds 21 ok network "" desk --ca-file /etc/ssl/certs/ca-certificates.crt
    finds 21 bad certificate "" desk --pinned-key sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
    sandbox knobs '{"clock-skew": 3600}' >/dev/null
    finds 11 bad clock "behind the server's" desk
    sandbox knobs '{"clock-skew": -3600}' >/dev/null
    finds 11 bad clock "ahead of the server's" desk
}

@test "a server that is down, and one that has no page at /" {
    finds 0 ok network "answers" desk
    [[ $output != *"HTTP status"* ]]
    sandbox faults '{"fault": "status", "status": 503, "match": "/"}' >/dev/null
    finds 0 ok network "HTTP status 503" desk
}

@test "variables that are no option: their names and the nearest, never what they hold" {
    export DAMSESSION_PASWORD=hunter2 DAMSESSION_timeout=5 DAMSESSION_LIBRARY=x DAMSESSION_SANDBOX=x DAMSESSION_EMPTY=
    export DAMSESSION_CONNECT_TIMEOUT=5 DAMSESSION_SANDBOX_PID=1 DAMSESSION_FROBNICATE=hunter2
    finds 2 bad environment "DAMSESSION_PASWORD (did you mean DAMSESSION_PASSWORD?)" desk
    finds 2 bad environment "DAMSESSION_timeout (did you mean DAMSESSION_TIMEOUT?)" desk
    [[ $output == *"DAMSESSION_FROBNICATE"* && $output != *hunter2* && $output != *EMPTY* ]]
    [[ $output != *DAMSESSION_LIBRARY* && $output != *DAMSESSION_SANDBOX* && $output != *CONNECT* ]]
    finds 2 ok session "" desk
    dam logout desk
    # A command that fails for what is missing says so, once; others do not.
    run -40 --separate-stderr dam get desk mem/user/session
    [ "$(grep -c "DAMSESSION_PASWORD (did you mean DAMSESSION_PASSWORD?)" <<<"$stderr")" -eq 1 ]
    run -2 --separate-stderr dam get - mem/user/session
    [[ $stderr == *"\"system\" is missing"*"DAMSESSION_PASWORD (did you mean"* && $stderr != *hunter2* ]]
    run -3 --separate-stderr dam get nowhere mem/user/session
    [[ $stderr != *PASWORD* ]]
}

@test "the store: modes, links, what was damaged, and who holds a lock" {
    local store=$XDG_STATE_HOME/damsession record
    record=$(find "$store" -name '*.record' | head -n 1)
    ln "$record" "$HOME/other"
    finds 60 bad store "has a second name" desk
    rm other
    chmod 640 "$record"
    finds 60 bad store "(mode 640) is open to others" desk
    chmod 600 "$record"
    : >"$store/x.damaged"
    finds 60 bad store "was damaged" desk
    rm "$store/x.damaged"
    chmod 755 "$store"
    finds 0 ok store "" desk
    chmod 777 "$store"
    finds 60 bad store "(mode 777) is open to others; chmod 700 it" desk
    [ "$(cut -f 1,2 <<<"$output" | tr '\t' ' ' | xargs)" = "ok library ok options ok environment ok remembered\
 bad store ok network ok certificate ok clock skipped session skipped tokens skipped login" ]
    finds 60 skipped login "" desk --log-in
    chmod 700 "$store"
    : >file
    finds 60 bad store "$HOME/file" desk --store "$HOME/file"
    finds 60 ok network "" desk --store "$HOME/file"
    DAMSESSION_STORE=folder finds 2 bad options "store" desk
    finds 0 ok store "$PWD/folder: not there yet" desk --store folder
    finds 0 ok locks "locks work" desk
    local before holder
    before=$(sandbox state | jq .log.arrived)
    "$DAMSESSION" get desk 'mem/slow?seconds=20' 3>&- &
    holder=$!
    until [ "$(sandbox state | jq .log.arrived)" -gt "$before" ]; do :; done
    finds 0 ok locks "is held; processes that have it open: $holder" desk
    kill "$holder"
    wait "$holder" || true
    finds 0 skipped store memory desk --store memory
    [ "$(find "$store" -name '.doctor*')" = "" ]
}

@test "an API key from a command" {
    echo "$API_KEY" >key
    dam config unset desk api-key
    dam config set desk api-key-command 'echo >>asked; cat key'
    finds 0 ok options "they go together" desk
    [ "$(wc -l <asked)" -eq 1 ]
    dam config set desk api-key-command false
    finds 44 bad options "the command gave no API key" desk
}

@test "a refused password, and too many device tokens" {
    dam logout desk
    run -41 --separate-stderr dam get desk x --password-command 'echo wrong'
    finds 41 bad session "login was refused" desk
    login_fotoweb
    finds 0 ok tokens "1 of 10 are taken" web
    finds 45 bad tokens "the next login fails" web --token-limit 2
}

@test "a session that a newer program stored" {
    make_newer "$(find "$XDG_STATE_HOME/damsession" -name '*.record' | head -n 1)"
    finds 62 bad session "newer damsession" desk
}

@test "a library that is older than the command" {
    echo 'const char *dam_version(void) { return "0.9.0"; }' >old.c
    "${CC:-cc}" -shared -fPIC old.c -o old.so
    LD_PRELOAD=$HOME/old.so run -12 --separate-stderr "$DAMSESSION" doctor desk
    [[ ${lines[0]} == bad$'\t'library$'\t'*"/old.so, version 0.9.0; it is older"* ]]
}

@test "doctor looks whether a store that is not there can be made" {
    local other=() # root may write everywhere
    [ "$(id -u)" -ne 0 ] || other=(setpriv --reuid 65534 --clear-groups)
    photoshelter_environment
    run -60 "${other[@]}" "$DAMSESSION" doctor - --store /usr/share/dam-nothing/here
    [[ $output == *"/usr/share/dam-nothing/here cannot be made: /usr/share is not writable"* ]]
}

@test "an error of a first login sends nobody to a name that is not there yet" {
    run -20 --separate-stderr dam login other --system fotoweb --url https://localhost:1 --user ada --password-stdin <<<x
    [[ $stderr == *"damsession doctor - with the same options"* ]]
}
