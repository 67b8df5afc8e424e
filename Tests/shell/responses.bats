#!/usr/bin/env bats
# Bodies in and out: byte for byte, whole or not at all, and a status that a script can branch on.
load helpers

setup() {
    clean_home
    clean_sandbox
    login_photoshelter --authentication token
}

# The sandbox's response to an upload tells the SHA-256 of what arrived.
upload() {
    printf -- '--b\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n' >form
    cat "$1" >>form
    printf '\r\n--b--\r\n' >>form
}

@test "a body comes out byte for byte" {
    dam get desk 'mem/image/I1/download?size=300000' >first
    [ "$(stat -c %s first)" -eq 300000 ]
    curl -sS --cacert "$CA_FILE" -H @- "$PHOTOSHELTER/psapi/v3/mem/image/I1/download?size=300000" -o second \
        <<<"$(dam header desk)"
    cmp first second
}

@test "a body goes in byte for byte, from a file and from standard input" {
    dam get desk 'mem/image/I1/download?size=100000' >binary
    upload binary
    local type='multipart/form-data; boundary=b' sum
    sum=$(sha256sum <binary | cut -d ' ' -f 1)
    run -0 --separate-stderr dam post desk mem/image/upload --data @form --content-type "$type"
    [ "$(jq -r '.data.Image[0].sha256' <<<"$output")" = "$sum" ]
    run -0 --separate-stderr dam post desk mem/image/upload -d @- --content-type="$type" <form
    [ "$(jq -r '.data.Image[0].sha256' <<<"$output")" = "$sum" ]
    count photoshelter.writes 2
}

@test "a body that cannot be read sends nothing" {
    local before
    before=$(sandbox state | jq .log.arrived)
    run -5 --separate-stderr dam post desk mem/gallery/G1 --data @nowhere
    [[ $stderr == "damsession: nowhere: "* ]]
    run -5 --separate-stderr dam post desk mem/gallery/G1 --data @.
    run -5 --separate-stderr bash -c '"$1" post desk mem/gallery/G1 --data @- <&-' - "$DAMSESSION"
    [ "$(sandbox state | jq .log.arrived)" -eq "$before" ]
}

@test "headers are sent, and those of the response are printed on demand" {
    run -0 --separate-stderr dam get desk 'mem/image/I1/download?size=5' -H 'Range: bytes=1-3' --header 'X-Mine:two words' -i
    [ "${lines[0]}" = $'Status: 206\r' ]
    [[ $output == *$'\nContent-Range: bytes 1-3/5\r\n'* ]]
    [ "$(sandbox log | jq -r '.[-1].headers[] | select(.[0] == "X-Mine")[1]')" = "two words" ]
    run -2 --separate-stderr dam get desk x -H 'X-PS-Auth-Token: mine'
    [[ $stderr == *DAM_ERR_ARGUMENT* ]]
}

@test "exit 8: the status is no success, and the body is there all the same" {
    run -8 --separate-stderr dam get desk mem/nothing
    [ "$(jq -r .status <<<"$output")" = error ]
    [ "$stderr" = "damsession: the server answered with HTTP status 404" ]
    run -8 --separate-stderr dam get desk 'mem/redirect?to=/elsewhere' --redirects 0
    [[ $output == moved* && $stderr == *"302; the redirect was not followed" ]]
    run -0 --separate-stderr dam get desk 'mem/redirect?to=/psapi/v3/mem/image/I1'
    [ "$(jq -r .data.Image.image_id <<<"$output")" = I1 ]
    sandbox faults '{"fault": "status", "status": 304, "headers": {}}' >/dev/null
    run -0 --separate-stderr dam get desk mem/image/I1 -o kept
    [ ! -e kept ]
}

@test "a method in small letters is the one that is meant, and another stays as it is typed" {
    run -0 --separate-stderr dam request desk get mem/image/I1
    [ "$(jq -r .data.Image.image_id <<<"$output")" = I1 ]
    run -0 --separate-stderr dam request desk Put mem/gallery/G1 -d name=x
    run ! dam request desk patch mem/gallery/G1
    run ! --separate-stderr dam request desk propfind mem/gallery/G1 -vv
    [[ $stderr == *" propfind "* && $stderr != *PROPFIND* ]]
    sandbox log | jq -r '.[] | select(.path | test("/mem/(image|gallery)/")).method' >methods
    [ "$(xargs <methods)" = "GET PUT PATCH" ]
}

