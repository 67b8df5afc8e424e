#!/usr/bin/env bats
# What hangs on device tokens: the list of them for an administrator, the handles that died with one, and the login that
# is not even tried where its token could not be kept.
load helpers

setup() {
    clean_home
    clean_sandbox
}

# The fingerprint of the token in use.
in_use() {
    dam tokens web --json | jq -r '.tokens[] | select(.in_use).fingerprint'
}

# Revokes the token in use and gets another one.
renew() {
    sandbox revoke '{}' >/dev/null
    dam keepalive web --password-stdin <<<"$KARE_PASSWORD"
}

@test "tokens lists them with their owner, and asks nobody" {
    login_fotoweb
    local before first
    before=$(sandbox state | jq .log.arrived)
    first=$(in_use)
    run -0 --separate-stderr dam tokens web
    [ "${lines[0]}" = "user: $KARE" ]
    [ "${lines[1]}" = "origin: $FOTOWEB" ]
    [[ ${lines[2]} =~ ^"$first"$'\t'[0-9]{4}-[0-9-]+T[0-9:]+Z$'\talive\t-\tin-use'$ ]]
    [ "${#lines[@]}" -eq 3 ]
    run -0 --separate-stderr dam tokens web --json
    [ "$(jq -c '[.user, .origin, (.tokens | length)]' <<<"$output")" = "[\"$KARE\",\"$FOTOWEB\",1]" ]
    [ "$(jq -c '.tokens[0] | [.fingerprint, .obtained_at > 1600000000, .dead_at, .in_use]' <<<"$output")" = \
        "[\"$first\",true,0,true]" ]
    [[ $output != *"$(dam token web)"* ]]
    [ "$(sandbox state | jq .log.arrived)" -eq "$before" ]
}

@test "tokens tells those that the server proved dead" {
    login_fotoweb
    local first second
    first=$(in_use)
    renew
    second=$(in_use)
    run -0 --separate-stderr dam tokens web # obtained in one second, they may stand in any order.
    grep -qP "^$first\t[^\t]+Z\tdead\t[^\t]+Z\t-\$" <<<"$output"
    grep -qP "^$second\t[^\t]+Z\talive\t-\tin-use\$" <<<"$output"
    run -0 --separate-stderr dam tokens web --json
    [ "$(jq -r '.tokens[] | select(.dead_at > 0).fingerprint' <<<"$output")" = "$first" ]
    [ "$(jq -r '.tokens[] | select(.in_use).fingerprint' <<<"$output")" = "$second" ]
}

@test "no token yet is an empty list, and elsewhere there are none" {
    local web=(--system fotoweb --url "$FOTOWEB" --ca-file "$CA_FILE" --user "$KARE")
    run -0 --separate-stderr dam tokens - "${web[@]}"
    [ "$output" = "user: $KARE"$'\n'"origin: $FOTOWEB" ]
    [ "$(dam tokens - "${web[@]}" --json | jq -c .tokens)" = "[]" ]
    run -4 --separate-stderr dam tokens - "${web[@]}" --authentication query
    login_photoshelter
    run -4 --separate-stderr dam tokens desk --json
    [[ $stderr == *DAM_ERR_NOT_SUPPORTED* && -z $output ]]
}

@test "stale prints the handles that are good no more, in their order" {
    login_fotoweb
    local old=() good each
    for each in 1 2 3 4 5; do old+=("$(dam bind web "$each")"); done
    run -0 --separate-stderr dam stale web "${old[@]}"
    [ -z "$output" ]
    [ "$(dam stale web "${old[@]}" --json)" = "[]" ]
    renew
    good=$(dam bind web 6)
    local before
    before=$(sandbox state | jq .log.arrived)
    run -0 --separate-stderr dam stale web "${old[4]}" "$good" "${old[@]:0:4}"
    [ "$output" = "$(printf '%s\n' "${old[4]}" "${old[@]:0:4}")" ]
    [ "$(dam stale web "$good" "${old[@]:0:2}" --json)" = "[\"${old[0]}\",\"${old[1]}\"]" ]
    # One a line; what an editor of Windows or an empty list leaves is no handle.
    run -0 --separate-stderr dam stale web < <(printf '%s\r\n' "$good" "${old[0]}" "" "${old[1]}")
    [ "$output" = "${old[0]}"$'\n'"${old[1]}" ]
    run -0 --separate-stderr dam stale web < <(printf '%s' "${old[2]}")
    [ "$output" = "${old[2]}" ]
    [ "$(sandbox state | jq .log.arrived)" -eq "$before" ]
}

@test "stale of nothing is nothing, and a long list is read whole" {
    login_fotoweb
    run -0 --separate-stderr dam stale web <<<""
    [ -z "$output$stderr" ]
    [ "$(dam stale web --json < <(printf ''))" = "[]" ]
    local old
    old=$(dam bind web 1)
    renew
    yes "$old" | head -n 5000 >handles # more than one buffer of the reader.
    dam stale web <handles >found
    cmp handles found
}

@test "a damaged handle is an error, and nothing is printed" {
    login_fotoweb
    local old
    old=$(dam bind web 1)
    renew
    run -2 --separate-stderr dam stale web "$old" "${old}x" "$old"
    [[ $stderr == *DAM_ERR_ARGUMENT*"handle 2 of 3"* && $stderr != *"$old"* && -z $output ]]
    run -2 --separate-stderr dam stale web --json < <(printf '%s\n' "$old" hunter2)
    [[ $stderr == *DAM_ERR_ARGUMENT*"handle 2 of 2"* && $stderr != *hunter2* && -z $output ]]
    run -2 --separate-stderr dam stale web < <(printf '%s\0rest\n' "$old")
    [[ $stderr == *"NUL"* && -z $output ]]
    run -2 --separate-stderr dam stale web ""
    run -5 --separate-stderr bash -c '"$1" stale web <&-' - "$DAMSESSION"
    [[ $stderr == "damsession: standard input: "* ]]
    login_photoshelter
    run -4 --separate-stderr dam stale desk "$old"
    [[ $stderr == *DAM_ERR_NOT_SUPPORTED* && $stderr != *"handle 1"* ]]
}

@test "login says that a device token could not be kept, and asks for none" {
    : >file
    run -60 --separate-stderr login_fotoweb --store "$HOME/file" --explain
    [[ $stderr == *"DAM_ERR_STORE: the store is out of order ($HOME/file: "*"no device token was asked for"*"mend the store"* ]]
    [[ ${stderr_lines[-1]} == *" 0 exchanges, 0 logins, "*" saved 0 records, "* ]]
    [ -z "$output$(dam list)" ]
    count fotoweb.tokens_created 0
    run -0 --separate-stderr login_photoshelter --store "$HOME/file" # a session that is lost costs nothing there.
    [[ $stderr == *"damsession: warning: "* ]]
}
