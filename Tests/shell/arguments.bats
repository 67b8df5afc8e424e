#!/usr/bin/env bats
# What the wrapper says about itself, and what it refuses before anything is sent. No server is needed.
load helpers

setup() {
    clean_home
}

@test "without a command it says how it is used" {
    run -2 --separate-stderr dam
    [ -z "$output" ]
    [[ $stderr == "damsession: usage: "* ]]
}

@test "an unknown command, flag or option is a usage error that names the nearest, and no value" {
    run -2 --separate-stderr dam frobnicate
    [ "$stderr" = "damsession: there is no command \`frobnicate\`; see \`damsession help\`" ]
    run -2 --separate-stderr dam lgoin desk
    [ "$stderr" = "damsession: there is no command \`lgoin\`; did you mean \`login\`?" ]
    run -2 --separate-stderr dam help sesions
    [[ $stderr == *"did you mean \`sessions\`?" ]]
    for word in trubleshooting trouble; do
        run -2 --separate-stderr dam help "$word"
        [ "$stderr" = "damsession: there is no command or page \`$word\`; did you mean \`troubleshooting\`?" ]
    done
    run -2 --separate-stderr dam help coming
    [[ $stderr == *"did you mean \`coming-from\`?" ]]
    run -2 --separate-stderr dam get desk x -q
    [ "$stderr" = "damsession: -q is not known; see \`damsession help\`" ]
    run -2 --separate-stderr dam get desk x --usr hunter2
    [ "$stderr" = "damsession: --usr is not known; did you mean --user?" ]
    run -2 --separate-stderr dam get desk x --output-file=hunter2
    [[ $stderr == *"--output-file is not known"* && $stderr != *hunter2* ]]
    run -2 --separate-stderr dam get desk x --contineu
    [[ $stderr == *"did you mean --continue?" ]]
    run -2 --separate-stderr dam list --jsn
    [[ $stderr == *"did you mean --json?" ]]
    run -2 --separate-stderr dam get desk x --jsonn
    [[ $stderr != *"--json?"* ]]
    run -2 --separate-stderr dam login desk --pasword hunter2
    [[ ${stderr_lines[0]} == *"did you mean --password?" && ${stderr_lines[1]} == *"--password is refused"* ]]
    [[ $stderr != *hunter2* ]]
    run -2 --separate-stderr dam "$(printf 'x%.0s' {1..5000})"
}

@test "a missing or superfluous word is a usage error that repeats no argument" {
    run -2 --separate-stderr dam get desk
    [[ ${stderr_lines[0]} == "damsession: usage: damsession get NAME PATH..." ]]
    run -2 --separate-stderr dam login desk hunter2
    [ "$stderr" = "damsession: usage: damsession login NAME" ]
}

@test "a NAME that is missing is said to be, with the usage and the names that there are" {
    local words
    for words in get "get mem/hunter2" "get /mem/hunter2 /mem/other" "post /mem/hunter2" status "request POST/ x y" \
        "get --list hunter2 --output-dir out"; do
        # shellcheck disable=SC2086
        run -2 --separate-stderr dam $words
        [[ ${stderr_lines[0]} == "damsession: NAME is missing"* ]]
        [[ ${stderr_lines[1]} == "damsession: usage: damsession ${words%% *} NAME"* ]]
        [[ ${stderr_lines[2]} == "damsession: names: none yet; \`damsession login NAME\` makes one" ]]
        [[ $stderr != *hunter2* ]]
    done
    mkdir -p "$XDG_CONFIG_HOME/damsession"
    for words in desk web; do echo '{}' >"$XDG_CONFIG_HOME/damsession/$words.json"; done
    run -2 --separate-stderr dam get mem/user/session
    [ "${stderr_lines[2]}" = "damsession: names: desk, web" ]
    run -2 --separate-stderr dam get session
    [ "$stderr" = $'damsession: usage: damsession get NAME PATH...\ndamsession: names: desk, web' ]
    run -2 --separate-stderr dam config show
    [ "${stderr_lines[-1]}" = "damsession: names: desk, web" ]
    for words in {1..300}; do echo '{}' >"$XDG_CONFIG_HOME/damsession/name$words.json"; done
    run -2 --separate-stderr dam status
    [[ ${stderr_lines[-1]} == "damsession: names: desk, name1, name10, "*", ..." ]]
}

@test "a flag that a command does not take is a usage error" {
    local flag
    run -2 --separate-stderr dam get desk x --json
    [[ $stderr == *"\`get\` does not take --json"* ]]
    run -2 --separate-stderr dam list --user ada
    for flag in "--data y" "-d y" "--data-urlencode a=y" "--form a=y"; do
        # shellcheck disable=SC2086
        run -2 --separate-stderr dam get desk x $flag
        [[ $stderr == *"does not take --"*"--query NAME=VALUE adds to the query; \`damsession post\`"* ]]
    done
    run -2 --separate-stderr dam status desk --data y
    [[ $stderr != *--query* ]]
    run -2 --separate-stderr dam status desk --again
    run -2 --separate-stderr dam list --explain
    run -2 --separate-stderr dam sessions --user ada
    [[ $stderr == *"\`sessions\` does not take --user"* ]]
    run -2 --separate-stderr dam remove 1 --password-stdin
}

