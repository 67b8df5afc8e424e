"""`--env`: a shell reads the variables, programs log in with them, and the background servers end
when they are told to, or with the process that they are bound to.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from test_process import ENVIRONMENT, run

PRINT = f"{sys.executable} -m damsession.sandbox --env"
#: What a program of a user may look like: all that it needs comes from the environment.
LOG_IN = (
    "import damsession; session = damsession.open(); session.login(); "
    "print(session.system, session.user, session.state.store)"
)
#: The library's options alone: those of this machine's user do not count.
CLEAN = {
    name: value
    for name, value in ENVIRONMENT.items()
    if not name.startswith("DAMSESSION_") or name == "DAMSESSION_LIBRARY"
}


def shell(script: str, kind: str = "sh") -> subprocess.CompletedProcess[str]:
    """The output of a shell. It ends only when nobody holds its output open any more."""
    command = [kind, "-euc", script]
    return subprocess.run(command, env=CLEAN, capture_output=True, text=True, timeout=30)


def wait_for_end(pid: int) -> None:
    try:
        ended = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        watch = select.poll()
        watch.register(ended, select.POLLIN)
        assert watch.poll(10_000), "the servers go on"
    finally:
        os.close(ended)


@pytest.mark.parametrize("kind", ["sh", "bash"])
@pytest.mark.parametrize(
    ("system", "user"), [("photoshelter", "ada@example.com"), ("fotoweb", "ada")]
)
def test_a_program_logs_in_with_the_variables(kind: str, system: str, user: str) -> None:
    done = shell(
        f'eval "$({PRINT} {system} --until-pid $$)"\n'
        f"{sys.executable} -c '{LOG_IN}'\n"
        'printf "%s\\n" "$DAMSESSION_PASSWORD" "$DAMSESSION_SANDBOX_PID"',
        kind,
    )
    assert done.returncode == 0 and done.stderr == ""
    said, password, pid = done.stdout.splitlines()
    assert (
        password
        == {
            "photoshelter": "correct horse & battery=staple%41+ü",
            "fotoweb": "ada-password",
        }[system]
    )
    store = said.removeprefix(f"{system} {user} ")
    assert store != said
    wait_for_end(int(pid))  # it was bound to the shell
    assert not Path(store).parent.exists()


def test_fotoware_is_for_a_native_application() -> None:
    done = shell(
        f'eval "$({PRINT} fotoweb --until-pid $$)"; eval "$({PRINT} fotoware --until-pid $$)"\n'
        'env; curl -sS --noproxy "*" --cacert $DAMSESSION_CA_FILE $DAMSESSION_URL/fotoweb/me'
    )
    given = dict(line.split("=", 1) for line in done.stdout.splitlines() if "=" in line)
    given = {key: value for key, value in given.items() if key.startswith("DAMSESSION_")}
    assert set(given) - {"DAMSESSION_LIBRARY"} == {
        f"DAMSESSION_{name}"
        for name in ("SYSTEM", "URL", "CLIENT_ID", "CA_FILE", "STORE", "SANDBOX", "SANDBOX_PID")
    }
    assert given["DAMSESSION_SYSTEM"] == "fotoware"
    assert given["DAMSESSION_CLIENT_ID"] == "sandbox-native"
    assert '"error": "invalid_token"' in done.stdout
    wait_for_end(int(given["DAMSESSION_SANDBOX_PID"]))


def test_photoshelter_by_oauth_is_for_its_application() -> None:
    done = shell(
        "export DAMSESSION_AUTHENTICATION=token\n"
        f'eval "$({PRINT} photoshelter-oauth --until-pid $$)"\n'
        'curl -sS --noproxy "*" --cacert $DAMSESSION_CA_FILE -H "X-PS-Api-Key: $DAMSESSION_API_KEY"'
        ' --data-urlencode "client_id=$DAMSESSION_CLIENT_ID" -d grant_type=refresh_token'
        ' --data-urlencode "client_secret=$DAMSESSION_CLIENT_SECRET" -d refresh_token=x'
        " $DAMSESSION_URL/psapi/v4.0/oauth/token; printf '\\0'\n"
        f'env -0; eval "$({PRINT} photoshelter --until-pid $$)"\n'
        'echo "${DAMSESSION_AUTHENTICATION-none} ${DAMSESSION_CLIENT_SECRET-none}"'
    )
    # The application is known, and the refresh token is not.
    assert "refresh token is not valid" in done.stdout, done.stderr
    given = dict(line.split("=", 1) for line in done.stdout.split("\0") if "=" in line)
    names = {name.removeprefix("DAMSESSION_") for name in given if name.startswith("DAMSESSION_")}
    assert names - {"LIBRARY"} == {
        "SYSTEM", "URL", "AUTHENTICATION", "USER", "CLIENT_ID", "CLIENT_SECRET", "API_KEY", "CA_FILE",
        "STORE", "SANDBOX", "SANDBOX_PID",
    }  # fmt: skip
    assert given["DAMSESSION_AUTHENTICATION"] == "oauth"
    assert done.stdout.endswith("none none\n")
    wait_for_end(int(given["DAMSESSION_SANDBOX_PID"]))


def test_it_lives_on_until_it_is_told_to_end() -> None:
    lines = run("--env", "photoshelter").stdout.splitlines()
    variables = dict(line.removeprefix("export DAMSESSION_").split("=", 1) for line in lines
                     if line.startswith("export "))  # fmt: skip
    assert "unset DAMSESSION_CLIENT_ID" in lines
    pid = int(variables["SANDBOX_PID"])
    assert os.getsid(pid) == pid  # a terminal that closes does not end it
    open_files = [os.readlink(f"/proc/{pid}/fd/{number}") for number in (0, 1, 2)]
    assert open_files == [os.devnull] * 3
    ca_file = Path(variables["CA_FILE"])
    assert ca_file.exists()
    os.kill(pid, signal.SIGTERM)
    wait_for_end(pid)
    assert not ca_file.exists()


def test_one_system_takes_the_others_place() -> None:
    done = shell(
        f'eval "$({PRINT} photoshelter --until-pid $$)"; eval "$({PRINT} fotoweb --until-pid $$)"\n'
        f"{sys.executable} -c '{LOG_IN}'"
    )
    assert done.stdout.startswith("fotoweb ada "), done.stderr


@pytest.mark.parametrize("kind", ["sh", "bash"])
def test_a_second_one_in_the_same_shell_ends_the_first(kind: str) -> None:
    done = shell(
        f'eval "$({PRINT} photoshelter --until-pid $$)"; first=$DAMSESSION_SANDBOX_PID; echo "$first"\n'
        f'eval "$({PRINT} fotoweb --until-pid $$)"; echo "$DAMSESSION_SANDBOX_PID"\n'
        'kill "$DAMSESSION_SANDBOX_PID"',
        kind,
    )
    first, second = done.stdout.splitlines()
    assert done.returncode == 0 and first != second
    wait_for_end(int(first))
    wait_for_end(int(second))
    said = f"damsession.sandbox: ended the one that this shell had, process {first}\n"
    assert done.stderr == said


@pytest.mark.parametrize("kind", ["sh", "bash"])
def test_what_a_script_has_inherited_or_what_is_no_sandbox_goes_on(kind: str) -> None:
    inner = (
        f'eval "$({PRINT} fotoweb)"; kill "$DAMSESSION_SANDBOX_PID"; echo "$DAMSESSION_SANDBOX_PID"'
    )
    done = shell(
        f"eval \"$({PRINT} photoshelter)\"; {kind} -euc '{inner}'\n"
        'kill "$DAMSESSION_SANDBOX_PID"; echo "$DAMSESSION_SANDBOX_PID"\n'
        "sleep 60 >&- 2>&- & other=$!; DAMSESSION_SANDBOX_PID=$other\n"
        f'eval "$({PRINT} fotoweb)"; kill "$DAMSESSION_SANDBOX_PID"; echo "$DAMSESSION_SANDBOX_PID"\n'
        'kill "$other"\n'
        f'DAMSESSION_SANDBOX_PID=x; eval "$({PRINT} fotoweb --until-pid $$)"',
        kind,
    )
    assert done.returncode == 0 and done.stderr == ""
    assert len(done.stdout.splitlines()) == 3
    for pid in done.stdout.splitlines():
        wait_for_end(int(pid))


def test_plain_http_is_allowed_where_it_is_served() -> None:
    done = shell(
        f"eval \"$({PRINT} fotoweb --plain-http --until-pid $$)\"; {sys.executable} -c '{LOG_IN}'"
    )
    assert done.stdout.startswith("fotoweb ada "), done.stderr


def test_servers_that_cannot_start_say_so() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = run("--env", "fotoweb", f"--fotoweb-port={taken.getsockname()[1]}")
    assert done.returncode == 1 and done.stdout == ""
    assert done.stderr.startswith("damsession.sandbox: ") and "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("flags", "named"),
    [
        (["--until-pid=0"], "'0' is no process"),
        (["--until-pid=x"], "'x' is no process"),
        (["--until-pid=4000000000"], "is no process"),
        (["--env=bynder"], "invalid choice: 'bynder'"),
        (["--env=fotoweb", "--until-eof"], "not with --until-eof"),
    ],
)
def test_bad_flags(flags: list[str], named: str) -> None:
    done = run(*flags)
    assert done.returncode == 2 and done.stdout == "" and named in done.stderr


def test_without_its_packages_it_says_what_to_install() -> None:
    # -S: without what is installed beside Python.
    command = [sys.executable, "-S", "-m", "damsession.sandbox", "--help"]
    done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, timeout=20)
    assert done.returncode == 1 and done.stdout == ""
    assert done.stderr == (
        "damsession.sandbox: the package aiohttp is missing; install what the sandbox needs:"
        " python3 -m pip install aiohttp trustme\n"
    )
