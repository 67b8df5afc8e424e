"""What a fault is made of: the steps that a server takes in place of its proper response, and the
row that says when.

All of it is data; http1.py and http2.py know how a step is taken. A row contains no function: what
these words cannot express needs a new word, not a special case.

In bytes and header values, words in @ are replaced when the step is taken: @SET@ (the header lines
by which the proper response sets its cookies), @BODY@ and @LENGTH@ (its body), @ORIGIN@, @OTHER@
(another origin, which keeps what it is sent), @SILENT@ (one that never responds), @PLAIN@ (one
without TLS), @CLOSED@ (a port at which nothing listens), @PASSWORD@, @KEY@, @SENT@ (the session's
secret in the request), @LIVE@ (a new one) and @TARGET@ (the target of the request).
"@PASSWORD:plus@" also gives the spelling; well.py lists the spellings.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

Headers = tuple[tuple[str, str], ...]


class End(enum.Enum):
    """How a server turns its back. Without one of these the connection stays, and serves the
    next request.
    """

    CLOSE = "close"
    RESET = "reset"
    FAREWELL = "farewell"  #: politely: no more is said, with TLS's own word for that, but the client may speak
    SILENCE = "silence"  #: until the client goes away


CLOSE, RESET, FAREWELL, SILENCE = End.CLOSE, End.RESET, End.FAREWELL, End.SILENCE


class Repeat(NamedTuple):
    """A step, so many times."""

    step: Step
    times: int


class Endless(NamedTuple):
    """A step, again and again until the client goes away."""

    step: Step


class Drip(NamedTuple):
    """Bytes one at a time, with a pause after each."""

    data: bytes
    pause: float


class Hear(enum.Enum):
    """Waits for the first bytes of the client: a ClientHello, or a request."""

    FIRST = 1


class Afterwards(enum.Enum):
    """Waits until the client has had its outcome; what follows is there before it asks again."""

    YES = 1


class Well(enum.Enum):
    """The proper response."""

    RESPONSE = 1


WELL, HEAR, AFTERWARDS = Well.RESPONSE, Hear.FIRST, Afterwards.YES


class Head(NamedTuple):
    """HTTP/2: a header block on the request's stream, encoded as it stands here. ("@SET@",
    "@SET@"): the fields by which the proper response sets its cookies.
    """

    fields: Headers
    ends: bool = False


class Data(NamedTuple):
    """HTTP/2: a DATA frame on the request's stream."""

    data: bytes
    ends: bool = False


class Frame(NamedTuple):
    """HTTP/2: any frame. `stream` None: the request's."""

    kind: int
    flags: int
    payload: bytes
    stream: int | None = None


Step = bytes | End | Repeat | Endless | Drip | Hear | Afterwards | Well | Head | Data | Frame


@dataclass(frozen=True)
class Place:
    """Where a fault strikes: what the client does, as whom, over which protocol."""

    stage: str  #: a name in stages.py
    system: str  #: an authentication; those of PhotoShelter and of FotoWeb have different names
    #: "http": HTTP/1.1 on loopback; "https": the same within TLS; "h2": HTTP/2 within TLS; "proxy":
    #: "https" through a proxy, which is met before the server is
    protocol: str

    def __str__(self) -> str:
        return f"{self.stage}/{self.system}/{self.protocol}"


FOREIGN = b"HTTP/1.1 200 OK\r\nSet-Cookie: planted=planted\r\nContent-Length: 7\r\nConnection: close\r\n\r\nforeign"


@dataclass(frozen=True)
class Row:
    """One fault at one place, and all that may come of it."""

    name: str
    place: Place
    steps: tuple[Step, ...]
    ends: frozenset[
        str
    ]  #: statuses without DAM_ERR_, or HTTP statuses of responses; libcurls may differ
    during: int  #: the most logins that the server may see while the fault lasts
    after: (
        int | None
    )  #: those that the next request costs, when the server is well; None: at most one
    then: frozenset[
        str
    ]  #: how the next request ends; if not in "200", it goes well once somebody insists on a login
    adopts: (
        bool | None
    )  #: whether the session then carries a secret that the fault issued; None: either is right
    seconds: float = 20.0
    memory: int = 24  #: MiB by which the client may grow meanwhile; the slow hash of a refused password takes 16
    options: Mapping[str, str] = field(default_factory=dict)
    repeat: int = 1  #: how often the client tries while the fault lasts
    early: bool = False  #: the steps are taken when the request's head is there, before its body
    times: int | None = None  #: for how many requests; None: until the client has had its outcome
    foreign: bytes = FOREIGN  #: what the other origin says
    handshake: str = "good"  #: certificate or TLS version of the server
    is_another_file: bool = (
        False  #: whether a download that goes well yields something else than the server's file
    )
    for_shell: bool = True  #: whether the wrapper meets it: it streams, unpacks nothing, says no status of success
    is_short: bool = True  #: whether it belongs to the short form

    def __str__(self) -> str:
        return f"{self.name} {self.place}"


class Fault(NamedTuple):
    """A fault and every place where it is tried. `but` says at which places something else comes
    of it.
    """

    name: str
    where: str
    steps: tuple[Step, ...]
    ends: str
    more: dict[str, Any] = {}
    but: dict[str, dict[str, Any]] = {}
