# header.awk - what damsession.h declares: `awk -v want=functions|structs|statuses -f header.awk damsession.h`.
#
# functions: "name<TAB>parameter, parameter". structs: the names of those with a body. statuses: the DAM_OK and DAM_ERR_
# constants. It is strict: a declaration that it cannot read is an error (exit 2), never a function that nobody checks.

{
    sub(/\r$/, "")
    if (is_directive || $0 ~ /^#/) is_directive = $0 ~ /\\$/ # a directive ends where no backslash does.
    else text = text " " $0
}

function trimmed(s) { gsub(/[ \t]+/, " ", s); sub(/^ /, "", s); sub(/ $/, "", s); return s }

function fail(piece) { print "header.awk: cannot read: " piece > "/dev/stderr"; failed = 1; exit 2 }

function read_body(head, body,   count, words, i) {
    if (want == "statuses" && head ~ /^typedef enum dam_status$/) {
        count = split(body, words, ",")
        for (i = 1; i <= count; i++)
            if (match(words[i], /DAM_[A-Z_]+/)) print substr(words[i], RSTART, RLENGTH)
    }
    if (head ~ /^typedef struct /) {
        sub(/^typedef struct /, "", head)
        if (want == "structs") print head
    } else if (head !~ /^typedef enum dam_[a-z_]+$/) fail(head " {")
}

function read_declaration(piece,   open) {
    if (piece == "" || piece ~ /^typedef struct (dam_[a-z]+) (dam_[a-z]+)$/) return
    if (piece ~ /^typedef [a-z0-9_]+ \(\*dam_[a-z_]+_callback\)\(.*\)$/) return
    if (piece !~ /^(dam_status |void |u?int32_t |const char \*)dam_[a-z_]+\(.+\)$/) fail(piece)
    open = index(piece, "(")
    if (want == "functions") {
        name = substr(piece, 1, open - 1)
        sub(/^.*[ *]/, "", name)
        print name "\t" substr(piece, open + 1, length(piece) - open - 1)
    }
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
}
