#!/usr/bin/env bats
# The line after an error goes by what was given: where a refused secret came from, which option is wrong, whether a
# request may be sent again.
load helpers

setup() {
    clean_home
    clean_sandbox
}

# advises EXIT HINT COMMAND...: the line after the error has the hint, and no secret.
advises() {
    local code=$1 hint=$2
    shift 2
    run "-$code" --separate-stderr dam "$@"
    [[ $stderr == *$'\ndamsession: '*"$hint"* && $stderr != *hunter2* ]] || {
        echo "$stderr" >&2
        return 1
    }
}

@test "a refused password: where it came from" {
    login_photoshelter
    dam logout desk
    echo hunter2 >wrong
    advises 41 "the password came from standard input: correct it there" get desk x --password-stdin <wrong
    advises 41 "the password came from --password-fd 7" get desk x --password-fd 7 7<wrong
    advises 41 "the password came from --password-command" get desk x --password-command 'cat wrong'
    DAMSESSION_PASSWORD=hunter2 advises 41 "the password came from DAMSESSION_PASSWORD" get desk x
    DAMSESSION_PASSWORD_COMMAND='cat wrong' advises 41 "came from DAMSESSION_PASSWORD_COMMAND" get desk x
    mkdir credentials
    echo hunter2 >credentials/password
    CREDENTIALS_DIRECTORY=$PWD/credentials advises 41 "came from the file $PWD/credentials/password" get desk x
    dam config set desk password-command 'cat wrong'
    advises 41 "the password came from \`password-command\` of desk" login desk
    dam config unset desk password-command
    run -0 terminal answer=hunter2 -- "$DAMSESSION" get desk x
    [[ $output == *"run: damsession login desk, with the right password"*"exit: 41" && $output != *"came from"* ]]
    local web=(--system fotoweb --url "$FOTOWEB" --ca-file "$CA_FILE" --user "$KARE" --authentication login-token)
    DAMSESSION_ENCRYPTION_SECRET=hunter2 run ! --separate-stderr dam get - Information "${web[@]}"
    [[ $stderr != *hunter2* ]]
}

@test "a refused API key: where it came from, and the order of two secrets on standard input" {
    login_photoshelter
    DAMSESSION_API_KEY=hunter2 advises 44 "the API key came from DAMSESSION_API_KEY: correct it there" get desk x
    advises 44 "the API key came from standard input: correct it there" get desk x --api-key-stdin <<<hunter2
    advises 44 "the API key came from --api-key-command" get desk x --api-key-command 'echo hunter2'
    dam config set desk api-key --api-key-stdin <<<hunter2
    advises 44 "the API key came from \`api-key\` of desk; run: damsession login desk --api-key-stdin" get desk x
    dam config set desk api-key-command 'echo hunter2'
    advises 44 "the API key came from \`api-key-command\` of desk" get desk x
    API_KEY=hunter2 run -44 --separate-stderr login_photoshelter
    [[ $stderr == *"came from the first line of standard input, whose second is the password"* ]]
    dam logout desk --api-key-stdin <<<"$API_KEY"
    ADA_PASSWORD=hunter2 run -41 --separate-stderr login_photoshelter
    [[ $stderr == *"came from the second line of standard input, whose first is the API key"* ]]
}

@test "a command that gives no secret is named, and where it is" {
    login_photoshelter
    dam logout desk
    advises 40 "--password-command gave no password" get desk x --password-command false
    DAMSESSION_PASSWORD_COMMAND=false advises 40 "DAMSESSION_PASSWORD_COMMAND gave no password" get desk x
    dam config set desk password-command false
    advises 40 "\`password-command\` of desk gave no password" get desk x
    [[ $stderr == *"damsession config unset desk password-command" ]]
    advises 44 "--api-key-command gave no API key" get desk x --api-key-command false
    DAMSESSION_API_KEY_COMMAND=false advises 44 "DAMSESSION_API_KEY_COMMAND gave no API key" get desk x
}

