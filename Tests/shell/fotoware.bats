#!/usr/bin/env bats
# What the command says of a session that a person has consented to, and that renews itself (FotoWare).
load helpers

setup() {
    clean_home
    clean_sandbox
}

# Logs ada in and remembers her as "desk"; more arguments are the wrapper's. Her browser does what a person would.
login_fotoware() {
    local browser="page=\$(grep -o '$FOTOWARE/fotoweb/oauth2/authorize?[^[:space:]]*') && curl -sS --cacert '$CA_FILE' \\
-o page -w '%{redirect_url}' --data \"\${page#*\\?}&decision=allow&user=ada\" \"\${page%%\\?*}\""
    run -0 terminal "through=$browser" -- "$DAMSESSION" login desk --system fotoware --url "$FOTOWARE" \
        --ca-file "$CA_FILE" --client-id sandbox-native "$@"
    [[ $output == *"saved as desk"*"exit: 0"* ]]
}

@test "--explain counts consents, renewals, and refresh tokens that were sent once more" {
    login_fotoware --explain
    [[ $output == *"saved 3 records, 0 renewals, 0 in doubt, 1 consent"* ]]
    sandbox expire '{"system": "fotoware"}' >/dev/null
    run -0 --separate-stderr dam get desk me --explain
    [[ $stderr == *" 1 replay,"*", 1 renewal, 0 in doubt, 0 consents" ]]
    sandbox knobs '{"refresh-tokens": "single-use-grace"}' >/dev/null
    sandbox expire '{"system": "fotoware"}' >/dev/null
    sandbox faults '{"fault": "drop-after-processing", "match": "oauth2/token"}' >/dev/null
    run -23 --separate-stderr dam get desk me --explain
    [[ $stderr == *", 0 renewals, 0 in doubt, 0 consents" ]]
    run -0 --separate-stderr dam get desk me --explain
    [[ $stderr == *"the same refresh token is sent once more"*", 1 renewal, 1 in doubt, 0 consents" ]]
    count fotoware.consents 1
}
