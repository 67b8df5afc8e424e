"""Bodies: what `data=` may be. C borrows bytes, or reads the body through callbacks.

A file or an iterable is read while it is sent, one piece at a time. If it can begin anew (a
seekable file, a list), the library can send the request again after a new login. If it cannot, it
is sent once.
"""

from __future__ import annotations

import ctypes
import errno
import itertools
import os
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Callable, Protocol, Union
from urllib.parse import urlencode

from . import _abi
from ._check import Keep, guarded
from ._errors import argument_error, wrong_piece
from ._outgoing import Outgoing
from ._text import utf8


class Readable(Protocol):
    """A file opened for reading bytes. It is read from its present position; if it can seek, its
    size is known beforehand.
    """

    def read(self, size: int, /) -> bytes:
        """Returns at most `size` bytes, and no bytes at the end."""


#: Query parameters or form fields. A value may be a sequence of values.
Fields = Union[Mapping[str, Any], Iterable[tuple[str, Any]]]
#: A body: bytes as they are, text as UTF-8, fields as a form. A file, the file at a path, or an
#: iterable of bytes is read while it is sent.
Body = Union[
    bytes, bytearray, memoryview, str, "os.PathLike[str]", Fields, Readable, Iterable[bytes]
]

_PIECE = 1 << 18
_BYTES = (bytes, bytearray, memoryview)


def form(fields: Fields, what: str) -> str:
    """`application/x-www-form-urlencoded`, without the fields whose value is None."""
    try:
        return urlencode(
            [(name, value) for name, value in pairs(fields, what) if value is not None], doseq=True
        )
    except UnicodeEncodeError:
        # Raised below without this exception as its context, which holds the whole text: it may be
        # a password.
        pass
    raise argument_error(f"{what} hold half a surrogate pair, which is no text")


def pairs(fields: Any, what: str) -> Iterator[tuple[str, Any]]:
    """The fields as names and values; `what` names them in messages."""
    takes = f"{what} must be a mapping, or pairs of a name and a value"
    if isinstance(fields, (str, *_BYTES)) or not isinstance(fields, Iterable):
        raise TypeError(f"{takes}, not {type(fields).__name__}")
    for row in fields.items() if isinstance(fields, Mapping) else fields:
        if isinstance(row, (str, *_BYTES)) or not isinstance(row, Sequence) or len(row) != 2:
            raise TypeError(f"{takes}, not a {type(row).__name__} among them")
        yield row[0], row[1]


def put_body(request: _abi.dam_request, data: Body, keep: Keep) -> bool:
    """Sets `data` as the request's body. Returns whether its default type is that of a byte
    stream.
    """
    source = _source(data)
    if isinstance(source, bytes):
        request.body, request.body_size = source, len(source)
        return False
    request.read = _abi.dam_read_callback(guarded(source.read, -1, keep))
    if source.can_rewind:
        request.rewind = _abi.dam_rewind_callback(guarded(source.rewind, keep=keep))
    request.body_size = source.size
    return True


class _Source:
    """A body that the library reads piece by piece."""

    def __init__(
        self, fill: Callable[[int], Any], size: int, rewind: Callable[[], Any] | None
    ) -> None:
        self._fill, self.size, self._begin = fill, size, rewind
        self._rest = memoryview(b"")
        self.can_rewind = rewind is not None

    def read(self, _: Any, buffer: int, size: int) -> int:
        """The `dam_read_callback`."""
        if not self._rest:
            piece = self._fill(min(size, _PIECE))
            if piece is None:
                return _abi.DAM_READ_PAUSE
            if not isinstance(piece, _BYTES):
                raise wrong_piece(piece)
            self._rest = memoryview(piece).cast("B")
        count = min(size, len(self._rest))
        ctypes.memmove(buffer, bytes(self._rest[:count]), count)
        self._rest = self._rest[count:]
        return count

    def rewind(self, _: Any) -> None:
        """The `dam_rewind_callback`."""
        assert self._begin is not None
        self._rest = memoryview(b"")
        self._begin()


def _source(data: Any) -> bytes | _Source:
    if isinstance(data, _BYTES):
        return bytes(data)
    if isinstance(data, str):
        return utf8(data, "data")
    if isinstance(data, Mapping):
        return form(data, "data").encode()
    if isinstance(data, os.PathLike):
        data = _File(data)
    if isinstance(data, Outgoing):
        return _Source(lambda _: data.take(), _abi.DAM_SIZE_UNKNOWN, data.begin)
    if hasattr(data, "read"):
        return _file(data)
    if not isinstance(data, Iterable):
        raise TypeError(
            "data must be bytes, a str, fields, a path, a file or an iterable of bytes, not "
            + type(data).__name__
        )
    start = iter(data)
    first = next(start, None)
    if first is None or not isinstance(first, _BYTES):  # fields; an empty mapping is an empty form
        return form(() if first is None else itertools.chain([first], start), "data").encode()
    return _pieces(data, itertools.chain([first], start), again=start is not data)


class _File:
    """The file at a path. It is closed when the request that sends it is garbage-collected."""

    def __init__(self, path: os.PathLike[str]) -> None:
        self._descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        if stat.S_ISDIR(os.fstat(self._descriptor).st_mode):  # before anything is sent
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), os.fspath(path))

    def __del__(self) -> None:
        if hasattr(self, "_descriptor"):
            os.close(self._descriptor)

    def read(self, size: int) -> bytes:
        return os.read(self._descriptor, size)

    def seekable(self) -> bool:
        return stat.S_ISREG(os.fstat(self._descriptor).st_mode)

    def tell(self) -> int:
        return self.seek(0, os.SEEK_CUR)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        return os.lseek(self._descriptor, offset, whence)


def _file(file: Any) -> _Source:
    if not (hasattr(file, "seekable") and file.seekable()):
        return _Source(file.read, _abi.DAM_SIZE_UNKNOWN, None)
    begin = file.tell()
    end = file.seek(0, os.SEEK_END)
    file.seek(begin)
    return _Source(file.read, max(end - begin, 0), lambda: file.seek(begin))


def _pieces(data: Iterable[Any], start: Iterator[Any], again: bool) -> _Source:
    """An iterable of bytes whose first piece was read already. An empty piece does not end the
    body.
    """
    left = start

    def fill(_: int) -> Any:
        return next((piece for piece in left if not isinstance(piece, _BYTES) or len(piece)), b"")

    def rewind() -> None:
        nonlocal left
        left = iter(data)

    size = _abi.DAM_SIZE_UNKNOWN
    if isinstance(data, Sequence) and all(isinstance(piece, _BYTES) for piece in data):
        size = sum(memoryview(piece).nbytes for piece in data)
    return _Source(fill, size, rewind if again else None)