@test "a HEAD prints the headers, and waits for no body" {
    local method
    for method in HEAD head; do
        run -0 --separate-stderr dam request desk "$method" mem/image/I1
        [ "${lines[0]}" = $'Status: 200\r' ]
        [[ $output == *$'\r\nContent-Length: '[1-9]* && $output != *'{'* ]]
        [ -z "$stderr" ]
    done
    [ "$(dam request desk head mem/image/I1 -i | grep -c ^Status)" -eq 1 ]
    [ "$(sandbox log | jq -r '.[-1].method')" = HEAD ]
    run -8 --separate-stderr dam request desk head mem/nothing
    [[ ${lines[0]} == "Status: 404"* && $stderr == *"HTTP status 404" ]]
}

@test "what is said about curl's --compressed, --range and --user-agent holds" {
    [ "$(dam get desk 'mem/image/I1/download?size=1000' -H 'Range: bytes=0-9' -H 'User-Agent: me' | wc -c)" -eq 10 ]
    sandbox log | jq -r '.[-1].headers[] | join(": ")' >headers
    grep -qix 'user-agent: me' headers
    run ! grep -qi '^accept-encoding' headers
    dam get desk mem/image/I1 >/dev/null
    sandbox log | jq -r '.[-1].headers[] | join(": ")' >headers
    run ! grep -qi '^accept-encoding' headers
}

@test "-o replaces a file by a whole success, and by nothing else" {
    umask 027
    dam get desk 'mem/image/I1/download?size=70000' -o new
    [ "$(stat -c '%a %s' new)" = "640 70000" ]
    echo old >file
    chmod 600 file
    ln -s file link
    run -8 --separate-stderr dam get desk mem/nothing -o file
    [ "$(cat file)" = old ]
    [ -n "$output" ]
    sandbox faults '{"fault": "truncate", "match": "download"}' >/dev/null
    run -23 --separate-stderr dam get desk mem/image/I1/download -o file
    [ "$(cat file)" = old ]
    dam get desk 'mem/image/I1/download?size=70000' --output=link
    [ -L link ]
    cmp file new
    [ "$(stat -c %a file)" = 600 ]
    [ "$(find . -name '*.part*')" = "" ]
}

@test "-o to standard output, a pipe, a folder that is none" {
    [ "$(dam get desk mem/image/I1 -o - | jq -r .data.Image.image_id)" = I1 ]
    # What is no file must not be renamed away. Never a real device here: run by root, a mistake would cost the machine one.
    mkfifo pipe
    exec 8<>pipe
    dam get desk mem/image/I1 -o pipe
    [ -p pipe ]
    [ "$(dd bs=64k count=1 status=none <&8 | jq -r .data.Image.image_id)" = I1 ]
    run -2 --separate-stderr dam get desk mem/image/I1 -o pipe --continue
    local before where
    before=$(sandbox state | jq .log.arrived)
    for where in nowhere/file nowhere/ "$HOME/nowhere/file"; do
        run -5 --separate-stderr dam get desk mem/image/I1 -o "$where"
        [[ $stderr == "damsession: "*"nowhere: there is no such folder; make it first (mkdir -p)" ]]
    done
    : >plain
    run -5 --separate-stderr dam get desk mem/image/I1 -o plain/file
    [[ $stderr == "damsession: plain: "* && $stderr != *doctor* ]]
    [ "$(sandbox state | jq .log.arrived)" -eq "$before" ]
    run -5 --separate-stderr dam get desk mem/image/I1 -o .
    [[ $stderr == "damsession: .: "* ]]
}

