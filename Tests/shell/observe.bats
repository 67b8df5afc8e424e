#!/usr/bin/env bats
# header --ticket and observe: another program sends the requests, and the session lives on all the same. Real curl calls
# against a server that accepts no cookie twice; what curl cannot be made to write here is fed as text.
load helpers

setup() {
    clean_home
    clean_sandbox
    sandbox knobs '{"old-cookie": "refuse"}' >/dev/null
    echo "$ADA_PASSWORD" >password
    login_photoshelter --password-command "cat '$HOME/password'"
    SESSION=$PHOTOSHELTER/psapi/v3/mem/user/session
}

# One request of curl's with the session's headers; more arguments are curl's. Leaves head and body.
fetch() {
    local headers
    headers=$(dam header desk --ticket ticket)
    curl -sS --cacert "$CA_FILE" -H @- -D head -o body "$@" <<<"$headers"
}

observe() {
    dam observe desk --ticket ticket --body body <head
}

# A head that no server here sends.
head_of() {
    printf '%s\r\n' "$@" ''
}

@test "a loop of curl calls keeps the session, though no cookie is good twice" {
    local each
    for each in 1 2 3 4 5 6; do
        fetch "$SESSION"
        [ "$(jq -r .data.Session.user body)" = "$ADA" ]
        run -0 --separate-stderr observe
        [ -z "$output$stderr" ]
    done
    [ "$(dam get desk mem/user/session | jq -r .data.Session.user)" = "$ADA" ]
    count photoshelter.logins_ok 1
    count photoshelter.stale_cookie_refusals 0
}

@test "without observe the second call is refused" {
    fetch "$SESSION"
    fetch "$SESSION"
    [ "$(jq -r .status body)" = error ]
    count photoshelter.stale_cookie_refusals 1
}

@test "a session that has ended: exit 9, one login, and the next headers work" {
    local way
    for way in 400-class 401-empty 403-class 200-class 302-login; do
        sandbox knobs "{\"expired\": \"$way\"}" >/dev/null
        sandbox expire '{}' >/dev/null
        local before
        before=$(sandbox state | jq .photoshelter.logins_ok)
        fetch "$SESSION"
        run -9 --separate-stderr observe
        [[ -z $output && $stderr == *"send the request again"* ]]
        fetch "$SESSION"
        run -0 --separate-stderr observe
        [ "$(jq -r .data.Session.user body)" = "$ADA" ]
        count photoshelter.logins_ok $((before + 1))
    done
}

@test "a page under a status of success is no verdict, unless its text was named" {
    sandbox knobs '{"expired": "200-html"}' >/dev/null
    sandbox expire '{}' >/dev/null
    fetch "$SESSION"
    run -0 --separate-stderr observe
    run -9 --separate-stderr dam observe desk --ticket ticket --body body --invalid-text '<html' <head
    run -0 --separate-stderr dam observe desk --ticket ticket --invalid-text '<html' <head # no body, no text.
}

@test "an old verdict about an old session costs no login" {
    fetch "$SESSION"
    observe
    sandbox expire '{}' >/dev/null
    fetch "$SESSION"
    dam get desk mem/user/session >/dev/null # a sibling logs in first.
    run -9 --separate-stderr dam observe desk --ticket ticket --body body --explain <head
    [[ ${stderr_lines[-1]} == "damsession: explain: "* ]]
    count photoshelter.logins_ok 2
}

@test "any other status is the script's to look at, and 429 and 5xx are verdicts" {
    fetch "$PHOTOSHELTER/psapi/v3/mem/nothing"
    run -0 --separate-stderr observe
    sandbox faults '{"fault": "status", "status": 503}' >/dev/null
    fetch "$SESSION"
    run -48 --separate-stderr observe
    sandbox knobs '{"throttle": 7}' >/dev/null
    fetch "$SESSION"
    run -47 --separate-stderr observe
    [[ $stderr == *DAM_ERR_THROTTLED*7* ]]
}

