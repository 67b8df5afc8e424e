"""Plays many rows, several at once. run.py and the tests share this."""

from __future__ import annotations

import concurrent.futures
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from certificates import Certificates
from clients import commands
from play import Outcome, play
from steps import Row

#: Most rows wait for something; more at once would measure the machine.
AT_ONCE = 6


class Bout(NamedTuple):
    """A row, and the client that is to meet it."""

    row: Row
    client: str

    def __str__(self) -> str:
        return f"{self.row} {self.client}"


def fight(bouts: Iterable[Bout]) -> Iterator[Outcome]:
    """The outcomes, in order."""
    with (
        tempfile.TemporaryDirectory(prefix="dam-") as name,
        concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool,
    ):
        certificates, started = Certificates(Path(name)), commands(Path(name))
        yield from pool.map(
            lambda bout: play(bout.row, bout.client, started[bout.client], certificates), bouts
        )


def everything(rows: list[Row]) -> list[Bout]:
    """Every row through Python, and through one of the others in turn."""
    return [
        Bout(row, client)
        for number, row in enumerate(rows)
        for client in ("python", _turn(row, number, OTHERS))
    ]


def sample(rows: list[Row]) -> list[Bout]:
    """Two faults of three, each at one of its places and with one of the clients in turn; few of
    those that wait.
    """
    faults: dict[str, list[Row]] = {}
    for row in rows:
        faults.setdefault(row.name, []).append(row)
    quick = [places for places in faults.values() if "TIMEOUT" not in places[0].ends]
    slow = [places for places in faults.values() if "TIMEOUT" in places[0].ends][::4]
    chosen = [places[number % len(places)] for number, places in enumerate(quick + slow)]
    kept = [row for number, row in enumerate(chosen) if row.is_short and number % 3]
    return [Bout(row, _turn(row, number, FEW)) for number, row in enumerate(kept)]


OTHERS = ("C", "loop", "shell")
#: C starts fastest.
FEW = ("C", "C", "python", "C", "C", "loop", "C", "C", "shell")


def _turn(row: Row, number: int, clients: tuple[str, ...]) -> str:
    client = clients[number % len(clients)]
    return "C" if client == "shell" and not row.for_shell else client
