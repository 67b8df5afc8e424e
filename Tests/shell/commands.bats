#!/usr/bin/env bats
# Every command against both systems, with every authentication.
load helpers

setup() {
    clean_home
    clean_sandbox
}

@test "login remembers the options, and the next command needs no login" {
    run -0 --separate-stderr login_photoshelter
    [ -z "$output$stderr" ]
    [ "$(dam list)" = "desk"$'\t'"photoshelter"$'\t'"$ADA"$'\t'"$PHOTOSHELTER" ]
    [ "$(dam list --json)" = '[{"name":"desk","system":"photoshelter","user":"'"$ADA"'","url":"'"$PHOTOSHELTER"'"}]' ]
    run -0 --separate-stderr dam get desk mem/user/session
    [ "$(jq -r .data.Session.user <<<"$output")" = "$ADA" ]
    run -0 --separate-stderr dam get desk mem/gallery/query
    count photoshelter.logins_ok 1
}

@test "login without a name remembered: - takes everything from environment and command line" {
    photoshelter_environment
    DAMSESSION_PASSWORD=$ADA_PASSWORD run -0 --separate-stderr dam login -
    run -0 --separate-stderr dam get - mem/user/session
    [ -z "$(dam list)" ]
    count photoshelter.logins_ok 1
}

@test "a login that fails is not remembered" {
    ADA_PASSWORD=wrong run -41 --separate-stderr login_photoshelter
    [[ $stderr == *DAM_ERR_CREDENTIALS_REFUSED* ]]
    [ -z "$(dam list)" ]
}

@test "what is remembered gives way to the environment, and that to the command line" {
    login_photoshelter --authentication cookie
    export DAMSESSION_AUTHENTICATION=token DAMSESSION_PASSWORD=$ADA_PASSWORD
    run -0 --separate-stderr dam get desk mem/user/session
    [ "$(jq -r .data.Session.mode <<<"$output")" = token ]
    run -0 --separate-stderr dam get desk mem/user/session --authentication=cookie
    [ "$(jq -r .data.Session.mode <<<"$output")" = cookie ]
}

@test "photoshelter: cookie, token and token-in-url" {
    local way
    sandbox knobs '{"token-characters": "any"}' >/dev/null # a token in a URL has to be encoded
    for way in cookie token token-in-url; do
        login_photoshelter --authentication "$way"
        run -0 --separate-stderr dam get desk mem/user/session
        [ "$(jq -r .data.Session.mode <<<"$output")" = "${way%-in-url}" ]
    done
    [ "$(sandbox log | jq '[.[] | select(.flags | index("auth-token-in-url"))] | length')" -eq 2 ] # the login looked, too
}

@test "fotoweb: device-token, login-token and query" {
    local way
    for way in device-token login-token query; do
        local secret=$KARE_PASSWORD
        [ "$way" != login-token ] || secret=$ENCRYPTION_SECRET
        KARE_PASSWORD=$secret login_fotoweb --authentication "$way"
        run -0 --separate-stderr dam get web Information --password-stdin <<<"$secret"
        [[ $output == *"<UserName>$KARE</UserName>"* ]]
        dam forget web # device-token and login-token would share one scarce device token.
    done
    count fotoweb.tokens_created 2
}

@test "get, post, put, delete and request use their method" {
    login_photoshelter
    local method
    for method in get delete; do
        run -0 --separate-stderr dam "$method" desk mem/gallery/G1
    done
    for method in post put; do
        run -0 --separate-stderr dam "$method" desk mem/gallery/G1 --data "name=Größe"
        [ "$(jq -r .data.Gallery.name <<<"$output")" = Größe ]
    done
    run -0 --separate-stderr dam request desk DELETE mem/gallery/G1
    [ "$(jq -r .data.Gallery.deleted <<<"$output")" = t ]
    run -8 --separate-stderr dam request desk PATCH mem/gallery/G1 -d x
    [ "$(sandbox log | jq -r '[.[] | select(.path | endswith("G1")).method] | join(" ")')" = "GET DELETE POST PUT DELETE PATCH" ]
}