@test "flag values are checked" {
    run -2 --separate-stderr dam get desk x --user
    run -2 --separate-stderr dam get desk x --include=yes
    run -2 --separate-stderr dam get desk x --header nocolon
    run -2 --separate-stderr dam get desk x --header ': nameless'
    run -2 --separate-stderr dam get desk x --password-fd 77
    run -2 --separate-stderr dam get desk x --password-fd one
    run -2 --separate-stderr dam bind web 1 --generation -1
    run -2 --separate-stderr dam get desk x --output-dir out --jobs many
    [ "$stderr" = "damsession: --jobs takes a number from 1 to 100" ]
    run -2 --separate-stderr dam bind web 1 --generation 18446744073709551616
    run -2 --separate-stderr dam post desk x --data @- --password-stdin
    run -2 --separate-stderr dam post desk x --form nosign
    run -2 --separate-stderr dam post desk x --form =nameless
    run -2 --separate-stderr dam post desk x --form a=b --data c
    run -2 --separate-stderr dam post desk x --form a=b --content-type text/plain
    run -2 --separate-stderr dam post desk x --form a=@-
    run -2 --separate-stderr dam get desk x --form a=b
    run -2 --separate-stderr dam get desk x --continue
    run -2 --separate-stderr dam get desk x --keep -o -
    run -2 --separate-stderr dam get desk x --observe
    run -2 --separate-stderr dam get desk x --ticket file
    run -2 --separate-stderr dam header desk --body file
    run -2 --separate-stderr dam observe
    run -2 --separate-stderr dam observe desk --ticket
}

@test "an option that has one value is not given twice" {
    run -2 --separate-stderr dam get desk x -o a -o b
    [ "$stderr" = "damsession: --output is given twice, and has one value" ]
    run -2 --separate-stderr dam post desk x --content-type a --content-type=b
    [[ $stderr == *"--content-type is given twice"* ]]
    run -2 --separate-stderr dam get desk x --user ada --user=hunter2
    [ "$stderr" = "damsession: --user is given twice, and has one value" ]
    run -2 --separate-stderr dam get desk x --password-stdin --password-fd 7 7</dev/null
    [[ $stderr == *"not from both"* ]]
    run -2 --separate-stderr dam post desk x -d @- -d @-
    [[ $stderr == *"standard input can be read once"* ]]
    # These may be.
    run -3 --separate-stderr dam get nowhere x -vv -v -i -i -H 'A: 1' -H 'A: 2'
}

@test "an option's bad value is refused by the library" {
    run -2 --separate-stderr dam get - x --system lightroom
    [[ $stderr == *'DAM_ERR_OPTION: "system" takes'* ]]
    DAMSESSION_TIMEOUT=soon run -2 --separate-stderr dam get - x
    [[ $stderr == *timeout* ]]
}

@test "a name that is not remembered, and one that cannot be" {
    run -3 --separate-stderr dam get nowhere x
    [[ $stderr == *DAM_ERR_NOT_FOUND* ]]
    run -2 --separate-stderr dam login ../desk --system photoshelter
    run -3 --separate-stderr dam forget nowhere
}

@test "a message is written at once, so that those of several programs do not mix" {
    # A pipe of packets: each read gives what one write gave.
    # shellcheck disable=SC2016
    "$PYTHON" - "$DAMSESSION" <<'END'
import os, subprocess, sys
end, other = os.pipe2(os.O_DIRECT | os.O_CLOEXEC)
subprocess.run([sys.argv[1], "frobnicate"], stderr=other)
os.close(other)
line = os.read(end, 65536)
assert line.startswith(b"damsession: ") and line.endswith(b"\n"), line
END
}

