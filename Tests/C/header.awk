# header.awk - what damsession.h declares: `awk -v want=functions|structs|statuses|program -f header.awk damsession.h`.
#
# functions: "name<TAB>parameter, parameter". structs: the names of those with a body. statuses: the DAM_OK and DAM_ERR_
# constants. program: a C program that prints the ABI (abi.sh). It is strict: a declaration that it cannot read is an error
# (exit 2), never a function that nobody checks.

{
    sub(/\r$/, "")
    if ($0 ~ /^#define DAM_[A-Z_]+ / && $2 !~ /_INIT$|^DAM_VERSION/) print_number($2)
    if (is_directive || $0 ~ /^#/) is_directive = $0 ~ /\\$/ # a directive ends where no backslash does.
    else text = text " " $0
}

function trimmed(s) { gsub(/[ \t]+/, " ", s); sub(/^ /, "", s); sub(/ $/, "", s); return s }

function fail(piece) { print "header.awk: cannot read: " piece > "/dev/stderr"; failed = 1; exit 2 }

function print_number(name) { say("printf(\"" name " %lld\\n\", (long long)" name ");") }

function say(statement) { if (want == "program") statements = statements "    " statement "\n" }

# Of a parameter or a result: its type.
function type_of(declared) { sub(/[a-z_]+$/, "", declared); return trimmed(declared) }

function types_of(parameters,   count, each, i, all) {
    if (parameters == "void") return ""
    count = split(parameters, each, /, */)
    for (i = 1; i <= count; i++) all = all (i > 1 ? ", " : "") type_of(each[i])
    return all
}

# A function, a callback, or a function that a struct holds.
function print_signature(name, result, parameters) { say("puts(\"" name "(" types_of(parameters) ") " trimmed(result) "\");") }

function read_enum(head, body,   count, words, i) {
    count = split(body, words, ",")
    for (i = 1; i <= count; i++) {
        if (!match(words[i], /DAM_[A-Z_]+/)) fail(head " {" words[i])
        if (want == "statuses" && head ~ / dam_status$/) print substr(words[i], RSTART, RLENGTH)
        print_number(substr(words[i], RSTART, RLENGTH))
    }
}

function read_struct(name, body,   count, fields, field, i) {
    if (want == "structs") print name
    say("printf(\"" name " %zu\\n\", sizeof(" name "));")
    count = split(body, fields, ";")
    for (i = 1; i < count; i++) {
        field = trimmed(fields[i])
        if (match(field, /\(\*[a-z_]+\)\(/)) {
            print_signature(name "." substr(field, RSTART + 2, RLENGTH - 4), substr(field, 1, RSTART - 1),
                substr(field, RSTART + RLENGTH, length(field) - RSTART - RLENGTH))
            field = substr(field, RSTART + 2, RLENGTH - 4)
        } else {
            sub(/\[[0-9]+\]$/, "", field)
            sub(/^.*[ *]/, "", field)
        }
        say("printf(\"" name "." field " %zu %zu\\n\", offsetof(" name ", " field "), sizeof(((" name " *)0)->" field "));")
    }
}

function read_body(head, body) {
    if (head ~ /^typedef struct dam_[a-z_]+$/) {
        sub(/^typedef struct /, "", head)
        read_struct(head, body)
    } else if (head ~ /^typedef enum dam_[a-z_]+$/) read_enum(head, body)
    else fail(head " {")
}

function read_declaration(piece,   open, name) {
    if (piece == "" || piece ~ /^typedef struct (dam_[a-z]+) (dam_[a-z]+)$/) return
    if (piece ~ /^typedef [a-z0-9_]+ \(\*dam_[a-z_]+_callback\)\(.*\)$/) {
        open = index(piece, ")(")
        name = substr(piece, index(piece, "(*") + 2, open - index(piece, "(*") - 2)
        print_signature(name, substr(piece, 9, index(piece, "(*") - 9), substr(piece, open + 2, length(piece) - open - 2))
        return
    }
    if (piece !~ /^(dam_status |void |u?int32_t |const char \*)dam_[a-z_]+\(.+\)$/) fail(piece)
    open = index(piece, "(")
    name = substr(piece, 1, open - 1)
    sub(/^.*[ *]/, "", name)
    if (want == "functions") print name "\t" substr(piece, open + 1, length(piece) - open - 1)
    print_signature(name, substr(piece, 1, open - 1 - length(name)), substr(piece, open + 1, length(piece) - open - 1))
}

END {
    if (failed) exit 2
    while (start = index(text, "/*")) {
        stop = index(substr(text, start + 2), "*/")
        if (!stop) fail("a comment without an end")
        text = substr(text, 1, start - 1) " " substr(text, start + 2 + stop + 1)
    }
    sub(/extern "C" \{/, "", text) # its brace's end is the last one.
    while (match(text, /[;{}]/)) {
        piece = trimmed(substr(text, 1, RSTART - 1))
        mark = substr(text, RSTART, 1)
        text = substr(text, RSTART + 1)
        if (mark == "{") {
            stop = index(text, "}")
            read_body(piece, substr(text, 1, stop - 1))
            text = substr(text, stop + 1)
            if (!match(text, /^ *dam_[a-z_]+;/)) fail(piece " { without a name behind it")
            text = substr(text, RLENGTH + 1)
        } else if (mark == "}") {
            if (trimmed(text) != "" || piece != "") fail("} " text)
        } else read_declaration(piece)
    }
    if (trimmed(text) != "") fail(text)
    if (want == "program")
        print "#include <damsession.h>\n\n#include <stdio.h>\n\nint main(void)\n{\n" statements "    return 0;\n}"
}
