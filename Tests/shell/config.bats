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
    [[ $output == *"API key of $ADA at $PHOTOSHELTER: "*"exit: 0" && $output != *"$API_KEY"* ]]
    run -0 terminal "answer=$API_KEY" -- "$DAMSESSION" config set little api-key
    [[ $output == *$'\n'"API key: "*"exit: 0" || $output == "API key: "*"exit: 0" ]]
    run -0 --separate-stderr dam get desk mem/user/session
    local secret
    for secret in password encryption-secret; do
        run -2 --separate-stderr dam config set desk "$secret" hunter2
        [[ $stderr == *"refused"*"config set desk password-command COMMAND" && $stderr != *hunter2* ]]
        run -2 --separate-stderr dam config set desk "$secret"
        [[ $stderr == *"\`$secret\` is never remembered"*"password-command COMMAND" ]]
    done
}

@test "config get prints one value, and says so where there is none" {
    login_photoshelter --timeout 0
    run -0 --separate-stderr dam config get desk user
    [ "$output" = "$ADA" ]
    run -0 --separate-stderr dam config get desk user --json
    [ "$output" = "\"$ADA\"" ]
    [ "$(dam config get desk timeout)" = 0 ]
    [ "$(dam config get desk api-key)" = "********" ]
    DAMSESSION_USER=mallory run -0 --separate-stderr dam config get desk user
    [ "$output" = "$ADA" ]
    run -3 --separate-stderr dam config get desk ip
    [ "$output$stderr" = "damsession: \`ip\` is not remembered under desk" ]
    run -3 --separate-stderr dam config get nowhere user
    run -3 --separate-stderr dam config get Desk user
    [ "${stderr_lines[-1]}" = "damsession: did you mean desk?" ]
    run -2 --separate-stderr dam config get desk
    [ "$stderr" = "damsession: usage: damsession config get NAME OPTION" ]
    run -2 --separate-stderr dam config get desk usre
    [[ $stderr == *"did you mean \`user\`?" ]]
}

@test "a secret that stands in another's place is not repeated" {
    login_photoshelter
    local before words
    before=$(dam config show desk)
    for words in "set desk hunter2" "set desk Hunter2 x" "set hunter2 x" "set password hunter2" "set api-key hunter2" \
        "set timeout hunter2" "get desk hunter2" "unset desk hunter2" "hunter2 desk" "set desk hunter2=x"; do
        # shellcheck disable=SC2086
        run -2 --separate-stderr dam config $words
        [[ $output$stderr != *unter2* && $stderr != *"is new"* ]]
    done
    run -2 --separate-stderr dam config set password hunter2
    [[ $stderr == *"NAME is missing: damsession config set NAME password"*"password-command COMMAND" ]]
    run -2 --separate-stderr dam config set timeout 5
    [ "$stderr" = "damsession: NAME is missing: damsession config set NAME timeout VALUE" ]
    run -2 --separate-stderr dam options hunter2
    [[ $stderr != *hunter2* ]]
    [ "$(dam config show desk)" = "$before" ]
    [ "$(dam list | cut -f 1)" = desk ]
}

@test "an option as a flag is told how config takes it, and a value what it may be" {
    login_photoshelter
    run -2 --separate-stderr dam config set desk --idle-timeout hunter2
    [ "$stderr" = "damsession: option and value are words here: damsession config set NAME idle-timeout VALUE" ]
    run -2 --separate-stderr dam config set desk idle-timeout soon
    [ "${stderr_lines[-1]}" = "damsession: damsession options idle-timeout tells what it takes" ]
}

@test "a URL is remembered without the slash at its end, whoever has given it" {
    login_photoshelter
    dam config set desk url "$PHOTOSHELTER/"
    [ "$(dam config get desk url)" = "$PHOTOSHELTER" ]
    PHOTOSHELTER=$PHOTOSHELTER/ login_photoshelter
    [ "$(dam config get desk url)" = "$PHOTOSHELTER" ]
    DAMSESSION_URL=$FOTOWEB/ dam login web --system fotoweb --ca-file "$CA_FILE" --user "$KARE" --password-stdin \
        <<<"$KARE_PASSWORD"
    [ "$(dam config get web url)" = "$FOTOWEB" ]
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
