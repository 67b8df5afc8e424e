#!/bin/sh
# inside.sh - what deb.sh does inside of a root: installs the packages beside it, uses them against the sandbox at
# PHOTOSHELTER, and purges them. Nothing of the source tree is in reach: programs are the examples that are installed.
set -u
set -- libdamsession1 libdamsession-dev damsession python3-damsession

# check WHAT COMMAND...: the command succeeds; if not, what it printed.
check() {
    what=$1
    shift
    if "$@" >said 2>&1; then
        echo "ok $what"
    else
        echo "FAILED $what"
        tail -n 20 said
    fi
}

# Names of all files that are not the books of apt and dpkg.
listing() {
    find / -xdev \( -path /packages -o -path /proc -o -path /dev -o -path /var/cache -o -path /var/log -o -path /var/lib/apt \
        -o -path /var/lib/dpkg -o -path /tmp \) -prune -o -print | sort
}

# The code of a package's README: told PACKAGE LANGUAGE.
told() { sed -n "/^\`\`\`$2\$/,/^\`\`\`\$/{/^\`/d;p}" "/usr/share/doc/$1/README.md" | grep .; }

compiles() { told libdamsession-dev sh >program && sh -eu program; }

follows_readme() { told damsession sh >script && HOME=/packages sh -eu script | grep -q Gallery; }

follows_python_readme() { told python3-damsession python >script && python3 script; }

finds_library() { ldd first | grep 'libdamsession.so.1 => /.*-linux-gnu/'; }

lists_galleries() { ./first | grep -q Gallery; }

logs_out() { python3 /usr/share/doc/python3-damsession/examples/photoshelter.py; }

has_versions() {
    version=$(pkg-config --modversion damsession)
    case $(dpkg-query -Wf '${Version}' damsession) in "$version"-*) ;; *) return 1 ;; esac
    [ "$(damsession --version)" = "damsession $version (library $version)" ]
}

gets_quietly() {
    damsession get - mem/user/session --system photoshelter >body 2>errors && grep data body && ! grep . errors
}

has_pages() {
    gzip -t /usr/share/man/man1/damsession.1.gz /usr/share/man/man3/damsession.3.gz \
        /usr/share/man/man3/dam_session_open.3.gz \
        /usr/share/man/man7/damsession-troubleshooting.7.gz &&
        bash -c '. /usr/share/bash-completion/completions/damsession && complete -p damsession'
}

# The beginnings of three licences, each on a line of its own.
has_terms() {
    zcat /usr/share/doc/libdamsession1/NOTICES.gz >terms
    for words in 'Apache License' 'GCC RUNTIME LIBRARY EXCEPTION' 'UNICODE LICENSE V3'; do
        grep -q "^ *$words" terms || { echo "nothing of $words" && return 1; }
    done
}

# make_older PACKAGE...: the same packages as of an older version, one of which has a module more.
make_older() {
    for package; do
        dpkg-deb -R "./${package}"_*.deb tree || return 1
        sed -i 's/^\(Version: \).*/\10.9-1/; s/(= [^)]*)/(= 0.9-1)/; s/\(libdamsession1\) (>= [^)]*)/\1/' tree/DEBIAN/control
        [ "$package" != python3-damsession ] || echo >tree/usr/lib/python3/dist-packages/damsession/gone.py
        mkdir -p older && dpkg-deb -Znone -b tree older && rm -r tree || return 1
    done
}

becomes_older() {
    make_older "$@" && apt-get -qq -y --allow-downgrades install ./older/*.deb || return 1
    ls /usr/lib/python3/dist-packages/damsession/__pycache__/gone.*.pyc
}

has_no_conffiles() { ! dpkg-query -Wf '${Conffiles}' "$@" | grep .; }

# What is there now and was not before belongs to packages that apt has kept for other reasons, one of which, netbase,
# has made /etc/hosts.
all_is_owned() {
    comm -13 before after | grep -vx /etc/hosts >new
    while read -r path; do dpkg -S "$path" >/dev/null 2>&1 || echo "$path"; done <new >lost
    ! grep . lost
}

forgotten() { ! dpkg-query -Wf '${Package} ${db:Status-Status}\n' "$@" 2>/dev/null | grep -v ' not-installed$'; }

export DAMSESSION_SYSTEM=photoshelter DAMSESSION_URL="$PHOTOSHELTER" DAMSESSION_USER=ada@example.com DAMSESSION_API_KEY=sandboxkey1 \
    DAMSESSION_PASSWORD='correct horse & battery=staple%41+ü' DAMSESSION_CA_FILE=/packages/ca.pem DAMSESSION_STORE=/packages/store

listing >before
check "apt installs all four, and what they need" apt-get -qq -y --no-install-recommends install ./*.deb
check "dpkg has every file as it was" dpkg --verify "$@"
check "the README's program in C is compiled by pkg-config's flags, and runs" compiles
check "it finds the library where the system has it" finds_library
check "it lists galleries over TLS" lists_galleries
check "command, library and package are of one version" has_versions
check "the command gets something over TLS, and says nothing else" gets_quietly
check "the README of the command is true" follows_readme
check "the README of the module is true" follows_python_readme
check "the manual pages and the completion can be read" has_pages
check "python3 imports the module from the system's folder" python3 -c \
    'import damsession; assert damsession.__file__.startswith("/usr/lib/python3/dist-packages/"), damsession.__file__'
check "it logs in, lists and logs out over TLS" logs_out
check "Python's tools know its version" python3 -c \
    'import damsession, importlib.metadata as m; assert m.version("damsession") == damsession.version(), m.version("damsession")'
check "the terms of what is linked in are there" has_terms
check "no file of theirs is a configuration file" has_no_conffiles "$@"
check "apt installs the same version again" apt-get -qq -y --reinstall install ./*.deb
check "an older version takes its place" becomes_older "$@"
check "apt upgrades it" apt-get -qq -y install ./*.deb
check "dpkg has every file of the new one as it was" dpkg --verify "$@"
check "the command of the new one goes on with the session" gets_quietly
check "apt purges them, and what came with them" apt-get -qq -y --auto-remove purge "$@"
listing >after
check "nothing is left behind" all_is_owned
check "dpkg has forgotten them" forgotten "$@"
echo "all was tried"
