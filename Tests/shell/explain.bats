#!/usr/bin/env bats
# keepalive, and the line of --explain: its words, its numbers, and that it is there when a command fails.
load helpers

setup() {
    clean_home
    clean_sandbox
}

# The last line of the command that `run` ran begins with this pattern.
explains() {
    [[ ${stderr_lines[-1]} == "damsession: explain: "$1* ]] || {
        echo "${stderr_lines[-1]}" >&2
        return 1
    }
}

@test "the manual's line is the program's, with every counter in its place" {
    "${CC:-cc}" -shared -fPIC -I "$ROOT/include" "$BATS_TEST_DIRNAME/statistics.c" -o statistics.so
    photoshelter_environment
    LD_PRELOAD=$HOME/statistics.so run -0 --separate-stderr "$DAMSESSION" status - --explain
    [ "$stderr" = "damsession: explain: 1 request, 12 exchanges, 3 logins, 4 replays, waited 6 times for 61.23 s,\
 adopted 7 cookies, dropped 8 late, took 5 from siblings, saved 9 records, 10 renewals,\
 11 in doubt, 13 consents" ]
    words() { sed -n 's/.*explain: //; s/[0-9.]*//g; s/\b\(request\|exchange\|login\|replay\|time\|cookie\|record\|renewal\|consent\)s\b/\1/gp'; }
    [ "$(sed -n '/^damsession: explain: /,/^\.EE/p' "$ROOT/bindings/shell/damsession.1" | sed '/^\.EE/d' | xargs | words)" = \
        "$(words <<<"$stderr")" ]
}

@test "photoshelter: a login, a request, a replay after the end of the session" {
    run -0 --separate-stderr login_photoshelter --explain
    [ "$stderr" = "damsession: explain: 0 requests, 1 exchange, 1 login, 0 replays, waited 0 times for 0.00 s,\
 adopted 0 cookies, dropped 0 late, took 0 from siblings, saved 1 record, 0 renewals, 0 in doubt, 0 consents" ]
    run -0 --separate-stderr dam get desk mem/user/session --explain
    explains "1 request, 1 exchange, 0 logins, 0 replays, waited 0 times for 0.00 s, adopted 1 cookie, dropped 0 late"
    [ "$(jq -r .data.Session.user <<<"$output")" = "$ADA" ]
    sandbox expire '{}' >/dev/null
    run -0 --separate-stderr dam get desk mem/user/session --explain --password-stdin <<<"$ADA_PASSWORD"
    explains "1 request, * exchanges, 1 login, 1 replay,"
    [ "${#stderr_lines[@]}" -eq 1 ]
}

@test "fotoweb: a login, a request, a replay after a revocation" {
    run -0 --separate-stderr login_fotoweb --explain
    explains "0 requests, 2 exchanges, 1 login, 0 replays," # the second asks whether the token is accepted
    run -0 --separate-stderr dam get web Information --explain
    explains "1 request, 1 exchange, 0 logins, 0 replays,"
    sandbox revoke '{}' >/dev/null
    run -0 --separate-stderr dam get web Information --explain --password-stdin <<<"$KARE_PASSWORD"
    explains "1 request, * exchanges, 1 login, 1 replay,"
}

@test "every command of a session takes it, and those that ask nobody show no exchange" {
    login_fotoweb
    local handle command
    handle=$(dam bind web 1)
    for command in "status web" "tokens web" "stale web $handle" "resolve web $handle" "bind web 2" "forget web"; do
        # shellcheck disable=SC2086
        run -0 --separate-stderr dam $command --explain
        explains "0 requests, 0 exchanges, 0 logins,"
    done
    login_photoshelter
    for command in "token desk --authentication token" "header desk" "organizations desk" "logout desk"; do
        # shellcheck disable=SC2086
        run -0 --separate-stderr dam $command --explain --password-stdin <<<"$ADA_PASSWORD"
        explains "0 requests, "
    done
    explains "0 requests, 1 exchange, 0 logins,"
}

@test "a command that fails is explained after its complaint" {
    ADA_PASSWORD=wrong run -41 --separate-stderr login_photoshelter --explain
    [[ $stderr == *DAM_ERR_CREDENTIALS_REFUSED* ]]
    explains "0 requests, 1 exchange, 1 login,"
    login_photoshelter --again
    run -8 --separate-stderr dam get desk mem/nothing --explain
    [[ $stderr == *"HTTP status 404"* ]]
    explains "1 request, 1 exchange, 0 logins,"
    run -2 --separate-stderr dam get desk x -H 'Host: mine' --explain
    explains "* 0 exchanges, 0 logins,"
    run -3 --separate-stderr dam get nowhere x --explain
    [[ $stderr != *explain* ]]
}

@test "a wait for another process is counted" {
    login_photoshelter
    local before holder
    before=$(sandbox state | jq .log.arrived)
    "$DAMSESSION" get desk 'mem/slow?seconds=20' 3>&- &
    holder=$!
    until [ "$(sandbox state | jq .log.arrived)" -gt "$before" ]; do :; done
    run -61 --separate-stderr dam get desk mem/user/session --lock-timeout 0 --explain
    explains "1 request, 0 exchanges, 0 logins, 0 replays, waited 1 time for "
    kill "$holder"
    wait "$holder" || true
}

@test "keepalive sends one small request, and logs in if that is refused" {
    login_photoshelter
    run -0 --separate-stderr dam keepalive desk --explain
    explains "0 requests, 1 exchange, 0 logins,"
    [ -z "$output" ]
    [[ $(sandbox log | jq -r '.[-1].path') == */mem/user/session ]]
    sandbox expire '{}' >/dev/null
    run -40 --separate-stderr dam keepalive desk
    [[ $stderr == *DAM_ERR_CREDENTIALS_NEEDED* ]]
    run -0 --separate-stderr dam keepalive desk --password-stdin <<<"$ADA_PASSWORD"
    count photoshelter.logins_ok 2
    login_fotoweb
    run -0 --separate-stderr dam keepalive web
    [[ $(sandbox log | jq -r '.[-1].path') == */Information ]]
    sandbox revoke '{}' >/dev/null
    run -0 --separate-stderr dam keepalive web --password-stdin <<<"$KARE_PASSWORD"
    count fotoweb.logins_ok 2
    [ -z "$output$stderr" ]
}
