#!/usr/bin/env bats
# Many paths into a folder: names that are safe and distinct, some at a time over one session, and a report of what did
# not come.
load helpers

setup() {
    clean_home
    clean_sandbox
    login_photoshelter --authentication token
}

# What is in the folder, in one line.
saved() {
    find "${1:-out}" -type f -printf '%P\n' | LC_ALL=C sort | xargs
}

@test "several paths, each into its file, in one process with one login" {
    run -0 --separate-stderr dam get desk mem/image/I1 mem/image/I2 '/psapi/v3/mem/image/I3/download?size=70000' \
        --output-dir out --jobs 2 --explain
    [ -z "$output" ]
    [[ $stderr == "damsession: explain: 3 requests, 3 exchanges, 0 logins,"* ]]
    [ "$(saved)" = "I1 I2 download" ]
    [ "$(jq -r .data.Image.image_id out/I2)" = I2 ]
    [ "$(stat -c %s out/download)" -eq 70000 ]
    count photoshelter.logins_ok 1
}

@test "an expiry in the middle costs one login for all of them" {
    sandbox expire '{}' >/dev/null
    seq -f 'mem/image/I%g' 50 | dam get desk --list - --jobs 20 --output-dir out --password-fd 7 7<<<"$ADA_PASSWORD"
    [ "$(find out -type f | wc -l)" -eq 50 ]
    count photoshelter.logins_ok 2
}

@test "a list: comments, names after a tab, another line end; the command line's come first" {
    printf '# pictures\r\n\nmem/image/I1/download\tfront page.jpg\r\n  mem/image/I2 \n' >list
    run -0 --separate-stderr dam get desk mem/image/I3 --list list --output-dir out
    [ "$(find out -type f -printf '%P\n' | sort)" = $'I2\nI3\nfront page.jpg' ]
    run -5 --separate-stderr dam get desk --list nowhere --output-dir out
    [[ $stderr == "damsession: nowhere: "* ]]
    run -2 --separate-stderr dam get desk --list <(printf 'a\0b') --output-dir out
    : >empty
    run -0 --separate-stderr dam get desk --list empty --output-dir out
}

@test "names that clash become whole paths, and what clashes still is refused before anything is sent" {
    run -0 --separate-stderr dam get desk mem/image/I1/download mem/image/I2/download mem/image/I3 \
        'mem/image/I3/download?size=5' --output-dir out
    [ "$(saved)" = "I3 mem-image-I1-download mem-image-I2-download mem-image-I3-download-size=5" ]
    local before
    before=$(sandbox state | jq .log.arrived)
    printf 'mem/image/I1\tsame\nmem/image/I2\tsame\n' >list
    run -2 --separate-stderr dam get desk --list list --output-dir other
    [[ $stderr == *'saved as `same`'* ]]
    [ ! -e other ]
    [ "$(sandbox state | jq .log.arrived)" -eq "$before" ]
    run -0 --separate-stderr dam get desk mem/image/I1 mem/image/I1 --output-dir other
    [ "$stderr" = "damsession: mem/image/I1 is there twice; it is fetched once" ]
    [ "$(saved other)" = I1 ]
    run -0 --separate-stderr dam get desk 'mem/image/I1?x=1' 'mem/image/I1?x=1' 'mem/image/I1?x=1' --output-dir third
    [ "$stderr" = "damsession: mem/image/I1 is there 3 times; it is fetched once" ]
}

@test "one path under several file names is fetched into each" {
    printf '%s\n' $'mem/image/I1\tone' $'mem/image/I1\ttwo' mem/image/I1 $'mem/image/I1\ttwo' >list
    run -0 --separate-stderr dam get desk --list list --output-dir out
    [ "$stderr" = "damsession: mem/image/I1 is there twice; it is fetched once" ]
    [ "$(saved)" = "I1 one two" ]
    cmp out/one out/two
}

