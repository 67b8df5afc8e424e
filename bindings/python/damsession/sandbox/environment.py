"""`--env`: the sandbox as variables of a shell, and a server that lives on when the shell has read
them.

    eval "$(python3 -m damsession.sandbox --env photoshelter --until-pid $$)"

It does as ssh-agent does: the program prints `export` lines when the servers accept requests, and
ends; its child serves in the background, in a session of its own, until it is told to end by
`kill "$DAMSESSION_SANDBOX_PID"`, or the process ends that `--until-pid` names. It holds none of the
caller's descriptors, so that `$(...)` returns. What the same shell had before ends (previous.py).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from shlex import quote
from typing import Any, Callable


@dataclass(frozen=True)
class _Login:
    """How a program gets in: as a user with a password, or as a registered application, which a
    person lets in. The person says then who it is for; PhotoShelter wants a name all the same.
    """

    system: str
    user: str = ""
    client: str = ""
    authentication: str = ""


_LOGINS = {
    "photoshelter": _Login("photoshelter", user="ada@example.com"),
    "photoshelter-oauth": _Login("photoshelter", "ada@example.com", "photoshelter", "oauth"),
    "fotoweb": _Login("fotoweb", user="ada"),
    "fotoware": _Login("fotoware", client="native"),
}
CHOICES = tuple(_LOGINS)


def exports(choice: str, ready: Mapping[str, Any], store: str) -> str:
    """The lines for a POSIX shell. `ready` is the ready line; `store`, a folder for sessions."""
    login = _LOGINS[choice]
    system, user = login.system, login.user
    client = ready["clients"].get(login.client, {"id": "", "secret": ""})
    account = {} if login.client else ready["accounts"][system][user]
    variables = {
        "SYSTEM": system,
        "URL": ready[system],
        "AUTHENTICATION": login.authentication,
        "USER": user,
        "PASSWORD": account.get("password", ""),
        "CLIENT_ID": client["id"],
        "CLIENT_SECRET": client["secret"],
        "API_KEY": ready["api_key"] if system == "photoshelter" else "",
        "CA_FILE": ready["ca_file"],
        "ALLOW_LOOPBACK_HTTP": "yes" if ready[system].startswith("http:") else "",
        "STORE": store,
        "SANDBOX": ready["window"],
        "SANDBOX_PID": str(os.getpid()),
    }
    # What is of no use is unset: it may be there from another system.
    return "".join(
        f"export DAMSESSION_{name}={quote(value)}\n" if value else f"unset DAMSESSION_{name}\n"
        for name, value in variables.items()
    )


def in_background(serve: Callable[[Callable[[str], None]], int]) -> int:
    """Runs `serve` in a child, which is given a function for its announcement. Returns when that
    was made, with 0, or with the exit code of a child that ended without one.
    """
    ours, its = os.pipe()
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        os.close(ours)
        os.setsid()
        return serve(lambda text: _announce(text, its))
    os.close(its)
    with open(ours, "rb") as pipe:
        announced = pipe.read()
    if not announced:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    # UTF-8 whatever the locale: the library reads variables so.
    sys.stdout.buffer.write(announced)
    sys.stdout.buffer.flush()
    return 0


def _announce(text: str, pipe: int) -> None:
    os.write(pipe, text.encode("utf-8"))
    os.chdir("/")
    # Whoever reads the caller's output or errors would else wait for the server's end.
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    for descriptor in (nothing, pipe):
        os.close(descriptor)