@test "a flag of curl that is none here is told what to do in its place" {
    local flag words
    for flag in -X -u -k -s -S -f -L -C -G -O -b -c -T -m -x -I -A; do
        run -2 --separate-stderr dam get desk x "$flag"
        [[ $stderr == "damsession: $flag is curl's; here: "* && ${#stderr_lines[@]} -eq 1 ]]
        grep -qE -- "^\|[^|]*\`[^|]*${flag}[ \`]" "$ROOT/bindings/pages/coming-from.md"
    done
    while read -r flag words; do
        run -2 --separate-stderr dam get desk x "$flag" hunter2
        [[ $stderr == "damsession: $flag is curl's; here: "*"$words"* && $stderr != *hunter2* ]]
        run -2 --separate-stderr dam get desk x "$flag=hunter2"
        [[ $stderr == *"$words"* && $stderr != *hunter2* ]]
    done <<'END'
--location redirects are followed without it
--cookie the session keeps its cookies by itself
--cookie-jar the session keeps its cookies by itself
--insecure --ca-file FILE
--cacert --ca-file FILE
--fail exit code 8
--silent --no-progress
--compressed the body comes as it is
--retry --retries N
--max-time --timeout SECONDS
--request damsession request NAME METHOD PATH
--head damsession request NAME HEAD PATH
--upload-file damsession put NAME PATH --data @FILE
--data-binary --data @FILE
--continue-at --output FILE --continue
--url-query --query NAME=VALUE
--user-agent -H 'User-Agent: NAME'
--max-redirs --redirects N
--write-out --include
END
    # What it points to is here.
    dam options | awk '{ print "--" $1 }' >known
    dam help | grep -oE -- '--[a-z-]+' >>known
    grep -oE '^[^*]*' "$ROOT/bindings/shell/curl.c" | sed -n '/^static/,$p' | grep -oE -- '--[a-z-]+' | sort -u >told
    [ "$(wc -l <told)" -gt 15 ]
    run ! grep -vxFf known told
}

@test "a word is near only if it is spelled nearly so, or is its beginning" {
    local wrong near
    while read -r wrong near; do
        run -2 --separate-stderr dam get desk x "--$wrong" y
        [ "$stderr" = "damsession: --$wrong is not known; did you mean --$near?" ]
    done <<'END'
organisation organization
authentification authentication
conect-timout connect-timeout
time timeout
outptu output
END
    for wrong in relocation fields station dictate limit q verbatim; do
        run -2 --separate-stderr dam get desk x "--$wrong" y
        [ "$stderr" = "damsession: --$wrong is not known; see \`damsession help get\`" ]
    done
}

@test "a name in the place of the command, and a command in capitals" {
    mkdir -p "$XDG_CONFIG_HOME/damsession"
    echo '{}' >"$XDG_CONFIG_HOME/damsession/s1.json"
    run -2 --separate-stderr dam s1 get x
    [[ $stderr == *"it is a name, which comes after the command: damsession get s1 PATH" ]]
    run -2 --separate-stderr dam GET s1 x
    [[ $stderr == *"did you mean \`get\`?" ]]
    run -3 --separate-stderr dam get S1 x
    [[ ${stderr_lines[-1]} == *"did you mean s1? run: damsession list"* ]]
    run ! --separate-stderr dam remove s1
    [[ ${stderr_lines[-1]} == *"damsession forget s1"* ]]
}

@test "no flag of the wrapper hides an option of the library" {
    dam options | awk '{ print "--" $1 }' | sort >in-table
    dam help | grep -oE '^  .{4}--[a-z-]+' | grep -oE -- '--.*' | sort >in-help
    [ -s in-help ]
    [ -z "$(comm -12 in-table in-help)" ]
}

@test "version tells those of wrapper and library" {
    run -0 --separate-stderr dam version
    [[ $output =~ ^damsession\ [0-9.]+\ \(library\ [0-9.]+\)$ ]]
    run -0 --separate-stderr dam version --json
    [ "$(jq -r 'keys | join(" ")' <<<"$output")" = "library wrapper" ]
    local words=$output
    run -0 --separate-stderr dam --version
    [ "$output" = "$(dam -V)" ]
    [ -n "$words" ]
}

@test "nothing is remembered at first" {
    run -0 --separate-stderr dam list
    [ -z "$output" ]
    run -0 --separate-stderr dam list --json
    [ "$output" = "[]" ]
}

@test "standard output that cannot be written is an error" {
    run -5 --separate-stderr bash -c '"$1" version >/dev/full' - "$DAMSESSION"
    [[ $stderr == *"standard output"* ]]
    run -5 --separate-stderr bash -c '"$1" version >&-' - "$DAMSESSION"
}

@test "bash completes commands, flags, options, values and names from the program" {
    # shellcheck source=/dev/null
    source "$ROOT/bindings/shell/completions/damsession.bash"
    offers() { # offers EXPECTED WORD...: what completing the last WORD gives.
        local expected=$1
        shift
        COMP_WORDS=(damsession "$@") COMP_CWORD=$#
        _damsession "$DAMSESSION"
        [ "${COMPREPLY[*]}" = "$expected" ]
    }
    offers organizations org
    offers "photoshelter fotoweb fotoware" get desk --system ""
    offers "fotoweb fotoware" get desk --system = f
    offers "--password-stdin --password-fd --password-command" get desk --pass
    offers "--help --json" list --
    offers delete help del
    offers "--help --verbose --json --store" sessions --
    offers "--explain" keepalive --e
    offers "--continue --connect-timeout" get desk x --con
    touch picture
    offers @picture post desk x -d @pic
    offers @picture post desk x --data-urlencode @pic
    offers picture get desk --list pic
    offers @picture post desk x --form file = @pic
    mkdir -p "$XDG_CONFIG_HOME/damsession"
    echo '{"system": "fotoweb"}' >"$XDG_CONFIG_HOME/damsession/web.json"
    offers web tokens ""
    offers "" remove ""
    offers "timeout" options time
    offers "show get set unset" config ""
    offers web config show ""
    offers "connect-timeout" config set web con
    offers "password-command" config set web pass
    offers "api-key api-key-command api-key-in" config set web api-k
    offers "" config set web enc
    offers "photoshelter fotoweb fotoware" config set web system ""
    offers "yes no" config set web allow-loopback-http ""
    offers "" config set web timeout ""
    offers @picture post desk x -F file = @pic
    [ "$(complete -p damsession)" = "complete -F _damsession damsession" ]
}
