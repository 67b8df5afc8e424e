#!/usr/bin/env bats
# Where secrets may come from, and all the places where none may ever be.
load helpers

setup() {
    clean_home
    clean_sandbox
}

@test "secrets are refused on the command line, and not repeated" {
    local option
    for option in password api-key encryption-secret; do
        run -2 --separate-stderr dam login desk --system photoshelter "--$option" hunter2
        [[ $stderr == *"--$option is refused"* && $stderr != *hunter2* ]]
        run -2 --separate-stderr dam get desk x "--$option=hunter2"
        [[ $stderr == *"--$option is refused"* && $stderr != *hunter2* ]]
    done
    [ -z "$output$(dam list)" ]
}

@test "the password: standard input, a descriptor, a command, the environment" {
    photoshelter_environment
    run -0 --separate-stderr dam login - --password-stdin <<<"$ADA_PASSWORD"
    dam forget -
    run -0 --separate-stderr dam login - --password-fd 7 7<<<"$ADA_PASSWORD"
    dam forget -
    echo "$ADA_PASSWORD" >password
    run -0 --separate-stderr dam login - --password-command 'cat password; echo another line'
    dam forget -
    DAMSESSION_PASSWORD=$ADA_PASSWORD run -0 --separate-stderr dam login -
    count photoshelter.logins_ok 4
    count photoshelter.logins_refused 0
}

@test "a service's secrets come from the folder that its manager has made" {
    photoshelter_environment
    unset DAMSESSION_API_KEY
    mkdir credentials
    echo "$ADA_PASSWORD" >credentials/password
    printf %s "$API_KEY" >credentials/api-key
    export CREDENTIALS_DIRECTORY=$PWD/credentials
    run -0 --separate-stderr dam get - mem/user/session
    [[ $output == *"$ADA"* ]]
    dam forget -
    run -0 --separate-stderr dam login desk
    dam forget desk
    run -0 terminal -- "$DAMSESSION" login desk
    dam forget desk
    chmod 646 credentials/password
    run -2 --separate-stderr dam get - mem/user/session
    [[ $stderr == *"$PWD/credentials/password"* && $stderr != *"$ADA_PASSWORD"* ]]
    count photoshelter.logins_ok 3
}

@test "the API key from a command: asked for each session, and never remembered" {
    photoshelter_environment
    unset DAMSESSION_API_KEY
    echo "$ADA_PASSWORD" >password
    echo "$API_KEY" >key
    dam login desk --password-command 'cat password' --api-key-command 'echo asked >>asked; cat key'
    run -0 --separate-stderr dam get desk mem/user/session
    [[ $output == *"$ADA"* ]]
    [ "$(wc -l <asked)" -eq 2 ]
    run -0 --separate-stderr dam config show desk
    [[ $output == *"echo asked"* && $output != *"$API_KEY"* ]]
    run -1 grep -rF "$API_KEY" "$XDG_CONFIG_HOME" "$XDG_STATE_HOME"
    run -0 --separate-stderr dam get desk mem/user/session --api-key-stdin <<<"$API_KEY"
    [ "$(wc -l <asked)" -eq 2 ]
    run -44 --separate-stderr dam get desk mem/user/session --api-key-command 'exit 3'
    [[ $stderr == *"the API key command failed with exit status 3"* ]]
    count photoshelter.logins_ok 1
}

@test "a source on the command line outranks a secret in the environment" {
    photoshelter_environment
    export DAMSESSION_PASSWORD=wrong
    run -0 --separate-stderr dam login - --password-stdin <<<"$ADA_PASSWORD"
    dam forget -
    echo "$ADA_PASSWORD" >password
    run -0 --separate-stderr dam login - --password-command 'cat password'
    count photoshelter.logins_refused 0
}

@test "the same flags answer for the encryption secret" {
    local web=(--system fotoweb --url "$FOTOWEB" --ca-file "$CA_FILE" --user "$KARE" --authentication login-token)
    run -0 --separate-stderr dam login - "${web[@]}" --password-stdin <<<"$ENCRYPTION_SECRET"
    dam forget - "${web[@]}"
    run -0 --separate-stderr dam login - "${web[@]}" --password-fd 8 8<<<"$ENCRYPTION_SECRET"
    dam forget - "${web[@]}"
    DAMSESSION_ENCRYPTION_SECRET=$ENCRYPTION_SECRET run -0 --separate-stderr dam login - "${web[@]}"
    count fotoweb.tokens_created 3
}

@test "a stored session needs no secret, so none is read" {
    login_photoshelter
    {
        dam get desk mem/user/session --password-stdin >/dev/null
        read -r rest
        [ "$rest" = untouched ]
    } <<<untouched
}

@test "a source that fails is reported, and never tried as a password" {
    photoshelter_environment
    run -40 --separate-stderr dam login - --password-stdin </dev/null
    [[ $stderr == *"standard input: there is no secret"*DAM_ERR_CREDENTIALS_NEEDED* ]]
    run -40 --separate-stderr dam login - --password-stdin <<<""
    run -40 --separate-stderr dam login - --password-command 'echo nearly; exit 3'
    [[ $stderr == *"the password command failed with exit status 3"* ]]
    run -40 --separate-stderr dam login - --password-command 'kill -9 $$'
    [[ $stderr == *"died of signal 9"* ]]
    run -40 --separate-stderr dam login - --password-command true
    run -40 --separate-stderr dam login - --password-command 'yes | tr -d "\n"'
    [[ $stderr == *"longer than"* ]]
    run -40 --separate-stderr dam login - --password-stdin < <(printf 'nul\0byte\n')
    run -5 --separate-stderr dam login - --api-key-stdin </dev/null
    count photoshelter.requests 0
}

