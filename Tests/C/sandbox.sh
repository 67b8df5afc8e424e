# sandbox.sh - to be read by scripts that run C programs against the sandbox: $python runs it, $work is theirs. The sandbox
# ends with them.
# shellcheck shell=sh disable=SC2034,SC2154

start_sandbox() {
    mkfifo "$work/hold" "$work/ready"
    "$python" -m damsession.sandbox --until-eof --ca-file "$work/ca.pem" <"$work/hold" >"$work/ready" &
    exec 3>"$work/hold" # the sandbox ends when this is closed, however we end.
    read -r line <"$work/ready" || return 1
    photoshelter=$(echo "$line" | sed -n 's/.*"photoshelter": "\(https:[^"]*\)".*/\1/p')
    fotoweb=$(echo "$line" | sed -n 's/.*"fotoweb": "\(https:[^"]*\)".*/\1/p')
    control=$(echo "$line" | sed -n 's/.*"photoshelter_http": "\(http:[^"]*\)".*/\1/p')
    [ -n "$photoshelter" ] && [ -n "$fotoweb" ] && [ -n "$control" ]
}
