#!/usr/bin/env bats
# sessions and remove: what a store holds, by --store, DAMSESSION_STORE and neither.
load helpers

setup() {
    clean_home
    clean_sandbox
}

# The key of the stored session of a system; more arguments are the wrapper's.
key_of() {
    local system=$1
    shift
    dam sessions --json "$@" | jq -r --arg system "$system" '.[] | select(.system == $system).key'
}

@test "sessions lists those of both systems, and asks nobody" {
    login_photoshelter --organization "$AARDVARK"
    login_fotoweb
    local before
    before=$(sandbox state | jq .log.arrived)
    run -0 --separate-stderr dam sessions
    [ "${#lines[@]}" -eq 2 ]
    grep -qP "^[0-9a-z]+\tphotoshelter\t$PHOTOSHELTER\t$ADA\t$AARDVARK\t\d+\t[^\t]+Z\tlogged-in\$" <<<"$output"
    grep -qP "^[0-9a-z]+\tfotoweb\t$FOTOWEB\t$KARE\t-\t1\t[^\t]+Z\tlogged-in\$" <<<"$output"
    run -0 --separate-stderr dam sessions --json
    [ "$(jq -c '.[] | select(.system == "fotoweb") | [.url, .user, .organization, .generation, .logged_in]' <<<"$output")" = \
        "[\"$FOTOWEB\",\"$KARE\",\"\",1,true]" ]
    [ "$(jq '[.[].used_at > 1600000000] | all' <<<"$output")" = true ]
    [ "$(jq -r '.[].key' <<<"$output")" = "$(dam sessions | cut -f 1)" ]
    [ "$(sandbox state | jq .log.arrived)" -eq "$before" ]
}

@test "a session that ended is still listed, as logged out" {
    login_photoshelter
    dam logout desk
    [[ $(dam sessions) == *$'\tlogged-out' ]]
    [ "$(dam sessions --json | jq -c 'map(.logged_in)')" = "[false]" ]
}

@test "an empty store is an empty list" {
    run -0 --separate-stderr dam sessions
    [ -z "$output$stderr" ]
    [ "$(dam sessions --json)" = "[]" ]
    [ "$(dam sessions --store memory --json)" = "[]" ]
    [ "$(dam sessions --store "$HOME/nowhere" --json)" = "[]" ]
    [ ! -e nowhere ]
}

@test "the store is that of --store, else of the environment, else the usual one" {
    login_photoshelter
    login_fotoweb --store "$HOME/other"
    [ "$(dam sessions | cut -f 2)" = photoshelter ]
    [ "$(dam sessions --store "$HOME/other" | cut -f 2)" = fotoweb ]
    export DAMSESSION_STORE=$HOME/other
    [ "$(dam sessions | cut -f 2)" = fotoweb ]
    [ "$(dam sessions --store=file | cut -f 2)" = photoshelter ]
    run -3 --separate-stderr dam remove "$(key_of photoshelter --store file)"
    run -0 --separate-stderr dam remove "$(key_of fotoweb)"
    unset DAMSESSION_STORE
    [ "$(dam sessions --store "$HOME/other" --json)" = "[]" ]
    [ "$(dam sessions | cut -f 2)" = photoshelter ]
}

@test "remove takes one session out of the store, and tells nobody" {
    login_photoshelter
    login_fotoweb
    local before key
    before=$(sandbox state | jq .log.arrived)
    key=$(key_of photoshelter)
    run -0 --separate-stderr dam remove "$key"
    [ -z "$output$stderr" ]
    [ "$(dam sessions | cut -f 2)" = fotoweb ]
    run -3 --separate-stderr dam remove "$key"
    [[ $stderr == *DAM_ERR_NOT_FOUND* ]]
    run -2 --separate-stderr dam remove ../desk
    [ "$(dam list | cut -f 1 | xargs)" = "desk web" ]
    run -40 --separate-stderr dam get desk mem/user/session
    [ "$(sandbox state | jq .log.arrived)" -eq "$before" ]
    count photoshelter.sessions_live 1
    # What is known of scarce tokens outlives the session that used one.
    dam remove "$(key_of fotoweb)"
    [ "$(dam tokens web --json | jq -c '.tokens | map([.dead_at, .in_use])')" = "[[0,false]]" ]
}

@test "a store that cannot be read, and a record that is damaged" {
    : >file
    run -60 --separate-stderr dam sessions --store "$HOME/file"
    [[ $stderr == *DAM_ERR_STORE* && -z $output ]]
    DAMSESSION_STORE=folder run -2 --separate-stderr dam sessions # of whoever set it, nobody knows where
    login_photoshelter
    local key
    key=$(key_of photoshelter)
    echo nonsense >"$XDG_STATE_HOME/damsession/$key.record"
    run -0 --separate-stderr dam sessions
    [ -z "$output" ]
    run -0 --separate-stderr dam remove "$key"
    run -3 --separate-stderr dam remove "$key"
}

@test "forget tells a person what stays in the store, and how to remove that" {
    login_photoshelter
    login_fotoweb
    local key
    key=$(key_of photoshelter)
    run -0 terminal -- "$DAMSESSION" forget desk
    [[ $output == *"damsession remove $key"*"exit: 0" && $output != *"$(key_of fotoweb)"* ]]
    dam remove "$key"
    [ "$(dam sessions | cut -f 2)" = fotoweb ]
    dam config set empty system fotoweb
    run -0 terminal -- "$DAMSESSION" forget empty
    [[ $output != *"damsession remove"* ]]
}

@test "completion offers the keys to remove, and names elsewhere" {
    login_photoshelter
    # shellcheck source=/dev/null
    source "$ROOT/bindings/shell/completions/damsession.bash"
    [ "$(_damsession_words "$DAMSESSION" remove)" = "$(key_of photoshelter)" ]
    [ "$(_damsession_words "$DAMSESSION" stale)" = desk ]
    [ -z "$(_damsession_words "$DAMSESSION" sessions)" ]
}
