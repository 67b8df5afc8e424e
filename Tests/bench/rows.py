"""The rows of the table: what is compared with what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from programs import Client

TOKEN = {"authentication": "token", "store": "memory"}
COOKIE = {"authentication": "cookie", "rotation": "serialize", "store": "memory"}
STORED = {**COOKIE, "store": "folder"}


@dataclass(frozen=True)
class Row:
    """`peers`: by their names in the table; the first is the one that budgets are about."""

    name: str
    title: str
    ours: Client
    peers: Mapping[str, Client]
    #: The most that is wanted, as a ratio to the first peer.
    instructions: float | None = None
    wall: float | None = None
    #: Whether bench-check counts its instructions.
    is_counted: bool = True


def libcurl(cookies: str, scheme: str = "http") -> dict[str, Client]:
    return {
        name: Client("peer_request", [how, cookies], scheme)
        for name, how in {
            "libcurl, same options": "same",
            "libcurl, same options, handle kept": "kept",
            "libcurl, bare": "bare",
        }.items()
    }


ROWS = [
    Row(
        "token",
        "C, token",
        Client("ours_request", options=TOKEN),
        libcurl("token"),
        instructions=1.25,
        wall=1.10,
    ),
    Row(
        "cookie",
        "C, rotated cookie, in memory",
        Client("ours_request", options=COOKIE),
        libcurl("cookie"),
        instructions=1.5,
        wall=1.25,
    ),
    Row(
        "file",
        "C, rotated cookie, on disk",
        Client("ours_request", options=STORED),
        libcurl("jar"),
        instructions=1.5,
        wall=1.0,
    ),
    Row(
        "https",
        "C, token, HTTPS",
        Client("ours_request", scheme="https", options=TOKEN),
        libcurl("token", "https"),
        instructions=1.25,
        wall=1.10,
    ),
]
