#!/usr/bin/env bats
# Large things on their way: downloads that are whole or go on, uploads from disk, forms, memory that does not grow with
# them, and the bar that a person sees.
load helpers

setup() {
    clean_home
    clean_sandbox
    login_photoshelter --authentication token
    PICTURE='mem/image/I1/download?size=300000'
}

sum() {
    sha256sum <"$1" | cut -d ' ' -f 1
}

# A header of the last request.
sent() {
    sandbox log | jq -r --arg name "$1" '.[-1].headers[] | select(.[0] == $name)[1]'
}

# The most memory, in KiB, that the wrapper took for this command; its output is thrown away.
memory() {
    "$PYTHON" -c '
import resource, subprocess, sys
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)' "$DAMSESSION" "$@"
}

# Breaks a download of the picture off half-way.
interrupt() {
    sandbox faults '{"fault": "truncate", "match": "download"}' >/dev/null
    run -23 --separate-stderr dam get desk "$PICTURE" -o "$@"
    [ -z "$output" ]
}

@test "a download that breaks off leaves its part, and --continue fetches the rest" {
    interrupt file
    [ ! -e file ]
    [ "$(stat -c %s file.part)" -eq 150000 ]
    run -0 --separate-stderr dam get desk "$PICTURE" -o file --continue
    [ -z "$output$stderr" ]
    [ "$(sent Range)" = "bytes=150000-" ]
    dam get desk "$PICTURE" | cmp - file
    [ "$(find . -name '*.part*')" = "" ]
}

@test "without --continue, of another thing, or of a changed one, it starts over" {
    interrupt file
    dam get desk "$PICTURE" -o file
    [ -z "$(sent Range)" ]
    rm file
    interrupt file
    dam get desk 'mem/image/I1/download?size=1000' -o file --continue
    [ "$(stat -c %s file)" -eq 1000 ]
    [ -z "$(sent Range)" ]
    rm file
    interrupt file
    sed -i 's/"validator":"[^,]*"}/"validator":"\\"old\\""}/' file.part.json
    dam get desk "$PICTURE" -o file --continue
    [ "$(sent If-Range)" = '"old"' ]
    dam get desk "$PICTURE" | cmp - file
}

@test "--keep leaves a file that is there alone, and nothing is sent" {
    dam get desk "$PICTURE" -o file --keep
    [ "$(stat -c %s file)" -eq 300000 ]
    echo mine >file
    local before
    before=$(sandbox state | jq .log.arrived)
    run -2 --separate-stderr dam get desk "$PICTURE" -o file --keep
    [[ $stderr == *DAM_ERR_ARGUMENT* ]]
    [ "$(cat file)" = mine ]
    [ "$(sandbox state | jq .log.arrived)" -eq "$before" ]
}

@test "--continue and --keep go together" {
    interrupt file --keep
    run -0 --separate-stderr dam get desk "$PICTURE" -o file --continue --keep
    [ "$(sent Range)" = "bytes=150000-" ]
    dam get desk "$PICTURE" | cmp - file
    run -2 --separate-stderr dam get desk "$PICTURE" -o file --continue --keep
    [[ $stderr == *DAM_ERR_ARGUMENT* ]]
}

@test "--include streams, and the head comes before a body that breaks off" {
    local small
    small=$(memory get desk 'mem/image/I1/download?size=1000' -i)
    [ "$(memory get desk 'mem/image/I1/download?size=134217728' -i --response-limit 1M)" -lt $((small + 16384)) ]
    dam get desk "$PICTURE" -i >whole
    tail -c 300000 whole | cmp - <(dam get desk "$PICTURE")
    [ "$(head -n 1 whole)" = $'Status: 200\r' ]
    sandbox faults '{"fault": "truncate", "match": "download"}' >/dev/null
    dam get desk "$PICTURE" -i >part || [ $? -eq 23 ]
    [ "$(tail -c 150000 part | sha256sum)" = "$(tail -c 300000 whole | head -c 150000 | sha256sum)" ]
    [ "$(head -n 1 part)" = $'Status: 200\r' ]
}

