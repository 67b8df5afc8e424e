"""Servers of others, as processes: found, started and stopped.

The executables are those of DAM_TEST_SERVERS (default: .build/servers), not those that happen to be
installed, so that every run uses the same versions.
"""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TypeVar

from common import PATIENCE, ROOT, wait_for

SERVERS = Path(os.environ.get("DAM_TEST_SERVERS") or ROOT / ".build" / "servers")

_Server = TypeVar("_Server", bound="Server")

_STOP_SECONDS = 10.0


def executable(path: str) -> str:
    """The path of a server below DAM_TEST_SERVERS, such as "usr/sbin/nginx"."""
    found = SERVERS / path
    assert os.access(found, os.X_OK), (
        f"{found} is missing: `make test-one T=network` fetches it; or DAM_TEST_SERVERS names another folder"
    )
    return str(found)


def free_ports(count: int) -> list[int]:
    """Ports at which nothing listens, neither on 127.0.0.1 nor on ::1. All differ."""
    held: list[socket.socket] = []
    ports: list[int] = []
    try:
        while len(ports) < count:
            four, six = socket.socket(socket.AF_INET), socket.socket(socket.AF_INET6)
            held += [four, six]
            four.bind(("127.0.0.1", 0))
            port = four.getsockname()[1]
            try:
                six.bind(("::1", port))
            except OSError:
                continue
            ports.append(port)
    finally:
        for one in held:
            one.close()
    return ports


@contextmanager
def held_ports(count: int) -> Iterator[list[int]]:
    """Ports of 127.0.0.1 that nobody else gets meanwhile, though a server may come, go, and come
    back. All different.
    """
    with ExitStack() as stack:
        held = [stack.enter_context(socket.socket(socket.AF_INET)) for _ in range(count)]
        for one in held:
            one.bind(("127.0.0.1", 0))
            # Not before: it is to be alone there.
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        yield [one.getsockname()[1] for one in held]


def accepts(port: int) -> bool:
    """Whether a server listens on 127.0.0.1 at this port."""
    with socket.socket(socket.AF_INET) as attempt:
        return attempt.connect_ex(("127.0.0.1", port)) == 0


class Server:
    """One process with an output file. A context manager; ends with this process even if that is
    killed.
    """

    def __init__(
        self, command: Sequence[str], output: Path, port: int, patience: float = PATIENCE
    ) -> None:
        """Returns when it accepts connections at `port`. RuntimeError: it ended before; its
        output is in the text.
        """
        self.output = output
        with output.open("wb") as file:
            self._process: subprocess.Popen[bytes] | None = subprocess.Popen(
                ["setpriv", "--pdeathsig", "TERM", *command],
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
            )
        process = self._process
        try:
            wait_for(lambda: process.poll() is not None or accepts(port), patience)
        except BaseException:
            self.stop()
            raise
        if process.poll() is not None:
            raise RuntimeError(
                f"{command[0]} ended with {process.returncode}: {output.read_text('utf-8', 'replace')}"
            )

    def __enter__(self: _Server) -> _Server:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def signal(self, number: int) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def stop(self) -> None:
        """Ends the process and waits until it has."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
