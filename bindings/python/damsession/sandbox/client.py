"""The sandbox as an object: it starts and stops the servers, sets knobs and reads the log.

This module needs the standard library only: a test suite must have aiohttp and trustme installed,
but imports neither. The servers run in a process of their own, which ends with this one even if
this one is killed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

from .browser import ConsentError, consent
from .knob_kinds import KnobError
from .knobs import Knobs, change

_STOP_SECONDS = 10


class SandboxError(RuntimeError):
    """The servers did not start, or they refused a request of this object."""


class Sandbox:
    """`with Sandbox(expired="401-class") as sandbox: ...`

    Keyword arguments are knobs, with underscores for hyphens; `flags` are further command-line
    flags. After the start, `ready` holds the ready line of the servers.

    SandboxError: there is no such knob, or it does not allow the value.
    """

    def __init__(self, *flags: str, **knobs: object) -> None:
        try:
            change(Knobs(), {_hyphens(name): value for name, value in knobs.items()})
        except KnobError as error:
            raise SandboxError(str(error)) from None
        self._flags = list(flags)
        self._flags += [f"--{_hyphens(name)}={value}" for name, value in knobs.items()]
        self._process: subprocess.Popen[str] | None = None
        self.ready: dict[str, Any] = {}
        # The environment's proxy must not see requests to loopback.
        self._opener = build_opener(ProxyHandler({}))

    def start(self) -> Sandbox:
        package_root = str(Path(__file__).resolve().parents[2])
        paths = [package_root, os.environ.get("PYTHONPATH", "")]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "damsession.sandbox", "--until-eof", *self._flags],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            text=True,
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            code = self._process.wait()
            self.stop()
            raise SandboxError(f"the servers ended with exit code {code} before they were ready")
        self.ready = json.loads(line)
        return self

    def stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with process:  # closes its pipes, and waits for it
            process.terminate()
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()

    def __enter__(self) -> Sandbox:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def photoshelter(self) -> str:
        """The base URL of PhotoShelter."""
        return str(self.ready["photoshelter"])

    @property
    def photoshelter_http(self) -> str:
        """The base URL of PhotoShelter without TLS, where member requests are refused."""
        return str(self.ready["photoshelter_http"])

    @property
    def fotoweb(self) -> str:
        """The base URL of FotoWeb."""
        return str(self.ready["fotoweb"])

    @property
    def fotoware(self) -> str:
        """The base URL of FotoWare."""
        return str(self.ready["fotoware"])

    @property
    def fotoware_http(self) -> str:
        """The base URL of FotoWare without TLS, where everything is refused."""
        return str(self.ready["fotoware_http"])

    @property
    def window(self) -> str:
        """The URL of the page that shows the sandbox at work."""
        return str(self.ready["window"])

    @property
    def ca_file(self) -> str:
        """The certificate authority to trust: the path of a PEM file."""
        return str(self.ready["ca_file"])

    @property
    def api_key(self) -> str:
        return str(self.ready["api_key"])

    @property
    def encryption_secret(self) -> str:
        return str(self.ready["encryption_secret"])

    @property
    def accounts(self) -> dict[str, Any]:
        """The users by system and name, with their passwords."""
        accounts: dict[str, Any] = self.ready["accounts"]
        return accounts

    @property
    def clients(self) -> dict[str, Any]:
        """The applications that are registered: with FotoWare, by kind (native, web, script), and
        with PhotoShelter, under that name.
        """
        clients: dict[str, Any] = self.ready["clients"]
        return clients

    def consent(self, url: str, user: str = "", decision: str = "allow") -> str:
        """Does what a person's browser does with the page at `url`, where an application asks for
        consent. Returns the address that the browser is sent to. `decision` is allow or deny; the
        user is the one whom the page has selected, ada, unless another one is named.
        """
        try:
            return consent(url, self.ca_file, user, decision)
        except ConsentError as error:
            raise SandboxError(str(error)) from None

    def state(self) -> dict[str, Any]:
        """The counters of all systems, the knobs, and the queued faults."""
        state: dict[str, Any] = self._get("state")
        return state

    def log(self, since: int = 0) -> list[dict[str, Any]]:
        """The requests that were logged after entry number `since`."""
        entries: list[dict[str, Any]] = self._get(f"log?since={since}")
        return entries

    def knobs(self, **wanted: object) -> dict[str, Any]:
        """Sets knobs (underscores for hyphens), and returns the values of all knobs."""
        named = {_hyphens(name): value for name, value in wanted.items()}
        return self._post("knobs", named)

    def expire(self, user: str = "", system: str = "") -> int:
        """Ends all PhotoShelter sessions and OAuth2 access tokens, or those of one user or system.
        Returns how many there were.
        """
        return int(self._post("expire", _given(user=user, system=system))["expired"])

    def revoke(self, user: str = "", system: str = "") -> int:
        """Revokes all FotoWeb device tokens and OAuth2 consents, or those of one user or system.
        Returns how many there were.
        """
        return int(self._post("revoke", _given(user=user, system=system))["revoked"])

    def fault(self, name: str, count: int = 1, match: str = "", **arguments: object) -> None:
        """Queues a fault for the next `count` requests whose path contains `match`; count 0: for
        all until a reset.

        `system` and `stage` (login, organization, keepalive, request, logout) narrow it further.
        """
        self._post("faults", {"fault": name, "count": count, "match": match, **arguments})

    def answer(
        self,
        status: int = 200,
        headers: Iterable[tuple[str, str]] = (),
        body: str | bytes = "",
        **where: Any,
    ) -> None:
        """Queues a response, exact to the byte. Headers are in Latin-1; `where` is as in
        `fault`.
        """
        if isinstance(body, bytes):
            where["base64"] = b64encode(body).decode("ascii")
        else:
            where["body"] = body
        pairs = [list(pair) for pair in headers]
        self.fault("answer", status=status, headers=pairs, **where)

    def lock(self, user: str) -> None:
        """Locks a user out, as many refused logins do."""
        self._post("lock", {"user": user})

    def unlock(self, user: str = "") -> int:
        """Unlocks all users, or one. Returns how many were locked."""
        return int(self._post("unlock", _given(user=user))["unlocked"])

    def reset(self) -> None:
        """Forgets everything, and restores the knobs given at the start."""
        self._post("reset", {})

    def _get(self, name: str) -> Any:
        return self._call(Request(self._url(name)))

    def _post(self, name: str, body: dict[str, Any]) -> dict[str, Any]:
        data = json.dumps(body).encode("utf-8")
        request = Request(self._url(name), data, {"Content-Type": "application/json"})
        response: dict[str, Any] = self._call(request)
        return response

    def _url(self, name: str) -> str:
        # The listener without TLS saves a handshake per call.
        return f"{self.photoshelter_http}/_sandbox/{name}"

    def _call(self, request: Request) -> Any:
        try:
            with self._opener.open(request) as response:
                return json.load(response)
        except HTTPError as error:
            with error:
                raise SandboxError(_reason(error.read().decode("utf-8", "replace"))) from None


def _reason(answer: str) -> str:
    """Why the servers refused a request: the sentence in their JSON, or else all that they said."""
    try:
        return str(json.loads(answer)["error"])
    except (ValueError, LookupError, TypeError):
        return answer


def _given(**named: str) -> dict[str, str]:
    return {name: value for name, value in named.items() if value}


def _hyphens(name: str) -> str:
    return name.replace("_", "-")