@test "a file that replaces a private one is never readable by others" {
    umask 022
    : >file
    chmod 600 file
    interrupt file
    [ "$(stat -c %a file.part)" = 600 ]
    dam get desk "$PICTURE" -o file --continue
    [ "$(stat -c '%a %s' file)" = "600 300000" ]
}

@test "a session that has ended costs a download nothing, and its error never gets into the file" {
    echo old >file
    sandbox expire '{}' >/dev/null
    run -40 --separate-stderr dam get desk "$PICTURE" -o file
    [ "$(cat file)" = old ]
    run -0 --separate-stderr dam get desk "$PICTURE" -o file --password-stdin <<<"$ADA_PASSWORD"
    dam get desk "$PICTURE" | cmp - file
    run -8 --separate-stderr dam get desk mem/nothing -o file --continue
    [ "$(jq -r .status <<<"$output")" = error ]
    dam get desk "$PICTURE" | cmp - file
}

@test "-o and --include: the headers go to standard output" {
    run -0 --separate-stderr dam get desk "$PICTURE" -o file -i
    [ "${lines[0]}" = $'Status: 200\r' ]
    [[ $output == *$'\nContent-Length: 300000\r\n'* ]]
    [ "$(stat -c %s file)" -eq 300000 ]
}

@test "-o to a file is for GET" {
    run -0 --separate-stderr dam request desk GET "$PICTURE" -o file
    run -2 --separate-stderr dam post desk mem/gallery/G1 -d name=x -o file
    [[ $stderr == *GET* ]]
    run -0 --separate-stderr dam post desk mem/gallery/G1 -d name=x -o -
    [ "$(jq -r .data.Gallery.name <<<"$output")" = x ]
}

@test "a file is sent again after the session has ended, standard input is not" {
    echo -n name=first >body
    sandbox expire '{}' >/dev/null
    run -0 --separate-stderr dam post desk mem/gallery/G1 -d @body --password-stdin --explain <<<"$ADA_PASSWORD"
    [ "$(jq -r .data.Gallery.name <<<"$output")" = first ]
    [[ $stderr == *" 1 login, 1 replay, "* ]]
    sandbox expire '{}' >/dev/null
    run -50 --separate-stderr dam post desk mem/gallery/G1 -d @- --password-fd 7 7<<<"$ADA_PASSWORD" < <(echo -n name=second)
    [[ $stderr == *DAM_ERR_REPLAY_IMPOSSIBLE* && -z $output ]]
    # The same command once more, with a login of its own.
    run -0 --separate-stderr dam post desk mem/gallery/G1 -d @- --password-fd 7 7<<<"$ADA_PASSWORD" < <(echo -n name=third)
    [ "$(jq -r .data.Gallery.name <<<"$output")" = third ]
}

@test "bodies tell their length where it is known, and only what is left of standard input is sent" {
    printf 'skipped\nname=rest' >body
    run -0 --separate-stderr bash -c '{ read -r; "$1" post desk mem/gallery/G1 -d @-; } <body' - "$DAMSESSION"
    [ "$(jq -r .data.Gallery.name <<<"$output")" = rest ]
    [ "$(sent Content-Length)" = 9 ]
    : >empty
    run -0 --separate-stderr dam post desk mem/gallery/G1 -d @empty
    [ "$(sent Content-Length)" = 0 ]
    run -0 --separate-stderr dam post desk mem/gallery/G1 -d @<(echo -n name=pipe)
    [ "$(jq -r .data.Gallery.name <<<"$output")" = pipe ]
    [ -z "$(sent Content-Length)" ]
}

@test "repeated --data is joined, texts and files, and sent again after the session has ended" {
    run -0 --separate-stderr dam post desk mem/gallery/G1 -d name=one --data description=two
    [ "$(sandbox log | jq -c '.[-1].form')" = '{"name":["one"],"description":["two"]}' ]
    [ "$(sent Content-Length)" = 24 ]
    printf 'b=2&c=3' >file
    sandbox expire '{}' >/dev/null
    run -0 --separate-stderr dam post desk mem/gallery/G1 -d '' -d name=one -d @file -d d=4 --password-stdin <<<"$ADA_PASSWORD"
    [ "$(sandbox log | jq -c '.[-1].form')" = '{"name":["one"],"b":["2"],"c":["3"],"d":["4"]}' ]
    [ "$(sent Content-Length)" = 20 ]
    run -0 --separate-stderr dam post desk mem/gallery/G1 -d name=one -d @- -d d=4 <<<b=2
    [ "$(jq -r .data.Gallery.name <<<"$output")" = one ]
    [ "$(sandbox log | jq -c '.[-1].form | keys')" = '["b","d","name"]' ]
}

