"""Where the bytes of a response go while they arrive: `stream_to=` and `progress=`, as callbacks of
the C struct.
"""

from __future__ import annotations

import ctypes
from ctypes import CFUNCTYPE, c_int32
from typing import Any, Callable, Optional, Protocol, Union

from . import _abi
from ._check import Keep, guarded
from ._interrupt import main_thread


class Writable(Protocol):
    """A file opened for writing bytes."""

    def write(self, data: bytes, /) -> Any:
        """Writes bytes and returns how many. The rest is given again."""


#: A file, or a callable that takes all bytes that it is given.
Sink = Union[Writable, Callable[[bytes], Any]]
#: Called with bytes received, their total, bytes sent, their total; a total is None while unknown.
Progress = Callable[[int, Optional[int], int, Optional[int]], Any]


def put_sink(request: _abi.dam_request, sink: Sink, keep: Keep) -> None:
    """Lets the body of a 2xx response be written to `sink`."""
    write = getattr(sink, "write", None)
    take: Any = sink if write is None else _whole(write)
    if not callable(take):
        raise TypeError(f"stream_to must be a file or a callable, not {type(sink).__name__}")

    def call(_: Any, data: int, size: int) -> None:
        take(ctypes.string_at(data, size))

    request.write = _abi.dam_write_callback(guarded(call, keep=keep))
    request.flags |= _abi.DAM_REQUEST_GATHER


def _whole(write: Callable[[bytes], Any]) -> Callable[[bytes], None]:
    """Writes all bytes to a file. One without a buffer may write fewer than it is given."""

    def take(data: bytes) -> None:
        while data:
            written = write(data)
            data = data[written:] if isinstance(written, int) else b""

    return take


def put_progress(request: _abi.dam_request, progress: Progress, keep: Keep) -> None:
    """Lets `progress` be called during the transfer."""

    def call(_: Any, down: int, down_total: int, up: int, up_total: int) -> None:
        progress(
            down, None if down_total < 0 else down_total, up, None if up_total < 0 else up_total
        )

    request.progress = _abi.dam_progress_callback(guarded(call, keep=keep))


def _beat() -> int:
    return _heed() if main_thread.noted else 0


_heed = guarded(lambda: None)  # it raises what was noted
_beat_of_c = CFUNCTYPE(c_int32)(_beat)

#: The progress callback of requests without one, in the main thread. Ctrl-C takes effect in it. C
#: lets a function ignore its arguments; to make Python's numbers of them would cost more than the
#: rest.
HEARTBEAT = ctypes.cast(_beat_of_c, _abi.dam_progress_callback)
