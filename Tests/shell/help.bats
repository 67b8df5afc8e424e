#!/usr/bin/env bats
# help and options: commands, pages, exit codes and options, as program, manual page and source tree have them.
load helpers

setup() {
    clean_home
}

@test "help names every command and exit code, and so does the manual page" {
    run -0 --separate-stderr dam help
    local command flag
    awk '$0 == "commands:" { on = 1; next } $0 == "" { on = 0 } on { print $1 }' <<<"$output" >in-help
    awk '/^\.SH/ { on = $0 == ".SH COMMANDS" } on && after { print $2 } { after = /^\.T[PQ]/ }' \
        "$ROOT/bindings/shell/damsession.1" >in-manual
    [ "$(wc -l <in-help)" -gt 20 ]
    diff in-help in-manual
    while read -r command; do
        run -0 --separate-stderr dam help "$command"
        [[ ${lines[0]} == "usage: damsession $command"* ]]
        [[ $output == *$'\n\nexample:\n  damsession '"$command"* ]]
        run -0 --separate-stderr dam "$command" --help
    done <in-help
    run -0 --separate-stderr dam login --help
    [[ $output == *"options ("*"--system photoshelter|fotoweb|fotoware "*"--url URL "*"--user TEXT "*"--authentication WORD "*"--api-key-command TEXT "*"--ca-file PATH "* ]]
    run -0 --separate-stderr dam help
    sed 's/\\-/-/g' "$ROOT/bindings/shell/damsession.1" >manual
    while read -r flag; do
        grep -qe "$flag" manual
    done < <(grep -oE '^  .{4}--[a-z-]+' <<<"$output" | grep -oE -- '--.*')
    sed -n '/^exit codes:/,$s/^  \([0-9][0-9]*\) .*/\1/p' <<<"$output" >in-help
    awk '/^\.SH/ { on = $0 == ".SH EXIT STATUS" } on && after { print $1 } { after = /^\.TP/ }' \
        "$ROOT/bindings/shell/damsession.1" >in-manual
    [ "$(wc -l <in-help)" -gt 20 ]
    diff in-help in-manual
}

@test "options lists the library's table in four ways" {
    run -0 --separate-stderr dam options
    [[ ${lines[0]} == system* ]]
    local rows=${#lines[@]}
    run -0 --separate-stderr dam options --json
    [ "$(jq length <<<"$output")" -eq "$rows" ]
    [ "$(jq -r '.[] | select(.name == "connect-timeout").environment' <<<"$output")" = DAMSESSION_CONNECT_TIMEOUT ]
    [ "$(jq -c '.[] | select(.name == "api-key") | [.secret, .remembered]' <<<"$output")" = '[true,true]' ]
    [ "$(jq -c '.[] | select(.name == "rotation").choices' <<<"$output")" = '["serialize","newest"]' ]
    run -0 --separate-stderr dam options --markdown
    [ "${#lines[@]}" -eq $((rows + 2)) ]
    [[ $output == *'| `rotation` | `serialize`, `newest` | `serialize` |'* ]]
    run ! grep -vE '^\|.*\|.*\|.*\|.*\|$' <<<"$output"
}

@test "help has every page of the manual, for a terminal" {
    local page name
    for page in "$ROOT"/bindings/pages/*.md; do
        name=${page##*/}
        run -0 dam help "${name%.md}"
        printf '%s\n' "$output" >shown
        [ "$(head -1 shown)" = "$(head -1 "$page")" ]
        # Code is as it stands, and indented; nothing else is wider than a terminal or has Markdown's signs.
        sed -n '/^```/,/^```/{/^```/d;s/^./    &/;p}' "$page" | grep . >code || true
        grep -Fxf code shown | cmp - code
        grep -vFxf code shown >prose
        run ! grep -nE '.{81}|\]\(|^```|^\||^<!--|\*\*' prose
        # And no word is lost: those of tables and links, too. Heads of columns are repeated, hence `sort -u`.
        sed -e '/^```/,/^```/d' -e '/^<!--/d' -e 's/\]([^)]*)/]/g' "$page" | grep -oE '[[:alnum:]]+' | sort -u >words
        grep -oE '[[:alnum:]]+' prose | sort -u >there
        [ "$(wc -l <words)" -gt 20 ]
        [ -z "$(comm -23 words there)" ]
    done
    dam help | awk '$0 == "pages of the manual:" { on = 1; next } $0 == "" { on = 0 } on { print $1 ".md" }' >in-help
    diff in-help <(cd "$ROOT/bindings/pages" && printf '%s\n' *)
}

