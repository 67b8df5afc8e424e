"""A row of the table: what is compared with what, how, and what is wanted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from programs import Client

TOKEN = {"authentication": "token", "store": "memory"}
COOKIE = {"authentication": "cookie", "rotation": "serialize", "store": "memory"}
STORED = {**COOKIE, "store": "folder"}


@dataclass(frozen=True)
class Peer:
    """What ours is compared with, and the most that is wanted as ratios to it."""

    name: str
    client: Client
    instructions: float | None = None
    wall: float | None = None
    #: Whether callgrind counts it, where it counts the row.
    is_counted: bool = True


class Turns(NamedTuple):
    """How often the clients take turns, and for how long each time; 0 s: for one request."""

    count: int = 15
    seconds: float = 0.08


@dataclass(frozen=True)
class Row:
    """One line of the table for each of `peers`."""

    name: str
    title: str
    ours: Client
    peers: Sequence[Peer]
    #: What bench-check holds ours against: libcurl alone. None: it does not count this row.
    base: Client | None = None
    #: callgrind's two orders; (): it counts a whole run of the program; None: it counts nothing.
    orders: tuple[int, ...] | None = (20, 120)
    #: How much ours may rise. Where many are in flight, their number of wakes is the machine's.
    limit: float = 0.03
    turns: Turns = Turns()
    #: An order of the timings is a multiple of it.
    step: int = 1
    #: A request is a whole run of the program.
    is_spawned: bool = False
    #: Client and server have a processor each; else both are on one, and what is measured is work
    #: and not how fast processors wake each other.
    is_spread: bool = False