@test "no name leaves the folder, is hidden, or is that of a part" {
    mkdir deep
    local long
    long=$(printf 'x%.0s' {1..300}).jpg
    printf '%s\n' $'mem/image/I1\t../escaped' $'mem/image/I2\t.hidden' $'mem/image/I3\t/etc/absolute' \
        $'mem/image/I4\t-rf' $'mem/image/I5\tfile.part' $'mem/image/I6\ta\\b\x01c' $'mem/image/I7\t'"$long" \
        $'mem/image/I8\t..' >list
    run -0 --separate-stderr dam get desk --list list --output-dir deep/out
    [ "$(saved deep/out)" = "_. _._escaped _etc_absolute _hidden _rf a_b_c file.part_ ${long:0:196}.jpg" ]
    [ "$(saved deep | tr ' ' '\n' | grep -vc '^out/')" -eq 0 ]
    [ "$(find deep/out -name '.*' -type f | wc -l)" -eq 0 ]
    # From paths, too: percent-encoded or not, and one that ends in a slash.
    run -0 --separate-stderr dam get desk /cdn/%2e%2e%2f%2e%2e%2fup /cdn/caf%C3%A9.jpg /cdn/bad%ff /cdn/a/ /cdn/.x --output-dir two
    [ "$(saved two)" = "_._.._up _x a bad%ff café.jpg" ]
}

