#!/usr/bin/env bats
# One cause, one exit code, whichever command meets it: those of the table that `damsession help` prints.
load helpers

setup() {
    clean_home
    clean_sandbox
    photoshelter_environment
    : >empty
    printf 'HTTP/1.1 200 OK\r\n\r\n' >head
}

# Every command line that asks the server for something as NAME, "$1".
asking() {
    cat <<END
get $1 mem/user/session
get $1 mem/user/session -o file
get $1 mem/image/I1 mem/image/I2 --output-dir out
post $1 mem/gallery/G1 -d name=x
put $1 mem/gallery/G1 -d name=x
delete $1 mem/gallery/G1
request $1 GET mem/user/session
organizations $1
token $1 --authentication token
header $1
keepalive $1
login $1
doctor $1 --log-in
END
}

# Every command line that opens what is remembered under NAME, "$1", beside these.
opening() {
    cat <<END
observe $1
status $1
logout $1
forget $1
bind $1 ID
resolve $1 HANDLE
stale $1 HANDLE
tokens $1
consent export $1 sealed --passphrase-fd 7
consent import $1 head --passphrase-fd 7
config show $1
config get $1 user
config unset $1 user
END
}

# Runs each line of standard input, which has to end with $1.
all_end_with() {
    local line code wrong=0
    while read -r line; do
        code=0
        # shellcheck disable=SC2086
        dam $line <head >output 2>&1 7<empty || code=$?
        [ "$code" -eq "$1" ] || { echo "$code, not $1: damsession $line" && cat output && wrong=1; } >&2
    done
    return "$wrong"
}

@test "a wrong command line is 2" {
    { asking - && opening - && printf '%s\n' sessions 'remove KEY' list options version help; } | sed 's/$/ --no-such-flag/' |
        all_end_with 2
    { asking - && opening -; } | cut -d ' ' -f 1 | sort -u | grep -v doctor | all_end_with 2
    all_end_with 2 <<<$'frobnicate\n'
}

@test "a name that is not remembered is 3" {
    # But for login, which makes one.
    { asking nowhere && opening nowhere && echo remove 0000; } | grep -v ^login | all_end_with 3
}

@test "a server that cannot be reached is 20" {
    export DAMSESSION_URL=https://localhost:1 DAMSESSION_PASSWORD=x
    asking - | all_end_with 20
}

@test "a certificate that is not trusted is 21" {
    unset DAMSESSION_CA_FILE
    export DAMSESSION_PASSWORD=$ADA_PASSWORD
    asking - | all_end_with 21
}

@test "no password is 40, and a wrong one is 41" {
    asking - | all_end_with 40
    export DAMSESSION_PASSWORD=wrong
    asking - | all_end_with 41
}

@test "a file that cannot be read or written is 5, and a store is 60" {
    DAMSESSION_PASSWORD=$ADA_PASSWORD dam login -
    all_end_with 5 <<END
get - mem/image/I1 -o nowhere/file
get - mem/image/I1 -o empty/file
get - mem/image/I1 -o .
get - mem/image/I1 --output-dir empty/out
get - mem/image/I1 --output-dir out --report nowhere/report
get - --list nowhere --output-dir out
post - echo -d @nowhere
post - echo --json @nowhere
post - echo -F a=@nowhere
post - echo -F a=@.
header - --ticket nowhere/ticket
observe - --ticket nowhere
consent import - nowhere --passphrase-fd 7
END
    # A file may be called like any word of what is said about the store.
    export DAMSESSION_SYSTEM=fotoweb DAMSESSION_URL=$FOTOWEB DAMSESSION_USER=$KARE DAMSESSION_PASSWORD=$KARE_PASSWORD
    printf 'get - Information -o %s\n' t the store s | DAMSESSION_STORE=$HOME/empty all_end_with 60
    printf 'get - Information --output-dir o\n' | DAMSESSION_STORE=$HOME/empty all_end_with 60
    photoshelter_environment
    # Others could write there.
    mkdir -m 777 open
    chmod 777 open
    export DAMSESSION_STORE=$HOME/open
    { asking - && opening - && echo sessions; } | grep -vE '^(config|observe)' | all_end_with 60
}
