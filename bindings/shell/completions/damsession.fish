# damsession.fish - completion for fish.
#
# The program itself is asked for commands, flags, options, their values, remembered names and stored sessions, so that
# nothing here can be out of date. Options that are secrets are not offered: the program refuses them on a command line.

# The words before the one that is completed, without the program and the flags.
function __damsession_words
    string match --invert -- '-*' (commandline -opc)[2..]
end

function __damsession_command
    set -l words (__damsession_words)
    echo $words[1]
end

# The first words of the lines below such a line, with their meaning.
function __damsession_below
    damsession help 2>/dev/null | awk -F '  +' -v title=$argv[1] '
        $0 == title { on = 1; next }
        $0 == "" { on = 0 }
        on { split($2, word, " "); print word[1] "\t" $NF }'
end

# The flags that the command takes, and the options if it takes those.
function __damsession_flags
    set -l page (damsession help (__damsession_command) 2>/dev/null)
    printf '%s\n' $page | awk -F '  +' '/^(options|example)/ { exit }
        /^  / && match($0, /--[a-z-]+/) { print substr($0, RSTART, RLENGTH) "\t" $NF }'
    if string match --quiet -- '*damsession options*' $page
        damsession options 2>/dev/null | awk -F '  +' '$2 != "secret" { print "--" $1 "\t" $NF }'
    end
end

# What this word may be, as the command's page names it: remembered names, keys of stored sessions, options, the values
# of one, or words parted by "|".
function __damsession_names
    set -l words (__damsession_words)
    set -l usage (damsession help $words[1] 2>/dev/null)[1]
    set -l word (printf '%s\n' $usage | awk -v at=(math (count $words) + 3) '{
        sub(/ \[(--OPTION|FLAG).*/, ""); gsub(/[][]/, ""); print $at }')
    switch $word
        case NAME
            damsession list 2>/dev/null | cut -f 1
        case KEY
            damsession sessions 2>/dev/null | cut -f 1
        case OPTION
            damsession options --json 2>/dev/null | awk -F '"' -v command=$words[1] '
                command != "config" || /"remembered":true/ { print $4 }'
        case VALUE
            __damsession_choices --$words[-1]
        case 'COMMAND|*' # which has lines of its own below.
        case '*|*'
            string split '|' $word
    end
end

# The values of an option that has a choice.
function __damsession_choices
    set -l option $argv[1]
    damsession options 2>/dev/null | awk -v option=$option '"--" $1 == option {
        count = split($2 == "boolean" ? "yes|no" : $2, values, "|")
        for (at = 1; count > 1 && at <= count; at++) print values[at] }'
end

# The values of the option that the last word is.
function __damsession_values
    __damsession_choices (commandline -opc)[-1]
end

function __damsession_takes_path
    set -l option (commandline -opc)[-1]
    contains -- $option -o --output --output-dir --list --report --ticket --body
    or damsession options 2>/dev/null | awk -v option=$option '"--" $1 == option && $2 == "path" { found = 1 }
        END { exit !found }'
end

complete -c damsession -f
complete -c damsession -n 'test -z (__damsession_command)' -a '(__damsession_below commands:)'
complete -c damsession -n 'test (__damsession_command) = help' -a '(__damsession_below commands:)'
complete -c damsession -n 'test (__damsession_command) = help' -a '(__damsession_below "pages of the manual:")'
complete -c damsession -n 'test -n (__damsession_command)' -a '(__damsession_names)'
complete -c damsession -n 'string match --quiet -- "-*" (commandline -ct)' -a '(__damsession_flags)'
complete -c damsession -a '(__damsession_values)'
complete -c damsession -n __damsession_takes_path -F
