#!/usr/bin/env bats
# What asking for a secret may not do: wait for the wrong end, leave a terminal without echo, leave a core dump.
load helpers

setup() {
    clean_home
    clean_sandbox
    photoshelter_environment
    echo "$ADA_PASSWORD" >password
}

teardown() {
    [ ! -e leftover ] || kill "$(<leftover)" || true
}

# Until a process has ended, whoever reaps it.
await_end() {
    while [[ $(ps -o stat= -p "$1") == [^Z]* ]]; do :; done
}

@test "a password command is over when it has ended, whoever holds its output" {
    # An agent that the command starts, and that lives on with its standard output; the rest is what bats waits for.
    run -0 timeout 20 setsid --wait "$DAMSESSION" login - \
        --password-command 'sleep 300 2>/dev/null 3>&- 9>&- & echo $! >leftover; cat password'
    kill -0 "$(<leftover)"
    kill "$(<leftover)"
    dam forget -
    # The same where the password has no line end.
    run -0 timeout 20 setsid --wait "$DAMSESSION" login - \
        --password-command 'sleep 300 2>/dev/null 3>&- 9>&- & echo $! >leftover; tr -d "\n" <password'
    kill -0 "$(<leftover)"
    count photoshelter.logins_ok 2
}

@test "a password command that closes its output first is still waited for" {
    run -40 --separate-stderr dam login - --password-command 'cat password; exec >&-; exit 3'
    [[ $stderr == *"failed with exit status 3"* ]]
    count photoshelter.requests 0
}

@test "a password command that does not end is given up in time" {
    run -40 --separate-stderr timeout 30 setsid --wait "$DAMSESSION" login - --lock-timeout 0 \
        --password-command 'echo $$ >leftover; exec sleep 300'
    [[ $stderr == *"has printed no line within 5 seconds"* ]]
    await_end "$(<leftover)"
    run -40 --separate-stderr timeout 30 setsid --wait "$DAMSESSION" login - \
        --password-command 'echo $$ >leftover; cat password; exec sleep 300'
    [[ $stderr == *"has printed a line, but does not end"* ]]
    await_end "$(<leftover)"
    rm leftover
    count photoshelter.requests 0
}

@test "whatever signal ends the wrapper at the prompt, the echo comes back first" {
    local name number
    # Those of a time limit (timeout -s, ulimit -t, alarm), of people, and of real-time programs.
    for name in HUP INT QUIT ABRT USR1 SEGV USR2 PIPE ALRM TERM XCPU XFSZ VTALRM PROF IO PWR SYS 34 64; do
        number=$([[ $name == [0-9]* ]] && echo "$name" || kill -l "$name")
        run -0 terminal "signal=$name" -- "$DAMSESSION" login -
        [[ $output == *"echo at the question: off"*"echo at the end: on"*"exit: $((128 + number))" ]]
    done
    count photoshelter.requests 0
}

@test "a signal that the wrapper was started to ignore does not end the question" {
    run -0 terminal signal=USR1 "still=$ADA_PASSWORD" -- env --ignore-signal=USR1 "$DAMSESSION" login -
    [[ $output == *"echo at the end: on"*"exit: 0" ]]
    count photoshelter.logins_ok 1
}

@test "the wrapper leaves no core dump, and does not trust the environment of a stranger" {
    "${CC:-cc}" -shared -fPIC -I "$ROOT/include" "$BATS_TEST_DIRNAME/dumpable.c" -o dumpable.so
    LD_PRELOAD=$HOME/dumpable.so run -0 "$DAMSESSION" version
    [[ $output == *"never dumped"* ]]
    nm -D --undefined-only "$DAMSESSION" >needed
    grep -qw secure_getenv needed
    run -1 grep -w getenv needed
}