@test "the password command does not eat the list that a script reads" {
    photoshelter_environment
    echo "$ADA_PASSWORD" >password
    local seen=""
    while read -r image; do
        dam get - "mem/image/$image" --password-command 'cat >&2; cat password' >/dev/null
        seen+=$image
    done < <(printf '%s\n' I1 I2 I3)
    [ "$seen" = I1I2I3 ]
}

@test "no secret is in a command line while it runs, nor in what is remembered, stored or logged" {
    photoshelter_environment
    # What the processes of the wrapper look like while its password command runs ...
    echo "$ADA_PASSWORD" >password
    # shellcheck disable=SC2016
    dam login desk -vv --password-command \
        'tr "\0" " " </proc/$PPID/cmdline >seen; tr "\0" " " </proc/$$/cmdline >>seen; cat password' 2>log
    grep -q 'login desk' seen
    # ... and once it knows the secrets and waits for the server.
    local before job
    before=$(sandbox state | jq .log.arrived)
    sandbox expire '{}' >/dev/null
    sandbox faults '{"fault": "delay", "seconds": 20, "match": "mem/slow"}' >/dev/null
    "$DAMSESSION" get desk mem/slow -vv --password-fd 7 7<password 2>>log 3>&- &
    job=$!
    until [ "$(sandbox state | jq .log.arrived)" -gt "$before" ]; do :; done
    tr '\0' ' ' <"/proc/$job/cmdline" >>seen
    kill "$job"
    wait "$job" || true
    grep -q 'get desk mem/slow' seen
    [ -s log ]
    run -1 grep -rqF -e "$ADA_PASSWORD" -e "$API_KEY" seen log
    run -1 grep -rqF -e "$ADA_PASSWORD" "$XDG_CONFIG_HOME" "$XDG_STATE_HOME"
    run -1 grep -rqF -e "$API_KEY" "$XDG_STATE_HOME"
}

@test "files are their owner's alone, whatever the umask" {
    umask 000
    login_photoshelter
    [ -n "$(find "$XDG_CONFIG_HOME/damsession" "$XDG_STATE_HOME/damsession" -type f)" ]
    [ -z "$(find "$XDG_CONFIG_HOME/damsession" "$XDG_STATE_HOME/damsession" -type f -not -perm 600)" ]
    [ -z "$(find "$XDG_CONFIG_HOME/damsession" "$XDG_STATE_HOME/damsession" -type d -not -perm 700)" ]
    run -0 find "$XDG_CONFIG_HOME/damsession" -type f -exec jq -r 'keys | join(" ")' {} +
    [[ $output == *api-key* && $output != *"password"* ]]
}

@test "a terminal is asked without echo" {
    photoshelter_environment
    run -0 terminal "answer=$ADA_PASSWORD" -- "$DAMSESSION" login -
    [[ $output == *"Password of $ADA at $PHOTOSHELTER: "* ]]
    [[ $output == *"echo at the question: off"*"echo at the end: on"*"exit: 0" ]]
    [[ $output != *"$ADA_PASSWORD"* ]]
    count photoshelter.logins_ok 1
    run -0 terminal answer= -- "$DAMSESSION" get - mem/user/session --user solo@example.com
    [[ $output == *DAM_ERR_CREDENTIALS_NEEDED*"exit: 40" ]]
}

@test "the first login at a terminal asks for the option api-key, a later one does not" {
    photoshelter_environment
    unset DAMSESSION_API_KEY
    run -0 terminal "answer=$ADA_PASSWORD" "answer=$API_KEY" -- "$DAMSESSION" login desk
    [[ $output == *"Password of "*"API key of $ADA at $PHOTOSHELTER: "*"exit: 0" && $output != *"$API_KEY"* ]]
    dam logout desk
    run -0 terminal "answer=$ADA_PASSWORD" -- "$DAMSESSION" login desk
    [[ $output != *"API key"* && $output == *"exit: 0" ]]
    count photoshelter.logins_ok 2
}

@test "signals at the prompt give the echo back" {
    photoshelter_environment
    run -0 terminal interrupt -- "$DAMSESSION" login -
    [[ $output == *"echo at the question: off"*"echo at the end: on"*"exit: 130" ]]
    run -0 terminal suspend "answer=$ADA_PASSWORD" -- "$DAMSESSION" login -
    [[ $output == *"echo while stopped: on"*"echo at the question: off"*"echo at the end: on"*"exit: 0" ]]
}

@test "nobody is asked from the background, or without a terminal" {
    photoshelter_environment
    run -0 terminal -- bash -mc '"$1" login - & wait $!' - "$DAMSESSION"
    [[ $output != *"Password of"* && $output == *DAM_ERR_CREDENTIALS_NEEDED* ]]
    run -40 --separate-stderr dam login -
    [[ $stderr != *"Password of"* ]]
}

@test "a header or a token with a line break in it is not printed" {
    photoshelter_environment
    "${CC:-cc}" -shared -fPIC -I "$ROOT/include" "$BATS_TEST_DIRNAME/hostile.c" -o hostile.so
    LD_PRELOAD=$HOME/hostile.so run -1 --separate-stderr "$DAMSESSION" token -
    [[ -z $output && $stderr == *"line break"* ]]
    LD_PRELOAD=$HOME/hostile.so run -1 --separate-stderr "$DAMSESSION" header -
    [[ -z $output && $stderr == *"line break"* ]]
}
