#!/usr/bin/env bats
# The first login of a person: asked for what is missing, in the order in which a person knows it, and told what came of
# it.
load helpers

setup() {
    clean_home
    clean_sandbox
    export DAMSESSION_CA_FILE=$CA_FILE
}

@test "a first login asks for system, URL, user, password and API key, and says what it did" {
    run -0 terminal answer=photoshelter "answer=$PHOTOSHELTER" "answer=$ADA" "answer=$ADA_PASSWORD" "answer=$API_KEY" -- \
        "$DAMSESSION" login desk
    [[ $output == *"System (photoshelter, fotoweb, fotoware): photoshelter"*"URL (nothing: the system's usual one): $PHOTOSHELTER"* ]]
    [[ $output == *"User: $ADA"*"Password of $ADA at $PHOTOSHELTER: "*"API key of $ADA at $PHOTOSHELTER: "* ]]
    [[ $output == *$'\ndamsession: logged in as '"$ADA at $PHOTOSHELTER; saved as desk"*"exit: 0" ]]
    [[ $output != *"$ADA_PASSWORD"* && $output != *"$API_KEY"* ]]
    [ "$(grep -o 'echo at the question: .*' <<<"$output" | cut -d ' ' -f 5 | xargs)" = "on on on off off" ]
    [ "$(dam config show desk | cut -d : -f 1 | xargs)" = "system url user api-key ca-file" ]
    run -0 --separate-stderr dam get desk mem/user/session
    count photoshelter.requests 2
    count photoshelter.logins_ok 1
    run -0 terminal -- "$DAMSESSION" login desk
    [[ $output == "damsession: there is a session already, as $ADA at $PHOTOSHELTER; saved as desk"*"exit: 0" ]]
}

@test "what is given is not asked for, and a session that is there costs no password" {
    run -0 terminal "answer=$KARE" "answer=$KARE_PASSWORD" -- \
        "$DAMSESSION" login web --system fotoweb --url "$FOTOWEB"
    [[ $output == *"User: "*"Password of "*"logged in as $KARE at $FOTOWEB; saved as web"*"exit: 0" ]]
    [[ $output != *"System"* && $output != *"URL"* && $output != *"API key"* ]]
    run -0 terminal "answer=$KARE" -- "$DAMSESSION" login again --system fotoweb --url "$FOTOWEB"
    [[ $output == *"there is a session already, as $KARE at $FOTOWEB; saved as again"*"exit: 0" ]]
    run -0 terminal -- "$DAMSESSION" login - --system fotoweb --url "$FOTOWEB" --user "$KARE"
    [[ $output == *"there is a session already, as $KARE at $FOTOWEB"*"exit: 0" && $output != *saved* ]]
    count fotoweb.tokens_created 1
}

@test "a wrong password is asked for again, and nothing else is" {
    run -0 terminal answer=photoshelter "answer=$PHOTOSHELTER" "answer=$ADA" answer=wrong "answer=$API_KEY" answer=worse \
        "answer=$ADA_PASSWORD" -- "$DAMSESSION" login desk
    [[ $output == *DAM_ERR_CREDENTIALS_REFUSED*"Password of $ADA"*DAM_ERR_CREDENTIALS_REFUSED*"Password of $ADA"*"saved as desk"* ]]
    [ "$(grep -c 'User: ' <<<"$output")" -eq 1 ]
    [ "$(grep -c "API key of $ADA" <<<"$output")" -eq 1 ]
    count photoshelter.logins_refused 2
    # Each refusal is told once: with -v the library's own line is there, too.
    [ "$(grep -c 'refuse' <<<"$output")" -eq 2 ]
    dam logout desk
    run -0 terminal answer=bad -- "$DAMSESSION" get desk mem/user/session
    [[ $output == *DAM_ERR_CREDENTIALS_REFUSED*"run: damsession login desk"*"exit: 41" && $output != *"error: "* ]]
    run -0 terminal answer=other -- "$DAMSESSION" get desk mem/user/session -v
    [[ $output == *"error: the login was refused"*"exit: 41" ]]
    dam forget desk
    sandbox reset '{}' >/dev/null
    run -0 terminal answer=1 answer=2 answer=3 -- "$DAMSESSION" login desk --system photoshelter --url "$PHOTOSHELTER" \
        --user "$ADA" --api-key-fd 7 7<<<"$API_KEY"
    [[ $output == *"exit: 41" ]]
    count photoshelter.logins_refused 3
    [ -z "$(dam list)" ]
}

