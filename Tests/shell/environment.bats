#!/usr/bin/env bats
# DAMSESSION_* is about one account: what it says never reaches another one.
load helpers

setup() {
    clean_home
    clean_sandbox
    photoshelter_environment
    export DAMSESSION_PASSWORD=$ADA_PASSWORD
}

@test "a password of the environment goes to no other system, server or user" {
    run -40 --separate-stderr dam login web --system fotoweb --url "$FOTOWEB" --user "$KARE"
    [[ $stderr == *"the environment's "*'"password"'*'did not count: the environment is about another "system" (DAMSESSION_SYSTEM)'* ]]
    run -2 --separate-stderr dam login web --url "$FOTOWEB"
    [[ $stderr == *'"user" is missing'*"another \"url\" (DAMSESSION_URL)"* ]]
    run -40 --separate-stderr dam login desk --user solo@example.com
    [[ $stderr == *"another \"user\" (DAMSESSION_USER)"* ]]
    unset DAMSESSION_URL
    run -2 --separate-stderr dam login desk --url "$FOTOWEB"
    [[ $stderr == *"about https://www.photoshelter.com, as it has no DAMSESSION_URL"* ]]
    count photoshelter.requests 0
    count fotoweb.requests 0
    [ -z "$(dam list)" ]
}

@test "a password command of the environment is not run for another account, typed or given" {
    unset DAMSESSION_PASSWORD
    export DAMSESSION_PASSWORD_COMMAND='echo >>ran; echo '$ADA_PASSWORD DAMSESSION_API_KEY_COMMAND='echo >>ran; echo x'
    run -40 --separate-stderr dam login web --system fotoweb --url "$FOTOWEB" --user "$KARE"
    unset DAMSESSION_URL DAMSESSION_API_KEY DAMSESSION_USER
    run -0 terminal "answer=$PHOTOSHELTER" "answer=$ADA" "answer=$ADA_PASSWORD" "answer=$API_KEY" -- \
        "$DAMSESSION" login desk
    [[ $output == *"Password of $ADA"*"API key of $ADA"*"saved as desk"* ]]
    [ ! -e ran ]
    unset "${!DAMSESSION_@}"
    [ "$(dam config show desk | cut -d : -f 1 | xargs)" = "system url user api-key ca-file" ]
}

@test "at a terminal, what did not count of the environment is asked for" {
    run -0 terminal "answer=$KARE" "answer=$KARE_PASSWORD" -- \
        "$DAMSESSION" login web --system fotoweb --url "$FOTOWEB"
    [[ $output == *"User: "*"Password of $KARE at $FOTOWEB"*"saved as web"*"exit: 0" ]]
    unset "${!DAMSESSION_@}"
    run -0 dam get web Information
}

@test "what a name remembers goes to no other system, server or user" {
    unset "${!DAMSESSION_@}"
    login_photoshelter
    dam config set desk password-command 'echo >>ran; echo '"$ADA_PASSWORD"
    local before
    before=$(sandbox state | jq .photoshelter.requests,.fotoweb.requests)
    run -2 --separate-stderr dam get desk mem/user/session --url "$FOTOWEB"
    [[ $stderr == *'the remembered "user", '*'"api-key"'*'did not count: the name is about another "url"'* ]]
    run -2 --separate-stderr dam get desk mem/user/session --system fotoweb
    [[ $stderr == *'about another "system"'* ]]
    run -40 --separate-stderr dam get desk mem/user/session --user solo@example.com
    [[ $stderr == *'the remembered "password-command" did not count: the name is about another "user"'* ]]
    run -2 --separate-stderr dam login desk --url "$FOTOWEB" --user "$ADA"
    [[ $stderr == *'"api-key"'* ]]
    [ ! -e ran ]
    [ "$before" = "$(sandbox state | jq .photoshelter.requests,.fotoweb.requests)" ]
    run -0 dam get desk mem/user/session # and the name is as it was.
}

@test "a login says what of the environment it remembers" {
    export DAMSESSION_TIMEOUT=50
    run -0 terminal -- "$DAMSESSION" login desk
    [[ $output == *"saved as desk, with \`system\`, \`url\`, \`user\`, \`api-key\`"*"\`timeout\` of the environment"* ]]
    [[ $output != *"$API_KEY"* ]]
}

@test "config set changes the name itself: its secrets are meant for the other server then" {
    unset "${!DAMSESSION_@}"
    login_photoshelter
    dam config set desk url "$FOTOWEB"
    [[ $(dam config show desk) == *"url: $FOTOWEB"*"api-key: "* ]]
    dam config set desk url "$PHOTOSHELTER"
    run -0 dam get desk mem/user/session
}

@test "a name that remembers another account than the environment is refused until somebody decides" {
    unset "${!DAMSESSION_@}"
    login_fotoweb
    export DAMSESSION_SYSTEM=photoshelter
    run -2 --separate-stderr dam get web Information
    [[ $stderr == *'(DAMSESSION_SYSTEM) is about another "system" than what is remembered: unset it'* ]]
    run -0 dam get web Information --system fotoweb
    unset DAMSESSION_SYSTEM
    export DAMSESSION_USER=ada
    run -2 --separate-stderr dam get web Information
    [[ $stderr == *DAMSESSION_USER* && $stderr != *"$KARE"* ]]
    DAMSESSION_USER=$KARE run -0 dam get web Information
}

@test "an example that cannot do without a variable says so in one line" {
    run ! --separate-stderr env -u DAMSESSION_URL sh "$ROOT/bindings/examples/curl.sh"
    [ "${#stderr_lines[@]}" -eq 1 ]
    [[ $stderr == *"DAMSESSION_URL: is missing: export DAMSESSION_URL=https://"* ]]
    [ -z "$output$(dam list)" ]
}