@test "a header that is no UTF-8 loses no cookie" {
    local each
    sandbox faults '{"fault": "latin1-header", "count": 0}' >/dev/null
    for each in 1 2 3; do
        fetch "$SESSION"
        grep -q $'^X-Sandbox-Place: Troms\xf8' head
        run -0 --separate-stderr observe
        [ -z "$output$stderr" ]
    done
    [ "$(jq -r .data.Session.user body)" = "$ADA" ]
    count photoshelter.logins_ok 1
    count photoshelter.stale_cookie_refusals 0
}

@test "interim responses and a proxy's own head are passed over" {
    head -c 2000000 /dev/zero >large
    fetch "$PHOTOSHELTER/psapi/v3/mem/gallery/G1" -H 'Expect: 100-continue' --data-binary @large
    grep -q '^HTTP/1.1 100' head
    observe
    fetch "$SESSION"
    { head_of 'HTTP/1.1 200 Connection established' 'Set-Cookie: SSphotoshelter_com_mem=proxys; path=/'; cat head; } >both
    mv both head
    observe
    fetch "$SESSION"
    [ "$(jq -r .data.Session.user body)" = "$ADA" ]
    observe
    count photoshelter.logins_ok 1
}

@test "cookies of responses that a redirect led to are not taken" {
    fetch "$PHOTOSHELTER/psapi/v3/mem/redirect?to=/psapi/v3/mem/nothing"
    head_of 'HTTP/1.1 200 OK' 'Content-Type: image/jpeg' 'Set-Cookie: SSphotoshelter_com_mem=anothers; path=/' >>head
    : >body
    run -0 --separate-stderr observe
    [[ $stderr == *"a redirect was followed"* ]]
    fetch "$SESSION"
    [ "$(jq -r .data.Session.user body)" = "$ADA" ]
    count photoshelter.logins_ok 1
}

@test "a proxy's question and an earlier try are no responses" {
    local before
    fetch "$SESSION"
    cp head last
    for before in 'HTTP/1.1 407 Proxy Authentication Required' 'HTTP/1.1 503 Busy' 'HTTP/1.1 401 Unauthorized'; do
        { head_of "$before" 'Set-Cookie: SSphotoshelter_com_mem=anothers; path=/' && cat last; } >head
        run -0 --separate-stderr observe
        [ -z "$stderr" ]
    done
    fetch "$SESSION"
    count photoshelter.logins_ok 1
}

@test "curl -L leaves more than one head, of which the first counts" {
    fetch -L "$PHOTOSHELTER/psapi/v3/mem/redirect?to=/sandbox-nowhere"
    [ "$(grep -c '^HTTP/' head)" -eq 2 ]
    run -0 --separate-stderr observe
    [[ $stderr == *"a redirect was followed"* ]]
}

@test "what is no head is refused" {
    local text
    for text in 'nonsense' '' '{"status": "ok"}' 'HTTP/1.1' 'HTTP/1.1 abc' 'HTTP/1.1 999 x' 'GET / HTTP/1.1'; do
        run -2 --separate-stderr dam observe desk <<<"$text"
        [[ -z $output && $stderr == *"is not what \`curl -D\` writes"* ]]
    done
    run -2 --separate-stderr dam observe desk < <(printf 'HTTP/1.1 200 OK\r\nX: \0\r\n\r\n')
    [[ $stderr == *NUL* ]]
    run -2 --separate-stderr dam observe desk </dev/null
    run -5 --separate-stderr bash -c '"$1" observe desk <&-' - "$DAMSESSION"
}

