"""What a client does at each stage, and at which of its requests the fault happens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Stage(NamedTuple):
    """`kind`: the request that is met, as well.py names it; "any" one; all "others" but logins;
    "accept": the connection itself, before a byte is read; "way": the one to a proxy; "preface":
    HTTP/2, before a frame is sent.
    """

    kind: str
    operation: str
    before: tuple[str, ...] = ("login", "get")  #: while the server is well
    after: tuple[str, ...] = ("get",)  #: once it is well again
    logins: int = 0  #: that the next request costs, if nothing else is said
    options: Mapping[str, str] = {}


#: What a row's operation may cost while the fault lasts is 1 where there was no session before,
#: else 0.
STAGES = {
    "connect": Stage("accept", "login", before=(), logins=1),
    "way": Stage("way", "login", before=(), logins=1),
    "preface": Stage("preface", "login", before=(), logins=1),
    "login": Stage("login", "login", before=(), logins=1),
    "organization": Stage(
        "organization", "login", before=(), logins=1, options={"organization": "O1"}
    ),
    "request": Stage("request", "get"),
    "head": Stage("request", "head"),
    "stream": Stage("request", "stream"),
    "redirect": Stage("target", "redirected"),
    "post": Stage("request", "post"),
    "upload": Stage("upload", "upload"),
    "download": Stage("download", "download", after=("resume", "get")),
    "resume": Stage("download", "resume", before=("login", "broken"), after=("resume", "get")),
    "keepalive": Stage("keepalive", "keepalive"),
    "confirmation": Stage("keepalive", "forbidden"),
    "everything": Stage("any", "get"),
    "others": Stage("others", "get"),
    "first": Stage("others", "get", before=()),
    "logout": Stage("logout", "logout", logins=1),
}