@test "a link of a page is what to type, or where a file is" {
    local command
    dam help security | tr '\n' ' ' >shown
    grep -qF '(`damsession help reference`)' shown
    dam help troubleshooting | tr '\n' ' ' | grep -qF 'authentication (`damsession help choosing`)'
    dam help installing | tr '\n' ' ' | grep -qF 'the header (include/damsession.h)'
    while read -r command; do
        run -0 --separate-stderr dam help "$command"
    done < <(sed -nE 's/.*\]\(([a-z-]+)\.md.*/\1/p' "$ROOT"/bindings/pages/*.md | sort -u)
    # A table that fits has columns, one that does not is a list.
    [[ $(dam help coming-from) == *$'\n`curl -T FILE URL`\n    `damsession put desk PATH -d @FILE`\n'* ]]
}

@test "help explains every exit code and every status, by number or name" {
    local code
    while read -r code; do
        run -0 --separate-stderr dam help "$code"
        [[ ${lines[0]} =~ ^\ \ $code\ +[a-zD] ]]
    done < <(sed -n '/^exit codes:/,$s/^  \([0-9][0-9]*\) .*/\1/p' <(dam help))
    while read -r code; do
        run -0 --separate-stderr dam help "$code"
        [ "$output" = "$(dam help troubleshooting | awk -v title="### $code" '/^#/ { on = $0 == title } on')" ]
        [[ $output == *"### $code"*"Python: "* ]]
    done < <(sed -n 's/^### //p' "$ROOT/bindings/pages/troubleshooting.md")
    [[ $(dam help 44) == *DAM_ERR_API_KEY_REFUSED:*"### DAM_ERR_API_KEY_REFUSED"*"Check \`api-key\`"* ]]
    [[ $(dam help 44) != *DAM_ERR_TOKEN_LIMIT* ]]
    [[ $(dam help 2) == *"### DAM_ERR_ARGUMENT"*"### DAM_ERR_OPTION"* ]]
    [[ $(dam help 6) == *"### DAM_ERR_INTERNAL"* ]]
    # An exit code comes before a status of the same number that ends with another.
    [[ $(dam help 1) == *"### DAM_ERR_INTERNAL"* && $(dam help 1) != *ARGUMENT* ]]
    [[ $(dam help 5) != *"###"* ]]
    for code in 5 8 9 10 11 12; do
        dam help "$code" >about
        [ "$(wc -l <about)" -eq 3 ] # what it means, and what to do.
    done
    [ "$(dam help tls)" = "$(dam help DAM_ERR_TLS)" ]
    run -2 --separate-stderr dam help DAM_ERR_TSL
    [[ $stderr == *"did you mean \`DAM_ERR_TLS\`?" ]]
    run -2 --separate-stderr dam help 99
    [[ $stderr == *"there is no exit code \`99\`"* ]]
    for code in DAM_ERR_ DAM_ERR_T 300 4294967340 ""; do
        run -2 --separate-stderr dam help "$code"
    done
}

@test "help and options tell all of one option" {
    local word
    run -0 --separate-stderr dam options ca-file
    [[ $output == "ca-file"*"values: path"*"command line: --ca-file VALUE"*"environment: DAMSESSION_CA_FILE"*"remembered: yes" ]]
    for word in ca-file timeout system; do
        [ "$(dam help "$word")" = "$(dam options "$word")" ]
    done
    [[ $(dam options password) == *"refused, it is a secret"*"--password-stdin"*"remembered: no" ]]
    [ "$(dam options timeout --json | jq -r '.[].name')" = timeout ]
    [ "$(dam options timeout --markdown | wc -l)" -eq 3 ]
    run -2 --separate-stderr dam options tiemout
    [[ $stderr == *"did you mean \`timeout\`?" ]]
    run -2 --separate-stderr dam help ca-fiel
    [[ $stderr == *"did you mean \`ca-file\`?" ]]
}

@test "help explains every flag, by name or letter, and which commands take it" {
    local flag word
    while read -r flag; do
        [[ $flag != --help && $flag != --version ]] || continue
        run -0 --separate-stderr dam help "$flag"
        [[ $output == *"$flag"*$'\n\n'[a-zO]*$'\n\ncommands: '[a-z]* ]]
    done < <(dam help | grep -oE '^  .{4}--[a-z-]+' | grep -oE -- '--.*')
    [ "$(dam help -d)" = "$(dam help --data)" ]
    [ "$(dam help query)" = "$(dam help --query=NAME)" ]
    [ "$(dam help --query | tail -1)" = "commands: get, post, put, delete, request" ]
    [[ $(dam help --json) == $'--json\n'*"status"*$'\n\n--json TEXT'*"commands: post, put, request" ]]
    [ "$(dam help --timeout)" = "$(dam help timeout)" ]
    [[ $(dam help timeout) == *$'\ncommands: login, get, '* && $(dam help timeout) != *sessions* ]]
    [[ $(dam help --store) == *$'\ncommands: '*"sessions, remove"* ]]
    run -2 --separate-stderr dam help --location
    [[ $stderr == *"redirects are followed without it"* ]]
    run -2 --separate-stderr dam help --jbos
    [[ $stderr == *"did you mean --jobs?" ]]
    run -2 --separate-stderr dam help querry
    [[ $stderr == *"did you mean \`query\`?" ]]
    [ "$(dam help --help)" = "$(dam help -h)" ]
    for word in -- -; do run ! --separate-stderr dam help "$word" get get; done
}

@test "help explains every variable of the environment" {
    local variable
    while read -r variable; do
        run -0 --separate-stderr dam help "$variable"
        [[ $output == *$'\nenvironment: '"$variable"$'\n'* ]]
    done < <(dam options --json | jq -r '.[].environment')
    for variable in DAMSESSION_LIBRARY DAMSESSION_SANDBOX DAMSESSION_SANDBOX_PID; do
        DAMSESSION_LIBRARY=hunter2 run -0 --separate-stderr dam help "$variable"
        [[ ${lines[0]} == "$variable" && ${#lines[1]} -gt 20 && $output != *hunter2* ]]
    done
    run -2 --separate-stderr dam help DAMSESSION_TIMEUOT
    [ "$stderr" = "damsession: there is no variable \`DAMSESSION_TIMEUOT\`; did you mean \`DAMSESSION_TIMEOUT\`?" ]
    for variable in DAMSESSION_ DAMSESSION_timeout DAMSESSION_CONNECT-TIMEOUT "DAMSESSION_$(printf 'x%.0s' {1..500})"; do
        run -2 --separate-stderr dam help "$variable"
    done
}