@test "files that are not there, and tickets that are none" {
    fetch "$SESSION"
    run -5 --separate-stderr dam observe desk --body nowhere <head
    [[ $stderr == "damsession: nowhere: "* ]]
    run -5 --separate-stderr dam observe desk --ticket nowhere <head
    [[ $stderr == "damsession: nowhere: "* ]]
    run -5 --separate-stderr dam header desk --ticket nowhere/ticket
    [ -z "$output" ]
    local text
    for text in '' nonsense 1.2.3 1.2.3.4.5 2.1.1.1 1.1.1.99999999999999999999; do
        echo "$text" >wrong
        run -2 --separate-stderr dam observe desk --ticket wrong <head
        [[ $stderr == *DAM_ERR_ARGUMENT*ticket* ]]
    done
    sed -E 's/^([^.]*)\.[0-9]+\./\1.1000./' ticket >wrong # of a store that has seen more logins than this one.
    run -2 --separate-stderr dam observe desk --ticket wrong <head
    [[ $stderr == *"another store"* ]]
    dam header desk --organization O0000AARDVARK0001 --ticket wrong >/dev/null
    run -2 --separate-stderr dam observe desk --ticket wrong <head
    [[ $stderr == *"not one of this session"* ]]
    observe
}

@test "a ticket holds no secret" {
    local headers
    headers=$(dam header desk --ticket ticket)
    [[ $(cat ticket) =~ ^[0-9a-f]+(\.[0-9]+){3}$ && $(wc -l <ticket) -eq 1 ]]
    while read -r secret; do
        [ "${#secret}" -ge 8 ]
        run -1 grep -qF -e "$secret" ticket
    done < <(cut -d: -f2- <<<"$headers" | tr ';=' '\n' | tr -d ' ' | awk 'length >= 8')
    umask 027
    dam header desk --ticket other >/dev/null
    [ "$(stat -c %a other)" = 640 ]
    dam header desk --ticket ticket | cmp - <(dam header desk)
}

@test "fotoweb: a revoked token is seen, and the next headers work" {
    login_fotoweb --password-command "cat '$HOME/kare'"
    echo "$KARE_PASSWORD" >kare
    local url=$FOTOWEB/fotoweb/fwbin/fotoweb_isapi.dll/ArchiveAgent/Information each
    sandbox revoke '{}' >/dev/null
    for each in 9 0; do
        curl -sS --cacert "$CA_FILE" -H @- -D head -o body "$url" <<<"$(dam header web --ticket ticket)"
        run "-$each" --separate-stderr dam observe web --ticket ticket --body body <head
    done
    [[ $(cat body) == *"<UserName>$KARE</UserName>"* ]]
    count fotoweb.tokens_created 2
}

@test "where headers do not suffice, neither does observe" {
    head_of 'HTTP/1.1 200 OK' >head
    run -4 --separate-stderr dam observe desk --api-key-in parameter <head
    [[ $stderr == *DAM_ERR_NOT_SUPPORTED* ]]
}

@test "help and completion offer it" {
    run -0 --separate-stderr dam help observe
    [[ ${lines[0]} == "usage: damsession observe NAME"* && $output == *--ticket* && $output == *--body* ]]
    run -0 --separate-stderr dam help header
    [[ $output == *--ticket* && $output != *--body* ]]
    # shellcheck source=/dev/null
    source "$ROOT/bindings/shell/completions/damsession.bash"
    COMP_WORDS=("$DAMSESSION" obs) COMP_CWORD=1
    _damsession "$DAMSESSION"
    [ "${COMPREPLY[*]}" = observe ]
    COMP_WORDS=("$DAMSESSION" observe desk --) COMP_CWORD=3
    _damsession "$DAMSESSION"
    [[ " ${COMPREPLY[*]} " == *" --ticket "* && " ${COMPREPLY[*]} " == *" --body "* ]]
    : >tick.et
    COMP_WORDS=("$DAMSESSION" observe desk --ticket tick) COMP_CWORD=4
    _damsession "$DAMSESSION" || true # compopt fails where nobody completes.
    [ "${COMPREPLY[*]}" = tick.et ]
}