@test "a file that has another name than was asked for is told of, once for each and in one line" {
    printf '%s\n' $'mem/image/I1\t../escaped' $'mem/image/I2\tfine.jpg' $'mem/nothing\t.hidden' 'mem/image/I3/download?size=1' \
        'mem/image/I4/download?size=2' mem/image/I5 >list
    run -10 --separate-stderr dam get desk --list list --jobs 1 --output-dir out --report report
    [ "${stderr_lines[1]}" = "damsession: saved under another name: \`../escaped\` as \`_._escaped\`, \
\`download\` as \`mem-image-I3-download-size=1\`, \`download\` as \`mem-image-I4-download-size=2\`" ]
    [ "$(jq -r '[.asked, .file, .status, .exit_code] | join(" ")' report)" = '../escaped _._escaped DAM_OK 0
.hidden _hidden HTTP 8
download mem-image-I3-download-size=1 DAM_OK 0
download mem-image-I4-download-size=2 DAM_OK 0' ]
    run -0 --separate-stderr dam get desk mem/image/I1 --output-dir other --report -
    [ -z "$output$stderr" ]
    # What is there already has that name, too.
    run -0 --separate-stderr dam get desk 'mem/image/I3/download?size=1' /cdn/.x --output-dir out --continue --report -
    [ "$(jq -r '[.asked, .file] | join(" ")' <<<"$output")" = ".x _x" ]
    # However many they are, it is one line.
    seq -f '/cdn/%g/same' 60 | dam get desk --list - --output-dir many --report report 2>errors
    [ "$(grep -c . errors)" -eq 1 ]
    [[ $(<errors) =~ \`cdn-1-same\`.*,\ and\ ([0-9]+)\ more,\ which\ --report\ FILE\ lists$ ]]
    [ "$(grep -o ' as ' errors | wc -l)" -eq $((60 - BASH_REMATCH[1])) ]
    [ "$(wc -l <report)" -eq 60 ]
}

@test "a file that is there is left alone, or out, or replaced on request" {
    mkdir out
    echo mine >out/I1
    run -10 --separate-stderr dam get desk mem/image/I1 mem/image/I2 --output-dir out
    [ "$(cat out/I1)" = mine ]
    [ -s out/I2 ]
    [ "${stderr_lines[0]}" = "damsession: mem/image/I1: DAM_ERR_ARGUMENT: there is a file out/I1 already" ]
    [ "${stderr_lines[1]}" = "damsession: 1 of 2 did not come" ]
    [[ ${stderr_lines[2]} == "damsession: --continue leaves out "*"--replace fetches "* ]]
    [ "${#stderr_lines[@]}" -eq 3 ]
    local before
    before=$(sandbox state | jq .log.arrived)
    run -0 --separate-stderr dam get desk mem/image/I1 mem/image/I2 --output-dir out --continue
    [ "$(cat out/I1)" = mine ]
    [ "$(sandbox state | jq .log.arrived)" -eq "$before" ]
    run -0 --separate-stderr dam get desk mem/image/I1 mem/image/I2 --output-dir out --replace
    [ "$(jq -r .data.Image.image_id out/I1)" = I1 ]
    # A name that points elsewhere is one that is there.
    ln -s "$HOME/elsewhere" out/I3
    run -2 --separate-stderr dam get desk mem/image/I3 --output-dir out
    [ ! -e elsewhere ]
}

@test "two runs into one folder do not disturb each other" {
    sandbox faults '{"fault": "stall", "match": "I1/download"}' >/dev/null
    "$DAMSESSION" get desk 'mem/image/I1/download?size=300000' --output-dir out 9>&- &
    local first=$!
    until [ "$(stat -c %s out/download.part 2>/dev/null)" = 150000 ]; do sleep 0.1; done
    for flag in --replace --continue; do
        run -61 --separate-stderr dam get desk 'mem/image/I1/download?size=300000' --output-dir out "$flag"
        [[ $stderr == *"download.part is being written by another download"* ]]
    done
    [ "$(saved)" = "download.part download.part.json" ]
    kill "$first"
    wait "$first" || true
    run -0 dam get desk 'mem/image/I1/download?size=300000' --output-dir out --continue
    [ "$(saved)" = download ]
    [ "$(stat -c %s out/download)" -eq 300000 ]
}

@test "some came and some did not: exit 10, and a report to try again with" {
    sandbox faults '{"fault": "truncate", "match": "I2/download"}' >/dev/null
    run -10 --separate-stderr dam get desk 'mem/image/I1/download?size=1000' 'mem/image/I2/download?size=300000' \
        'mem/nothing?secret=1' 'a b' --output-dir out --report report
    [ "$(jq -r 'select(.exit_code != 0) | [.path, .status, .exit_code, .http_status] | join(" ")' report | sort)" = \
        $'a b DAM_ERR_ARGUMENT 2 0\nmem/image/I2/download?size=300000 DAM_ERR_TRANSFER 23 200\nmem/nothing?secret=1 HTTP 8 404' ]
    [ "$(jq -r 'select(.http_status == 404).error' report)" = "the server answered with HTTP status 404" ]
    [[ $stderr != *secret=1* && ${stderr_lines[-2]} == "damsession: 3 of 4 did not come" ]]
    [[ ${stderr_lines[-1]} == "damsession: write it percent-encoded, "* ]] # "a b".
    [ -z "$output" ]
    jq -r 'select(.exit_code == 23) | [.path, .file] | @tsv' report >again
    run -0 --separate-stderr dam get desk --list again --output-dir out --continue --report -
    [ -z "$output$stderr" ]
    [ "$(sandbox log | jq -r '.[-1].headers[] | select(.[0] == "Range")[1]')" = "bytes=150000-" ]
    cmp "out/$(cut -f 2 again)" <(dam get desk 'mem/image/I2/download?size=300000')
}

@test "what a script asks to be told of is no failure" {
    sandbox faults '{"fault": "status", "status": 304, "match": "I1"}' >/dev/null
    run -0 --separate-stderr dam get desk mem/image/I1 mem/image/I2 -H 'If-None-Match: "x"' --output-dir out
    [ "$(saved)" = I2 ]
    [ -z "$stderr" ]
}

@test "nothing came: the exit code of the first failure, and nobody is asked again and again" {
    run -8 --separate-stderr dam get desk mem/no mem/none --output-dir out
    sandbox expire '{}' >/dev/null
    seq -f 'mem/image/I%g' 30 >list
    run -40 --separate-stderr dam get desk --list list --jobs 1 --output-dir out --report report
    [ "${#stderr_lines[@]}" -le 3 ]
    [ "$(wc -l <report)" -eq 30 ]
    [ "$(jq -r .status report | sort -u)" = DAM_ERR_CREDENTIALS_NEEDED ]
    [ "$(jq -r .error report | grep -c '^not asked for: ')" -eq 29 ]
    dam config set desk url https://localhost:1
    run -20 --separate-stderr dam get desk --list list --jobs 1 --output-dir out --report report --password-command 'echo x'
    [ "$(jq -r .error report | grep -c '^not asked for: ')" -eq 25 ]
}

@test "a person who gives no password, or a wrong one, is asked once" {
    dam logout desk
    seq -f 'mem/image/I%g' 30 >list
    run -0 terminal answer= -- "$DAMSESSION" get desk --list list --jobs 10 --output-dir out
    [[ $output == *"30 of 30 did not come; 29 of them were not asked for"*"exit: 40" ]]
    [ "$(grep -c 'Password of' <<<"$output")" -eq 1 ]
    run -0 terminal answer=wrong -- "$DAMSESSION" get desk --list list --jobs 10 --output-dir out
    [[ $output == *"29 of them were not asked for"*"exit: 41" ]]
    count photoshelter.logins_refused 1
    run -0 terminal "answer=$ADA_PASSWORD" -- "$DAMSESSION" get desk --list list --jobs 10 --output-dir out
    [[ $output == *"30 of 30 came"*"exit: 0" ]]
    # The session ends while many are on their way.
    { echo mem/user/session && cat list; } >ending
    local wrong
    for wrong in "" mistaken; do
        sandbox faults '{"fault": "status", "status": 400, "match": "mem/image", "count": 10, "body":
            "{\"status\":\"error\",\"error\":{\"code\":400,\"class\":\"SessionRequiredErr\",\"message\":\"x\"}}"}' >/dev/null
        run -0 terminal "answer=$wrong" -- "$DAMSESSION" get desk --list ending --jobs 10 --output-dir "out-$wrong"
        [[ $output == *"of 31 did not come"*"exit: 10" ]]
        [ "$(grep -o 'Password of' <<<"$output" | wc -l)" -eq 1 ]
        sandbox reset '{}' >/dev/null
        dam logout desk
        dam login desk --password-stdin <<<"$ADA_PASSWORD"
    done
}

@test "what many paths do not go with" {
    run -2 --separate-stderr dam get desk
    [ "$stderr" = $'damsession: usage: damsession get NAME PATH...\ndamsession: names: desk' ]
    run -2 --separate-stderr dam get desk a b
    [[ $stderr == *"needs --output-dir DIR"* ]]
    run -2 --separate-stderr dam get desk --list list
    run -2 --separate-stderr dam get desk a --jobs 2
    run -2 --separate-stderr dam get desk a --report -
    run -2 --separate-stderr dam get desk a --output-dir out -o file
    run -2 --separate-stderr dam get desk a --output-dir out -i
    run -2 --separate-stderr dam get desk a --output-dir out --jobs 0
    run -2 --separate-stderr dam get desk a --output-dir out --jobs 101
    run -2 --separate-stderr dam get desk a --output-dir out --keep --replace
    run -2 --separate-stderr dam get desk --list - --output-dir out --password-stdin
    : >file
    run ! --separate-stderr dam get desk mem/image/I1 --output-dir file
    [ ! -e out ]
}

@test "a bar for all of them, with rate and time left, and a last word" {
    local small=('mem/image/I1/download?size=200' 'mem/image/I2/download?size=300')
    run -0 terminal -- "$DAMSESSION" get desk "${small[@]}" --output-dir out
    [[ $output == *"2 of 2 files, 500 B"*"damsession: 2 of 2 came, 500 B"*"exit: 0" ]]
    run -0 terminal -- "$DAMSESSION" get desk "${small[@]}" --output-dir out --continue
    [[ $output == *"damsession: 2 of 2 came; 2 of them were there before"*"exit: 0" ]]
    run -0 terminal -- "$DAMSESSION" get desk mem/image/I1 mem/image/I2 --output-dir other --no-progress
    [[ $output != *" files, "* ]]
    seq -f 'mem/image/I%g/download?size=1073741824' 3 >list
    run -0 terminal "interrupt-at= left" -- "$DAMSESSION" get desk --list list --output-dir large
    [[ $output == *"0 of 3 files, "*" MiB of 3.0 GiB, "*" MiB/s, "*:*" left"*"exit: 130" ]] # how long depends on the machine.
    [ -n "$(find large -name '*.part')" ]
    run -0 terminal "interrupt-at= left" -- "$DAMSESSION" get desk 'mem/image/I1/download?size=1073741824' -o file
    [[ $output == *" MiB of 1.0 GiB, "*" MiB/s, "*:*" left"*"exit: 130" ]]
}

@test "a folder for many files is made with those above it, and one that cannot be is told like a file" {
    login_photoshelter
    run -0 --separate-stderr dam get desk mem/image/I1 --output-dir a/b/c
    [ "$(find a/b/c -type f | wc -l)" -eq 1 ]
    : >file
    run -5 --separate-stderr dam get desk mem/image/I1 --output-dir file/b
    [[ $stderr == *"file/b"* ]]
}