@test "-o leaves the old file when the new one cannot be written" {
    echo old >file
    run -5 --separate-stderr bash -c 'trap "" XFSZ; ulimit -f 32; "$1" get desk "mem/image/I1/download?size=70000" -o file' \
        - "$DAMSESSION"
    [[ $stderr == "damsession: "*"file cannot be written"* && $stderr != *doctor* && $stderr != *DAM_ERR* ]]
    # The same for many: what the path alone would have led to.
    run -5 --separate-stderr bash -c 'trap "" XFSZ; ulimit -f 32
        "$1" get desk "mem/image/I1/download?size=70000" --output-dir out --report report' - "$DAMSESSION"
    [ "$(jq .exit_code report)" = 5 ]
    [ "$(cat file)" = old ]
}

@test "a response that cannot be printed is an error" {
    run -5 --separate-stderr bash -c '"$1" get desk mem/image/I1 >/dev/full' - "$DAMSESSION"
    [[ $stderr == "damsession: standard output: "* ]]
    run -5 --separate-stderr bash -c '"$1" token desk >/dev/full' - "$DAMSESSION"
    run -5 --separate-stderr bash -c '"$1" status desk --json >/dev/full' - "$DAMSESSION"
    run -5 --separate-stderr bash -c '"$1" get desk mem/image/I1 >&-' - "$DAMSESSION"
    # A reader that is gone before anything is written.
    run ! --separate-stderr "$PYTHON" -c '
import os, subprocess, sys
reader, writer = os.pipe()
os.close(reader)
sys.exit(subprocess.run(sys.argv[1:], stdout=writer).returncode)' "$DAMSESSION" get desk mem/image/I1
}

@test "a terminal gets whole lines and no binary, unless that is forced" {
    run -0 terminal -- "$DAMSESSION" get desk mem/image/I1
    [[ $output == '{"status":"ok"'*$'}\n\necho at the end: on\nexit: 0' ]]
    run -0 terminal -- "$DAMSESSION" get desk mem/image/I1 -o -
    [[ $output == '{"status":"ok"'*$'}\necho at the end: on\nexit: 0' ]]
    run -0 terminal -- "$DAMSESSION" get desk mem/nothing
    [[ $output == '{"status":"error"'*$'}\ndamsession: the server answered with HTTP status 404\n\necho'*"exit: 8" ]]
    run -0 terminal -- "$DAMSESSION" get desk 'mem/image/I1/download?size=300000'
    [[ $output == "damsession: the body is binary"*"--output FILE"*"--output -"*"exit: 5" ]]
    [ "${#output}" -lt 300 ]
    # What comes after a beginning that looks like text counts too; an error's body does as well.
    sandbox faults '{"fault": "status", "status": 404, "body": "red \u001b[31m"}' >/dev/null
    run -0 terminal -- "$DAMSESSION" get desk mem/image/I1
    [[ $output == "damsession: the body is binary"*"HTTP status 404"*"exit: 5" && $output != *$'\e'* ]]
    sandbox faults '{"fault": "status", "status": 200, "body": "two\nlines \u009b"}' >/dev/null
    run -0 terminal -- "$DAMSESSION" get desk mem/image/I1
    [[ $output == "damsession: the body is binary"*"exit: 5" ]]
    sandbox faults '{"fault": "status", "status": 200, "body": "Größe\n"}' >/dev/null
    run -0 terminal -- "$DAMSESSION" get desk mem/image/I1
    [[ $output == $'Größe\n\necho'*"exit: 0" ]]
    # Elsewhere it is byte for byte what the server sent.
    [ "$(dam get desk mem/image/I1 | tail -c 1)" = "}" ]
    run -0 terminal -- "$DAMSESSION" get desk 'mem/image/I1/download?size=1000' -o file
    [ "$(stat -c %s file)" = 1000 ]
}

@test "control characters of a server do not reach the terminal" {
    sandbox faults '{"fault": "status", "status": 400, "match": "O0000X", "body":
        "{\"status\":\"error\",\"error\":{\"code\":400,\"class\":\"XErr\",\"message\":\"red \\u001b[31m\\u009b\"}}"}' >/dev/null
    run -43 --separate-stderr dam login - --system photoshelter --url "$PHOTOSHELTER" --ca-file "$CA_FILE" --user "$ADA" \
        --organization O0000X --api-key-stdin --password-stdin <<<"$API_KEY"$'\n'"$ADA_PASSWORD"
    [[ $stderr != *[$'\e\x9b']* ]]
}
