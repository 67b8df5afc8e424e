#!/usr/bin/env bats
# What a request says of itself: JSON and its headers, the type of a body, and headers that are not the caller's.
load helpers

setup() {
    clean_home
    clean_sandbox
    login_photoshelter --authentication token
}

# A header of the last request; every value of it.
sent() {
    sandbox log | jq -r --arg name "$1" '.[-1].headers[] | select(.[0] | ascii_downcase == $name)[1]'
}

# The body that the sandbox has seen.
echoed() {
    jq -r '.data // . | .. | .body? // empty' <<<"$output"
}

@test "--json sends JSON and asks for it, as curl does" {
    local text='{"name": "Größe & =1%"}'
    run -0 --separate-stderr dam post desk echo --json "$text"
    [ "$(jq -r .data.form.name <<<"$output")" = 'Größe & =1%' ]
    [ "$(sent content-type)" = application/json ]
    [ "$(sent accept)" = application/json ]
    curl -sS --cacert "$CA_FILE" -H @- "$PHOTOSHELTER/psapi/v3/echo" --json "$text" <<<"$(dam header desk)" >/dev/null
    [ "$(sent content-type) $(sent accept)" = "application/json application/json" ]
    echo '[1' >file
    run -0 --separate-stderr dam put desk echo --json @file --json ', 2' --json=@- <<<']'
    [ "$(echoed | jq -c .)" = '[1,2]' ]
    run -0 --separate-stderr dam request desk patch echo --json '{}' --content-type application/merge-patch+json \
        -H 'accept: text/plain'
    [ "$(sent content-type) $(sent accept)" = "application/merge-patch+json text/plain" ]
}

@test "--json goes with no other body, and prints JSON where there is none to send" {
    local words
    for words in "--data a" "--data-urlencode a=b" "--form a=b"; do
        # shellcheck disable=SC2086
        run -2 --separate-stderr dam post desk echo --json {} $words
        [ "$stderr" = "damsession: --json is the whole body, and goes with neither --data nor --form" ]
    done
    run -2 --separate-stderr dam post desk echo --json
    [ "$stderr" = "damsession: --json needs a value" ]
    run -2 --separate-stderr dam post desk echo --json @- --password-stdin
    [[ $stderr == *"standard input can be read once"* ]]
    run -5 --separate-stderr dam post desk echo --json @nowhere
    run -2 --separate-stderr dam status desk --json=x
    [ "$stderr" = "damsession: --json takes no value" ]
    run -0 --separate-stderr dam status --json desk
    [ "$(jq -r .system <<<"$output")" = photoshelter ]
}

@test "a Content-Type given as a header is the type of the body" {
    run -0 --separate-stderr dam post desk echo -H 'content-type: text/plain' -d hello
    [ "$(sent content-type)" = text/plain ]
    [ "$(echoed)" = hello ]
    run -2 --separate-stderr dam post desk echo -H 'Content-Type: a/b' --content-type a/c -d hello
    [[ $stderr == *"--content-type is given twice"* ]]
    run -2 --separate-stderr dam get desk echo -H 'Content-Type: a/b'
    [[ $stderr == *"\`get\` does not take --content-type"*"it sends no body"* ]]
    run -2 --separate-stderr dam post desk echo -H 'Content-Type: a/b' -F a=b
    [[ $stderr == *"--form makes the body and its type"* ]]
}

@test "a header that is not the caller's is refused with what to do in its place" {
    local header words
    while read -r header words; do
        run -2 --separate-stderr dam get desk echo -H "$header: hunter2"
        [[ ${stderr_lines[0]} == "damsession: DAM_ERR_ARGUMENT: the header $header "* ]]
        [[ ${stderr_lines[1]} == "damsession: leave it out: "*"$words"* && $stderr != *hunter2* ]]
        [ "${#stderr_lines[@]}" -eq 2 ]
    done <<'END'
Cookie damsession login desk, with --user
X-PS-Api-Key --api-key-stdin
x-ps-auth-token damsession login desk
Host --url URL
Content-Length (--data, --json, --form)
Transfer-Encoding it follows from the body
Connection and from the connection
END
}
