# damsession.bash - completion for bash.
#
# The program itself is asked for commands, flags, options, their values, remembered names and stored sessions, so that
# nothing here can be out of date. Options that are secrets are not offered: the program refuses them on a command line.
# shellcheck shell=bash

# The commands; with "pages" behind the program, the pages of the manual, too.
_damsession_commands() {
    "$1" help 2>/dev/null | awk -v pages="${2:-}" '
        $0 == "commands:" || (pages != "" && $0 == "pages of the manual:") { on = 1; next }
        $0 == "" { on = 0 }
        on { print $1 }'
}

# The flags that command $2 takes, and the options if it takes those.
_damsession_flags() {
    local page
    page=$("$1" help "$2" 2>/dev/null) || return 0
    awk '/^(options|example)/ { exit } /^  / && match($0, /--[a-z-]+/) { print substr($0, RSTART, RLENGTH) }' <<<"$page"
    [[ $page != *"damsession options"* ]] || "$1" options 2>/dev/null | awk '$2 != "secret" { print "--" $1 }'
}

# The values of option $2: words parted by "|", or the kind of value it takes.
_damsession_values() {
    "$1" options 2>/dev/null | awk -v option="$2" '"--" $1 == option { print $2 == "boolean" ? "yes|no" : $2 }'
}

# What word number $3 after command $2, behind $4, may be, as the command's page names it: remembered names, keys of
# stored sessions, options, the values of one, or words parted by "|".
_damsession_words() {
    local usage word
    usage=$("$1" help "$2" 2>/dev/null | awk 'NR == 1') || return 0
    word=$(awk -v at="$((${3:-1} + 3))" '{ sub(/ \[(--OPTION|FLAG).*/, ""); gsub(/[][]/, ""); print $at }' <<<"$usage")
    case $word in
    NAME) "$1" list 2>/dev/null | cut -f 1 ;;
    KEY) "$1" sessions 2>/dev/null | cut -f 1 ;;
    OPTION) _damsession_options "$1" "$2" ;;
    VALUE) _damsession_values "$1" "--$4" | grep -F '|' | tr '|' '\n' ;;
    *"|"*) tr '|' '\n' <<<"$word" ;;
    esac
}

# All options; to `config`, those that are remembered.
_damsession_options() {
    "$1" options --json 2>/dev/null | awk -F '"' -v command="$2" '
        command != "config" || /"remembered":true/ { print $4 }'
}

# Those lines of standard input that begin with the word.
_damsession_offer() {
    local line
    while IFS= read -r line; do
        [[ $line != "$1"* ]] || COMPREPLY+=("$line")
    done
}

_damsession() {
    local program=$1 word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} part="" command="" at values
    COMPREPLY=()
    # Bash takes --system=fotoweb apart at the "=".
    if [[ $word == "=" ]]; then
        word=""
    elif [[ $before == "=" ]]; then
        before=${COMP_WORDS[COMP_CWORD - 2]}
        ((COMP_CWORD < 4)) || part=${COMP_WORDS[COMP_CWORD - 3]} # -F NAME=@FILE.
    fi
    for ((at = 1; at < COMP_CWORD; at++)); do
        [[ ${COMP_WORDS[at]} == -* ]] || break
    done
    ((at == COMP_CWORD)) || command=${COMP_WORDS[at]}

    values=$(_damsession_values "$program" "$before")
    if [[ $before =~ ^(-o|--output|--output-dir|--list|--report|--ticket|--body)$ || $values == path ]]; then
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
        compopt -o filenames 2>/dev/null || true # in a test there is no completion under way.
    elif [[ ($before =~ ^(-d|--data|--data-urlencode|--json)$ || $part =~ ^(-F|--form)$) && $word == @* ]]; then
        mapfile -t COMPREPLY < <(compgen -f -P @ -- "${word#@}")
    elif [[ $values == *"|"* ]]; then
        _damsession_offer "$word" <<<"${values//|/$'\n'}"
    elif [[ -n $values ]]; then
        return 0
    elif [[ -z $command ]]; then
        _damsession_offer "$word" < <(_damsession_commands "$program")
    elif [[ $before == help ]]; then
        _damsession_offer "$word" < <(_damsession_commands "$program" pages)
    elif [[ $word == -* ]]; then
        _damsession_offer "$word" < <(_damsession_flags "$program" "$command")
    else
        _damsession_offer "$word" < <(_damsession_words "$program" "$command" "$((COMP_CWORD - at))" "$before")
    fi
}

complete -F _damsession damsession