@test "an option with a bad value is named, and one that is missing is asked for elsewhere" {
    login_photoshelter
    advises 2 "correct --timeout; damsession options timeout tells" get desk x --timeout soon
    DAMSESSION_TIMEOUT=soon advises 2 "correct DAMSESSION_TIMEOUT, or unset it; damsession options timeout tells" get desk x
    [[ $stderr != *"damsession login"* ]]
    advises 2 "correct --authentication; damsession options authentication tells" get desk x --authentication query
    DAMSESSION_AUTHENTICATION=query advises 2 "correct DAMSESSION_AUTHENTICATION, or unset it" get desk x
    dam config set desk authentication query
    advises 2 "run: damsession config set desk authentication VALUE" get desk x
    advises 2 "correct --timeout" get desk x --timeout soon
    echo '{"colour": "green"}' >"$XDG_CONFIG_HOME/damsession/bad.json"
    advises 2 "damsession forget bad" get bad x
    advises 2 "run: damsession login new, at a terminal, for what is missing" login new
}

@test "another account than the name's: how to move the name" {
    login_photoshelter
    dam config set desk password-command false
    advises 2 "run: damsession config set desk url URL" get desk x --url "$FOTOWEB"
    advises 40 "run: damsession config set desk user USER" get desk x --user solo@example.com
    advises 2 "run: damsession config set desk system SYSTEM" login desk --system fotoweb
}

@test "where no name is saved, doctor gets the same options" {
    advises 20 "damsession doctor - with the same options" get - x --system fotoweb --url https://localhost:1 --user ada \
        --password-command 'echo x'
    advises 40 "damsession login -, at a terminal" get - x --system fotoweb --url "$FOTOWEB" --user ada
    [[ $stderr == *"; give it the same options" ]]
    login_photoshelter
    advises 21 "damsession doctor desk with the same options" get desk x --ca-file /etc/ssl/certs/ca-certificates.crt
    advises 43 "damsession organizations - with the same options" login new --system photoshelter --url "$PHOTOSHELTER" \
        --ca-file "$CA_FILE" --user "$ADA" --organization O0NOPE --api-key-fd 7 --password-fd 8 7<<<"$API_KEY" \
        8<<<"$ADA_PASSWORD"
}

@test "a broken transfer: only what may be sent again is said to be" {
    login_photoshelter --authentication token
    sandbox faults '{"fault": "truncate", "match": "mem/image"}' >/dev/null
    advises 23 "run it again; --output FILE --continue goes on" get desk mem/image/I1/download
    local words
    for words in "post desk mem/gallery/G1 -d x" "put desk mem/gallery/G1 -d x --once" "request desk PATCH mem/gallery/G1" \
        "get desk mem/gallery/G1 --once" "delete desk mem/gallery/G1 --once"; do
        sandbox faults '{"fault": "drop-after-processing", "match": "gallery"}' >/dev/null
        # shellcheck disable=SC2086
        advises 23 "the server may have acted on it" $words
        [[ $stderr != *"run it again;"* && $stderr != *--continue* && $stderr != *--retries* ]]
    done
    advises 22 "the server may have acted on it" post desk 'mem/slow?seconds=20' -d x --timeout 1
    advises 22 "give it longer" get desk 'mem/slow?seconds=20' --timeout 1
}

@test "plain http: the URL as it should be, where it was given" {
    advises 26 "write it with https: --url https://example.com" get - x --system fotoweb --url http://example.com --user a
    DAMSESSION_URL=http://example.com advises 26 "DAMSESSION_URL=https://example.com" get - x --system fotoweb --user a
    dam config set web system fotoweb
    dam config set web user a
    dam config set web url http://example.com
    advises 26 "run: damsession config set web url https://example.com" get web x
}

@test "CREDENTIALS_DIRECTORY that does not give what is missing is mentioned" {
    photoshelter_environment
    mkdir credentials
    CREDENTIALS_DIRECTORY=$PWD/none advises 40 "CREDENTIALS_DIRECTORY: there is no folder $PWD/none" get - x
    CREDENTIALS_DIRECTORY=credentials advises 40 "\`credentials\` is no absolute path" get - x
    CREDENTIALS_DIRECTORY=$PWD/credentials advises 40 "there is no file $PWD/credentials/password" get - x
    unset DAMSESSION_API_KEY
    CREDENTIALS_DIRECTORY=$PWD/credentials advises 2 "there is no file $PWD/credentials/api-key" get - x
    run -2 --separate-stderr dam get - x
    [[ $stderr != *CREDENTIALS_DIRECTORY* ]]
}
