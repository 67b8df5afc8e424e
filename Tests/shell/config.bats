#!/usr/bin/env bats
# config and list: what is remembered under a name, shown and changed without a login.
load helpers

setup() {
    clean_home
    clean_sandbox
}

@test "config show prints what is remembered, and stars for a secret" {
    login_photoshelter --timeout 0
    run -0 --separate-stderr dam config show desk
    [ "$output" = "system: photoshelter
url: $PHOTOSHELTER
user: $ADA
api-key: ********
ca-file: $CA_FILE
timeout: 0" ]
    run -0 --separate-stderr dam config show desk --json
    [ "$(jq -r '.["api-key"], .system, .user, length' <<<"$output" | xargs)" = "******** photoshelter $ADA 6" ]
    DAMSESSION_USER=mallory run -0 --separate-stderr dam config show desk --json
    [ "$(jq -r .user <<<"$output")" = "$ADA" ]
    # A text that looks like a member is none.
    dam config unset desk api-key
    dam config set desk password-command 'echo "api-key": x'
    run -0 --separate-stderr dam config show desk
    [[ $output == *'password-command: echo "api-key": x'* && $output != *"********"* ]]
    run -3 --separate-stderr dam config show nowhere
    [[ $output$stderr != *"$API_KEY"* ]]
}

@test "config set and unset change one option, and the next command goes by it" {
    login_photoshelter
    run -0 --separate-stderr dam config set desk user solo@example.com
    [ -z "$output$stderr" ]
    [ "$(dam status desk --json | jq -r .user)" = solo@example.com ]
    [ "$(dam status desk --json | jq .logged_in)" = false ]
    dam config set desk user "$ADA"
    run -0 --separate-stderr dam get desk mem/user/session
    dam config set desk timeout 60
    run -0 --separate-stderr dam config unset desk timeout
    [[ $(dam config show desk) != *timeout* ]]
    count photoshelter.logins_ok 1
    [ "$(stat -c %a "$XDG_CONFIG_HOME/damsession/desk.json")" = 600 ]
}

@test "config set makes a new name, and says so" {
    run -0 --separate-stderr dam config set new system fotoweb
    [[ $stderr == *"the name is new"*"damsession login new"* ]]
    [ "$(dam list)" = $'new\tfotoweb\t-\t-' ]
    run -3 --separate-stderr dam config unset other system
}

@test "a secret comes from a descriptor or a person, never from the command line" {
    login_photoshelter
    run -2 --separate-stderr dam config set desk api-key hunter2
    [[ $stderr == *"refused"*"--api-key-stdin"*"config set desk api-key-command COMMAND" && $stderr != *hunter2* ]]
    [[ $stderr != *"--api-key-command"* && $stderr != *DAMSESSION_API_KEY* ]] # `config set` takes neither.
    run -2 --separate-stderr dam config set desk api-key
    [[ $stderr == *"--api-key-stdin"* ]]
    run -0 --separate-stderr dam config set desk api-key --api-key-stdin <<<wrong
    run -44 --separate-stderr dam get desk mem/user/session
    run -0 terminal "answer=$API_KEY" -- "$DAMSESSION" config set desk api-key
    [[ $output == *"api-key: "*"exit: 0" && $output != *"$API_KEY"* ]]
    run -0 --separate-stderr dam get desk mem/user/session
    local secret
    for secret in password encryption-secret; do
        run -2 --separate-stderr dam config set desk "$secret" hunter2
        [[ $stderr == *"refused"*"config set desk password-command COMMAND" && $stderr != *hunter2* ]]
        run -2 --separate-stderr dam config set desk "$secret"
        [[ $stderr == *"\`$secret\` is never remembered"*"password-command COMMAND" ]]
    done
}

@test "config refuses what it does not know" {
    login_photoshelter
    run -2 --separate-stderr dam config shwo desk
    [[ $stderr == *"did you mean \`show\`?" ]]
    run -2 --separate-stderr dam config set desk tiemout 5
    [[ $stderr == *"no option \`tiemout\`; did you mean \`timeout\`?" ]]
    run -2 --separate-stderr dam config unset desk ouptut
    [[ $stderr != *output* ]] # which is a flag.
    run -2 --separate-stderr dam config set desk timeout soon
    [[ $stderr == *DAM_ERR_OPTION* ]]
    run -2 --separate-stderr dam config set desk timeout
    run -2 --separate-stderr dam config show desk user
    run -2 --separate-stderr dam config show desk --timeout 5
    run -2 --separate-stderr dam config show ../desk
    run -2 --separate-stderr dam config show -
    [[ $stderr == *"stands for nothing remembered; \`damsession list\`"* ]]
}

@test "option and value are two words, and what is behind an = is not repeated" {
    login_photoshelter
    run -2 --separate-stderr dam config set desk timeout=hunter2
    [[ $stderr == *"two words"*"damsession config set desk timeout VALUE" && $stderr != *hunter2* ]]
    run -2 --separate-stderr dam config set desk tiemout=hunter2
    [[ $stderr == *"did you mean \`timeout\`?" && $stderr != *hunter2* ]]
    run -2 --separate-stderr dam config set desk api-key=hunter2
    [[ $stderr == *"refused"*"--api-key-stdin"* && $stderr != *hunter2* ]]
    run -2 --separate-stderr dam config unset desk timeout=hunter2
    [[ $stderr == *"damsession config unset desk timeout" && $stderr != *hunter2* ]]
    run -2 --separate-stderr dam config set desk frobnicated=hunter2
    [[ $stderr == *"damsession options"* && $stderr != *hunter2* ]]
}

@test "config unset of what is not remembered says so" {
    login_photoshelter
    local before
    before=$(dam config show desk)
    run -0 --separate-stderr dam config unset desk ip
    [ "$stderr" = "damsession: \`ip\` is not remembered under desk; nothing is changed" ]
    [ "$(dam config show desk)" = "$before" ]
    run -0 --separate-stderr dam config unset desk api-key
    [ -z "$stderr" ]
}

@test "list names system and user, also beside a file that cannot be read" {
    login_photoshelter
    login_fotoweb
    echo nonsense >"$XDG_CONFIG_HOME/damsession/broken.json"
    run -0 --separate-stderr dam list
    [ "${lines[0]}" = $'broken\t-\t-\t-' ]
    [ "${lines[2]}" = $'web\tfotoweb\t'"$KARE"$'\t'"$FOTOWEB" ]
    [[ $stderr == "damsession: broken: "*"is not JSON"* ]]
    run -0 --separate-stderr dam list --json
    [ "$(jq -c '.[0]' <<<"$output")" = '{"name":"broken","system":"","user":"","url":""}' ]
}