@test "a wrong API key is asked for again, without the password" {
    run -0 terminal "answer=$ADA_PASSWORD" answer=wrong "answer=$API_KEY" -- \
        "$DAMSESSION" login desk --system photoshelter --url "$PHOTOSHELTER" --user "$ADA"
    [[ $output == *"API key of "*DAM_ERR_API_KEY_REFUSED*"API key of $ADA at $PHOTOSHELTER: "*"saved as desk"*"exit: 0" ]]
    [ "$(grep -c "Password of $ADA" <<<"$output")" -eq 1 ]
    run -0 --separate-stderr dam get desk mem/user/session
}

@test "answers are kept where the server is not trusted or not reached, but no password" {
    unset DAMSESSION_CA_FILE
    run -0 terminal answer=photoshelter "answer=$PHOTOSHELTER" "answer=$ADA" "answer=$ADA_PASSWORD" "answer=$API_KEY" -- \
        "$DAMSESSION" login desk
    [[ $output == *DAM_ERR_TLS*"damsession doctor desk, which"*"--ca-file FILE trusts a site's own CA"*"exit: 21" ]]
    [[ $output == *$'\n'"damsession: the answers are kept under desk, but no password; to go on, run: damsession login desk --ca-file FILE"$'\n'* ]]
    [ "$(dam config show desk | cut -d : -f 1 | xargs)" = "system url user api-key" ]
    run ! grep -rF "$ADA_PASSWORD" "$HOME"
    [ "$(stat -c %a "$XDG_CONFIG_HOME/damsession/desk.json")" = 600 ]
    run -0 terminal "answer=$ADA_PASSWORD" -- "$DAMSESSION" login desk --ca-file "$CA_FILE"
    [[ $output == *"Password of "*"logged in as $ADA at $PHOTOSHELTER; saved as desk"*"exit: 0" ]]
    [[ $output != *"System"* && $output != *"User:"* && $output != *"API key"* ]]
    # The same for OAuth2, where it comes out only when a person has consented.
    run -0 terminal answer=fotoware "answer=$FOTOWARE" answer=sandbox-native "through=$(browse allow)" -- \
        "$DAMSESSION" login ware
    [[ $output == *DAM_ERR_TLS*"the answers are kept under ware"*"exit: 21" ]]
    [ "$(dam config get ware client-id)" = sandbox-native ]
    run -0 terminal answer=fotoweb answer=https://localhost:1 "answer=$KARE" "answer=$KARE_PASSWORD" -- "$DAMSESSION" login web
    [[ $output == *DAM_ERR_CONNECT*"to go on, run: damsession login web"*"run before: damsession config set web url URL"*"exit: 20" ]]
    dam config set web url "$FOTOWEB"
    run -0 terminal "answer=$KARE_PASSWORD" -- "$DAMSESSION" login web --ca-file "$CA_FILE"
    [[ $output == *"logged in as $KARE at $FOTOWEB; saved as web"*"exit: 0" && $output != *"User:"* ]]
    # Who has typed nothing has nothing to lose.
    run -21 --separate-stderr dam login script --system fotoweb --url "$FOTOWEB" --user "$KARE" --password-stdin <<<"$KARE_PASSWORD"
    [[ $stderr != *"kept"* && $(dam list) != *script* ]]
    run -0 terminal answer=fotoweb "answer=$FOTOWEB" "answer=$KARE" "answer=$KARE_PASSWORD" -- "$DAMSESSION" login -
    [[ $output == *"exit: 21" && $output != *kept* ]]
}

@test "a new name is remembered only when the server has answered to its options, session or not" {
    photoshelter_environment
    DAMSESSION_PASSWORD=$ADA_PASSWORD dam login desk
    run -44 --separate-stderr dam login other --api-key-stdin <<<wrong
    [ "$(dam list | wc -l)" -eq 1 ]
    run -0 --separate-stderr dam login other
    count photoshelter.logins_ok 1
}

@test "a password that is given is used, and only what is missing is asked for" {
    export DAMSESSION_PASSWORD=$ADA_PASSWORD
    run -0 terminal "answer=$API_KEY" -- \
        "$DAMSESSION" login desk --system photoshelter --url "$PHOTOSHELTER" --user "$ADA"
    [[ $output == *"API key of "*"logged in as $ADA"*"exit: 0" && $output != *"Password of"* ]]
    unset DAMSESSION_PASSWORD
    dam forget desk
    echo "$ADA_PASSWORD" >password
    run -0 terminal "answer=$API_KEY" -- "$DAMSESSION" login desk --system photoshelter --url "$PHOTOSHELTER" \
        --user "$ADA" --password-command 'echo >>ran; cat password'
    [[ $output == *"logged in as $ADA"*"exit: 0" ]]
    [ "$(wc -l <ran)" -eq 1 ]
    count photoshelter.logins_refused 0
    count photoshelter.requests 2
}

