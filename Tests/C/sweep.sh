#!/bin/sh
# sweep.sh HEADER OUTPUT - whether the sweep over bad input, by what it printed, left nothing of the header out.
#
# Wanted: every function; every pointer parameter NULL in some call (but `user_data`, which is the application's own business);
# every function with an `err` refused once with it and once without; the name of every status. No list is made by hand:
# functions and statuses come from the header.
set -eu
here=$(dirname "$0")
functions=$(awk -v want=functions -f "$here/header.awk" "$1")
statuses=$(awk -v want=statuses -f "$here/header.awk" "$1")
{
    printf '%s\n' "$functions" | sed 's/^/function	/'
    printf '%s\n' "$statuses" | sed 's/^/status	/'
    sed 's/^/line	/' "$2"
} | awk -F '\t' '
    $1 == "function" { parameters[$2] = $3; next }
    $1 == "status" { statuses[$2]; next }
    match($2, /dam_[a-z_]+\(/) {
        called = substr($2, RSTART, RLENGTH - 1)
        seen[called]
        text = substr($2, RSTART + RLENGTH)
        if (text ~ /^DAM_/) named[called, substr(text, 1, index(text, ")") - 1)]
        sub(/\)( -> .*)?$/, "", text)
        count = split(text, given, /, */)
        for (i = 1; i <= count; i++) if (given[i] == "NULL") null[called, i]
        if ($2 ~ /^ok refused: /) refused[called]
    }
    function miss(what) { print "the sweep misses " what; missing = 1 }
    END {
        for (name in parameters) {
            if (!(name in seen)) miss(name)
            count = split(parameters[name], wanted, /, */)
            for (i = 1; i <= count; i++) {
                if (wanted[i] ~ /dam_error \*err$/) {
                    if (!(name in refused)) miss(name " without err")
                } else if (wanted[i] !~ /void \*user_data$/ && wanted[i] ~ /\*|_callback /)
                    if (!((name, i) in null)) miss(name " with NULL for" " " wanted[i])
            }
            functions++
        }
        for (status in statuses) {
            if (!(("dam_status_name", status) in named)) miss("dam_status_name(" status ")")
            if (!(("dam_status_text", status) in named)) miss("dam_status_text(" status ")")
        }
        if (!functions) miss("the header")
        if (!missing) print "ok the sweep has all " functions " functions, their pointers and every status"
        exit missing
    }'