@test "organizations are listed, and one is acted for" {
    login_photoshelter --organization "$AARDVARK"
    run -0 --separate-stderr dam organizations desk
    [ "${lines[0]}" = "$AARDVARK"$'\tAardvark Images\tmember\tselected' ]
    [ "${lines[1]}" = $'O0000BADGER000002\tBadger & Co\tmember\t-' ]
    run -0 --separate-stderr dam organizations desk --json
    [ "$(jq -c '.[0]' <<<"$output")" = \
        '{"id":"O0000AARDVARK0001","name":"Aardvark Images","member":true,"selected":true}' ]
    [ "$(dam get desk mem/user/session | jq -r .data.Session.organization)" = "$AARDVARK" ]
    [ "$(dam status desk --json | jq -r .organization)" = "$AARDVARK" ]
}

@test "who chose a wrong organization is told which there are" {
    photoshelter_environment
    export DAMSESSION_PASSWORD=$ADA_PASSWORD
    run -43 --separate-stderr dam get - mem/user/session --organization O0NOPE
    run -0 --separate-stderr dam organizations - --organization O0NOPE
    [[ $output == *"$AARDVARK"* && $stderr == *"these are there:" ]]
}

@test "no organizations is an empty list" {
    photoshelter_environment
    export DAMSESSION_USER=solo@example.com DAMSESSION_PASSWORD=solo-password
    run -0 --separate-stderr dam organizations -
    [ -z "$output" ]
    [ "$(dam organizations - --json)" = "[]" ]
}

