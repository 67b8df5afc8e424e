#!/usr/bin/env bats
# The API key and the command that gives one: which of them counts, and that a later choice takes an earlier one's place.
load helpers

setup() {
    clean_home
    clean_sandbox
    login_photoshelter
}

@test "a key that a login is given takes the place of a remembered command, and says so" {
    dam config set desk api-key-command 'exit 3'
    run -44 --separate-stderr dam get desk mem/user/session
    [[ ${stderr_lines[-1]} == *"\`api-key-command\` of desk gave no API key"*"damsession login desk --api-key-stdin"* ]]
    run -44 --separate-stderr dam login desk --api-key-stdin <<<wrong
    [[ $(dam config show desk) == *"api-key-command: exit 3"* ]] # which a key that is refused does not.
    run -0 --separate-stderr dam login desk --api-key-stdin <<<"$API_KEY"
    [[ $stderr == "damsession: the API key takes the place of \`api-key-command\`, which is no longer remembered under desk" ]]
    run -0 --separate-stderr dam get desk mem/user/session
    dam config set desk api-key-command 'exit 3'
    run -0 --separate-stderr dam login desk --api-key-fd 7 7<<<"$API_KEY"
    run -0 --separate-stderr dam get desk mem/user/session
    dam config set desk api-key-command 'exit 3'
    DAMSESSION_API_KEY=$API_KEY dam login desk
    run -3 --separate-stderr dam config get desk api-key-command
    run -0 --separate-stderr dam get desk mem/user/session
}

@test "config set: a key and its command take each other's place" {
    run -0 --separate-stderr dam config set desk api-key-command "echo $API_KEY"
    [ "$stderr" = "damsession: \`api-key-command\` takes the place of \`api-key\`, which is no longer remembered under desk" ]
    run -3 --separate-stderr dam config get desk api-key
    run -0 --separate-stderr dam get desk mem/user/session
    dam config set desk api-key-command false
    run -0 --separate-stderr dam config set desk api-key --api-key-stdin <<<"$API_KEY"
    [ "$stderr" = "damsession: \`api-key\` takes the place of \`api-key-command\`, which is no longer remembered under desk" ]
    run -0 --separate-stderr dam get desk mem/user/session
    dam config set desk api-key-command false
    run -0 terminal "answer=$API_KEY" -- "$DAMSESSION" config set desk api-key
    run -0 --separate-stderr dam get desk mem/user/session
}

@test "what is nearer counts: the command line, the environment, what is remembered" {
    dam config set desk api-key-command 'echo >>ran; echo wrong'
    DAMSESSION_API_KEY=$API_KEY run -0 --separate-stderr dam get desk mem/user/session
    DAMSESSION_API_KEY=$API_KEY DAMSESSION_API_KEY_COMMAND='echo >>ran' run -0 --separate-stderr dam get desk mem/user/session
    DAMSESSION_API_KEY_COMMAND="echo $API_KEY" run -0 --separate-stderr dam get desk mem/user/session
    [ ! -e ran ]
    DAMSESSION_API_KEY=wrong run -0 --separate-stderr dam get desk mem/user/session --api-key-command "echo $API_KEY"
    run -0 --separate-stderr dam get desk mem/user/session --api-key-stdin --api-key-command 'echo >>ran' <<<"$API_KEY"
    [ ! -e ran ]
    run -44 --separate-stderr dam get desk mem/user/session
    [ -e ran ]
}

@test "a login with key and command of the environment remembers the one that it has used" {
    dam forget desk
    photoshelter_environment
    DAMSESSION_API_KEY_COMMAND=false DAMSESSION_PASSWORD=$ADA_PASSWORD dam login desk
    run -3 --separate-stderr dam config get desk api-key-command
    unset "${!DAMSESSION_@}"
    run -0 --separate-stderr dam get desk mem/user/session
}