@test "--data-urlencode takes curl's five forms, and joins --data in the order given" {
    printf 'two & 2' >file
    run -0 --separate-stderr dam post desk mem/gallery/G1 --data-urlencode 'name=Größe & =1%' -d b=1%20 \
        --data-urlencode c@file --data-urlencode '=d e' --data-urlencode 'f g' --data-urlencode @file
    [ "$(jq -r .data.Gallery.name <<<"$output")" = 'Größe & =1%' ]
    [ "$(sent Content-Length)" = "$(printf %s 'name=Gr%C3%B6%C3%9Fe%20%26%20%3D1%25&b=1%20&c=two%20%26%202&d%20e&f%20g&two%20%26%202' | wc -c)" ]
    [ "$(sandbox log | jq -c '.[-1].form | [.name, .b, .c]')" = '[["Größe & =1%"],["1 "],["two & 2"]]' ]
    # As curl does.
    curl -sS --cacert "$CA_FILE" -H @- "$PHOTOSHELTER/psapi/v3/mem/gallery/G1" --data-urlencode 'name=Größe & =1%' -d b=1%20 \
        --data-urlencode c@file --data-urlencode '=d e' --data-urlencode 'f g' --data-urlencode @file \
        <<<"$(dam header desk)" >/dev/null
    [ "$(sandbox log | jq -c '.[-1].form')" = "$(sandbox log | jq -c '.[-2].form')" ]
    run -0 --separate-stderr dam post desk mem/gallery/G1 --data-urlencode name@- < <(printf 'from there')
    [ "$(jq -r .data.Gallery.name <<<"$output")" = "from there" ]
    run -2 --separate-stderr dam post desk mem/gallery/G1 --data-urlencode a@- --data-urlencode b@-
    run -2 --separate-stderr dam post desk mem/gallery/G1 --data-urlencode @<(printf 'a\0b')
    run -5 --separate-stderr dam post desk mem/gallery/G1 --data-urlencode @nowhere
    run -2 --separate-stderr dam post desk mem/gallery/G1 --data-urlencode $'name=\xff'
}

@test "--query puts percent-encoded pairs behind the path, one or many" {
    query() { sandbox log | jq -r '.[-1].query_string'; }
    run -0 --separate-stderr dam get desk mem/image/I1 --query 'terms=café & co' --query a=1 --query a=2=3 --query empty=
    [ "$(query)" = 'terms=caf%C3%A9%20%26%20co&a=1&a=2%3D3&empty=' ]
    dam get desk 'mem/image/I1?page=2' --query=a=b -o file
    [ "$(query)" = 'page=2&a=b' ]
    dam post desk mem/gallery/G1 --query a=b -d name=x
    [ "$(query)" = 'a=b' ]
    dam get desk mem/image/I1 mem/image/I2 --query size=5 --output-dir out
    [ "$(sandbox log | jq -r '[.[-2:][].query_string] | join(" ")')" = "size=5 size=5" ]
    [ "$(find out -type f | sort | xargs)" = "out/I1 out/I2" ]
    local path
    for path in 'mem/a b' 'mem/a?b=c d' 'mem/grün' 'mem/a#b' 'mem/a\b'; do
        run -2 --separate-stderr dam get desk "$path"
        [[ ${stderr_lines[-1]} == *"percent-encoded, a blank as %20; what --query 'NAME=VALUE' adds"* ]]
    done
    run -2 --separate-stderr dam get desk mem/a -H 'Host: mine'
    [[ $stderr != *--query* ]]
    run -2 --separate-stderr dam get desk x --query nosign
    run -2 --separate-stderr dam get desk x --query =nameless
    run -2 --separate-stderr dam get desk x --query $'a=\xff'
    [[ $stderr == *DAM_ERR_ARGUMENT* ]]
}