@test "header feeds curl, token prints the bare secret" {
    login_photoshelter --authentication token
    run -0 --separate-stderr dam header desk
    local header=$output
    [ "$(curl -sS --cacert "$CA_FILE" -H @- "$PHOTOSHELTER/psapi/v3/mem/user/session" <<<"$header" |
        jq -r .data.Session.user)" = "$ADA" ]
    run -0 --separate-stderr dam token desk
    [[ ${#lines[@]} -eq 1 && $header == *": $output"* ]]
    count photoshelter.logins_ok 1
    login_fotoweb
    [[ $(curl -sS --cacert "$CA_FILE" -H @- "$FOTOWEB/fotoweb/fwbin/fotoweb_isapi.dll/ArchiveAgent/Information" \
        <<<"$(dam header web)") == *"<UserName>$KARE</UserName>"* ]]
    [[ $(dam header web) == "Cookie: FWSession=$(dam token web)"* ]]
}

@test "status tells what is known here, and asks nobody" {
    login_photoshelter
    local before
    before=$(sandbox state | jq .log.arrived)
    run -0 --separate-stderr dam status desk
    [[ $output == *$'\nsystem: photoshelter\nuser: '"$ADA"$'\n'* ]]
    [[ $output == *$'\nlogged in: yes\n'* && $output == *$'\nstore: '"$XDG_STATE_HOME"* ]]
    run -0 --separate-stderr dam status desk --json
    [ "$(jq -c '[.name, .system, .logged_in, .stored, .refused]' <<<"$output")" = \
        '["desk","photoshelter",true,true,false]' ]
    [ "$(jq -r .user <<<"$output")" = "$ADA" ]
    [ "$(jq -r .origin <<<"$output")" = "$PHOTOSHELTER" ]
    [ "$(jq '.generation > 0 and .issued_at > 1600000000 and (.fingerprint | length) > 0' <<<"$output")" = true ]
    dam logout desk
    [ "$(dam status desk --json | jq .logged_in)" = false ]
    [[ $(dam status desk) == *$'\nlogged in: no\n'* ]]
    [ "$(sandbox state | jq .log.arrived)" -eq $((before + 1)) ]
}

@test "logout: by the server, here only, and of nothing" {
    login_photoshelter
    run -0 --separate-stderr dam logout desk --json
    [ "$output" = '{"result":"server"}' ]
    count photoshelter.sessions_live 0
    run -0 --separate-stderr dam logout desk
    [ "$output" = "there was no session" ]
    [ "$(dam list | cut -f 1)" = desk ]
    login_fotoweb
    run -0 --separate-stderr dam logout web --json
    [ "$output" = '{"result":"local"}' ]
}

@test "logout and forget name those whose session it was, too" {
    local before name
    login_photoshelter
    echo "$API_KEY" | dam login press --system photoshelter --url "$PHOTOSHELTER/" --ca-file "$CA_FILE" --user "$ADA" \
        --api-key-stdin
    dam config set keyless system photoshelter
    dam config set keyless url "$PHOTOSHELTER"
    dam config set keyless user "$ADA"
    cp "$XDG_CONFIG_HOME/damsession/keyless.json" "$XDG_CONFIG_HOME/damsession/asked.json"
    dam config set asked api-key-command 'echo >>"$HOME/ran"; echo x'
    # None of these have it: another user, store, organization, kind of secret; one that says nothing; one that is damaged.
    login_fotoweb
    for name in user store organization authentication; do
        cp "$XDG_CONFIG_HOME/damsession/press.json" "$XDG_CONFIG_HOME/damsession/$name.json"
    done
    dam config set user user solo@example.com
    dam config set store store memory
    dam config set organization organization "$AARDVARK"
    dam config set authentication authentication token
    dam config set little timeout 5
    echo nonsense >"$XDG_CONFIG_HOME/damsession/broken.json"
    before=$(sandbox state | jq .log.arrived)
    run -0 --separate-stderr dam logout desk --json
    [ "$output" = '{"result":"server"}' ]
    [ "$stderr" = "damsession: it was the session of these names, too: asked, keyless, press" ]
    [ "$(sandbox state | jq .log.arrived)" -eq $((before + 1)) ]
    [ ! -e ran ]
    count photoshelter.sessions_live 0
    run -0 --separate-stderr dam logout desk
    [ "$output$stderr" = "there was no session" ]
    dam login press --password-stdin <<<"$ADA_PASSWORD"
    run -0 --separate-stderr dam forget press
    [ "$stderr" = "damsession: it was the session of these names, too: asked, desk, keyless" ]
    run -0 --separate-stderr dam forget web
    [ -z "$stderr" ]
}

@test "forget wipes session and remembered options, and tells nobody" {
    login_photoshelter
    local before
    before=$(sandbox state | jq .log.arrived)
    run -0 --separate-stderr dam forget desk
    [ -z "$output$stderr$(dam list)" ]
    [ "$(sandbox state | jq .log.arrived)" -eq "$before" ]
    run -3 --separate-stderr dam get desk mem/user/session
}

@test "forget gets rid of remembered options that are damaged" {
    login_photoshelter
    local file
    file=$(find "$XDG_CONFIG_HOME" -type f)
    echo '{"colour": "green"}' >"$file"
    run -2 --separate-stderr dam get desk mem/user/session
    run ! dam forget desk
    [ -z "$(dam list)" ]
}

@test "bind, resolve and --image; after a revocation the handle is stale" {
    login_fotoweb
    local id handle
    id=$(dam get web '5000/Search?MaxHits=1' | grep -oE 'Id="[^"]+"' | head -n 1 | cut -d '"' -f 2)
    handle=$(dam bind web "$id")
    [ "$(dam resolve web "$handle")" = "$id" ]
    [ "$(dam bind web "$id" --generation "$(dam status web --json | jq .generation)")" = "$handle" ]
    run -0 --separate-stderr dam get web '5000/FileInfo?Id={image}' --image "$handle"
    [[ $output == *"<File Name="* ]]
    run -2 --separate-stderr dam resolve web nonsense
    sandbox revoke '{}' >/dev/null
    run -0 --separate-stderr dam get web Information --password-stdin <<<"$KARE_PASSWORD"
    run -49 --separate-stderr dam get web '5000/FileInfo?Id={image}' --image "$handle"
    [[ $stderr == *DAM_ERR_HANDLE_STALE* ]]
    run -49 --separate-stderr dam resolve web "$handle"
}

@test "an expired session is renewed by the password command, and --verbose says so" {
    echo "$ADA_PASSWORD" >password
    login_photoshelter --password-command "cat '$HOME/password'"
    sandbox expire '{}' >/dev/null
    run -0 --separate-stderr dam get desk mem/user/session -v
    [ "$(jq -r .data.Session.user <<<"$output")" = "$ADA" ]
    [[ $stderr == *"damsession: info: "* ]]
    count photoshelter.logins_ok 2
    run -0 --separate-stderr dam get desk mem/user/session -vv
    [[ $stderr == *"damsession: debug: "* ]]
    run -0 --separate-stderr dam get desk mem/user/session
    [ -z "$stderr" ]
}

@test "ten scripts at once, one expiry, one login" {
    echo "$ADA_PASSWORD" >password
    login_photoshelter --password-command "cat '$HOME/password'" --authentication token
    sandbox expire '{}' >/dev/null
    local each jobs=()
    for each in 1 2 3 4 5 6 7 8 9 10; do
        dam get desk mem/user/session -o "response.$each" 3>&- &
        jobs+=($!)
    done
    for each in "${jobs[@]}"; do wait "$each"; done
    [ "$(cat response.* | jq -r .data.Session.user | sort | uniq -c | xargs)" = "10 $ADA" ]
    count photoshelter.logins_ok 2
}