@test "an answer that is none is asked for again, and a URL that a system must have" {
    run -0 terminal answer=fotoshelter answer=fotoweb answer= "answer=$KARE" "answer=$FOTOWEB" "answer=$KARE_PASSWORD" -- \
        "$DAMSESSION" login web
    [[ $output == *'"system" takes'*"System ("*"URL (https://host of the server): "*"User: "*"URL: $FOTOWEB"*"logged in as $KARE"*"exit: 0" ]]
    run -0 terminal answer= -- "$DAMSESSION" login other
    [[ $output == *"exit: 2" ]]
    [ "$(dam list | cut -f 1)" = web ]
    # Only a system that has a usual URL promises one.
    run -0 terminal answer=photoshelter interrupt -- "$DAMSESSION" login other
    [[ $output == *"URL (nothing: the system's usual one): "* ]]
}

@test "a wrong answer is told, and no command to run is: the question comes again" {
    run -0 terminal answer=fotoshelter answer=fotoweb answer=http://example.com answer=ftp://x "answer=$FOTOWEB" \
        "answer=$KARE" "answer=$KARE_PASSWORD" -- "$DAMSESSION" login web
    [[ $output == *'"system" takes'*"System ("*'"url" must begin with https://'*"URL ("*"URL ("*"saved as web"*"exit: 0" ]]
    [[ $output != *"damsession options"* && $output != *"run: "* ]]
}

@test "plain http is refused before anything is asked" {
    local words
    for words in "" "--system photoshelter" "--system fotoweb" "--system fotoweb --user ada"; do
        # shellcheck disable=SC2086
        run -0 terminal -- "$DAMSESSION" login web --url http://example.com $words
        [[ $output == "damsession: DAM_ERR_INSECURE"*"write it with https: --url https://example.com"*"exit: 26" ]]
        [[ $output != *"System"* && $output != *"User:"* && $output != *"assword"* ]]
    done
}

@test "a password that was given and not tried is said to be" {
    login_photoshelter
    run -0 --separate-stderr dam login desk --password-stdin <<<hunter2
    [[ $stderr == "damsession: there is a session already, and the password was not needed;"*"damsession logout desk" ]]
    run -0 --separate-stderr dam login desk --password-fd 7 7<<<hunter2
    [[ $stderr == *"was not needed"* && $stderr != *hunter2* ]]
    run -0 --separate-stderr dam login desk
    [ -z "$stderr" ]
    dam logout desk
    run -41 --separate-stderr dam login desk --password-stdin <<<hunter2
    run -0 --separate-stderr dam login desk --password-stdin <<<"$ADA_PASSWORD"
    [ -z "$stderr" ]
}

@test "without a terminal nobody is asked, and nothing is said" {
    run -2 --separate-stderr dam login desk
    [[ $stderr == *DAM_ERR_OPTION* ]]
    run -0 --separate-stderr login_photoshelter
    [ -z "$output$stderr" ]
}

@test "a login sees whether the stored session still lives, so that a script can mend it" {
    photoshelter_environment
    DAMSESSION_PASSWORD=$ADA_PASSWORD dam login desk
    sandbox expire '{}' >/dev/null
    run -40 --separate-stderr dam get desk mem/user/session
    run -0 --separate-stderr dam login desk --password-stdin <<<"$ADA_PASSWORD"
    run -0 --separate-stderr dam get desk mem/user/session
    count photoshelter.logins_ok 2
}

@test "a file that is named where one is, is found from elsewhere" {
    cp "$CA_FILE" ca.pem
    unset DAMSESSION_CA_FILE
    dam login web --system fotoweb --url "$FOTOWEB" --ca-file ca.pem --user "$KARE" --password-stdin <<<"$KARE_PASSWORD"
    cd /
    run -0 --separate-stderr dam get web Information
    [[ $(dam config show web) == *"ca-file: /"* ]]
}

@test "a name whose API key is elsewhere is not forgotten without its session" {
    photoshelter_environment
    DAMSESSION_PASSWORD=$ADA_PASSWORD dam login desk
    dam config unset desk api-key
    unset "${!DAMSESSION_@}"
    run -2 --separate-stderr dam forget desk
    [ "$(dam list | cut -f 1)" = desk ]
    DAMSESSION_API_KEY=$API_KEY dam forget desk
    [ -z "$(dam list)" ]
}

@test "a name that is no session can be forgotten" {
    dam config set desk timeout 5
    run -0 --separate-stderr dam forget desk
    [ -z "$(dam list)" ]
}