@test "a form: repeated fields, files with a type, and once more after the session has ended" {
    head -c 300000 /dev/urandom >picture
    local odd='odd;type=name' upload
    cp picture "$odd"
    upload=(post desk mem/image/upload --form tag=one --form=tag='two=2;type=x' --form 'file=@picture;type=image/png'
        --form "other=@$odd;type=image/jpeg")
    run -0 --separate-stderr dam "${upload[@]}"
    [ -z "$stderr" ]
    [ "$(jq -c '[.data.Image[] | select(.file_name == "picture").sha256]' <<<"$output")" = "[\"$(sum picture)\"]" ]
    [ "$(sandbox log | jq -c '.[-1].form')" = '{"tag":["one","two=2;type=x"],"file":["picture"],"other":["odd;type=name"]}' ]
    sandbox expire '{}' >/dev/null
    run -0 --separate-stderr dam "${upload[@]}" --password-stdin <<<"$ADA_PASSWORD"
    [ "$(jq -r '.data.Image[0].sha256' <<<"$output")" = "$(sum picture)" ]
    count photoshelter.writes 2
}

@test "a form that cannot be made sends nothing" {
    local before
    before=$(sandbox state | jq .log.arrived)
    run -5 --separate-stderr dam post desk mem/image/upload --form file=@nowhere
    [[ $stderr == "damsession: nowhere: "* ]]
    run -5 --separate-stderr dam post desk mem/image/upload --form file=@.
    run -2 --separate-stderr dam post desk mem/image/upload --form file=@-
    : >file
    run -2 --separate-stderr dam post desk mem/image/upload --form $'file=@file;type=a\nb'
    [ "$(sandbox state | jq .log.arrived)" -eq "$before" ]
}

@test "memory does not grow with what is transferred" {
    local small
    truncate -s 128M large
    small=$(memory get desk 'mem/image/I1/download?size=1000' -o file)
    [ "$(memory get desk 'mem/image/I1/download?size=134217728' --response-limit 1M)" -lt $((small + 16384)) ]
    [ "$(memory get desk 'mem/image/I1/download?size=134217728' -o file)" -lt $((small + 16384)) ]
    [ "$(memory post desk mem/image/upload --form file=@large)" -lt $((small + 16384)) ]
}

@test "a bar at a terminal, for files only, and not with --no-progress" {
    local upload=(post desk mem/image/upload --form file=@file)
    run -0 --separate-stderr "$PYTHON" "$ROOT/Tests/shell/terminal.py" -- "$DAMSESSION" get desk "$PICTURE" -o file
    [[ $output == *" % ["*"] "*" KiB of 293.0 KiB"*$'\r\e[K\n'*"exit: 0" ]]
    run -0 --separate-stderr "$PYTHON" "$ROOT/Tests/shell/terminal.py" -- "$DAMSESSION" "${upload[@]}"
    [[ $output == *" % ["*$'\r\e[K{"status":"ok"'*"exit: 0" ]]
    run -0 --separate-stderr "$PYTHON" "$ROOT/Tests/shell/terminal.py" -- "$DAMSESSION" "${upload[@]}" --no-progress
    [[ $output == '{"status":"ok"'*"exit: 0" && $output != *" % ["* ]]
    run -0 --separate-stderr "$PYTHON" "$ROOT/Tests/shell/terminal.py" -- "$DAMSESSION" get desk mem/image/I1
    [[ $output != *" % ["* ]]
}

@test "Ctrl-C leaves the part of a download" {
    # So large that it is not over before the key is pressed; the first MiB is past what is judged before it is written.
    run -0 --separate-stderr "$PYTHON" "$ROOT/Tests/shell/terminal.py" "interrupt-at=MiB of 1.0 GiB" -- \
        "$DAMSESSION" get desk 'mem/image/I1/download?size=1073741824' -o file
    [[ $output == *"exit: 130" ]]
    [ ! -e file ]
    [ -s file.part ]
    [ "$(jq -r .target file.part.json)" = '/psapi/v3/mem/image/I1/download?size=1073741824' ]
}
