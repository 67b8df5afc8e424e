"""Text on its way into C: UTF-8 without a NUL, and secrets in memory that is wiped.

Python cannot wipe a `str` or `bytes` of the application; the buffer that C reads is wiped. No
message here quotes the text that is wrong, because the text may be a password.
"""

from __future__ import annotations

import contextlib
import ctypes
from collections.abc import Iterator
from typing import Any

from ._abi import dam_error
from ._errors import argument_error
from ._library import library


def utf8(text: str, what: str) -> bytes:
    """The UTF-8 of `text`; `what` is its name in messages. ArgumentError: it contains half a
    surrogate pair.
    """
    if not isinstance(text, str):
        raise TypeError(f"{what} must be a str, not {type(text).__name__}")
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        pass  # raised below without this exception as its context, which holds the whole text
    raise argument_error(
        f"{what} holds half a surrogate pair, which is no text; decode it with its real encoding"
    )


def encoded(text: str, what: str) -> bytes:
    """The UTF-8 of `text` for a `const char *`. ArgumentError: C could not read all of it."""
    data = utf8(text, what)
    if 0 in data:
        raise argument_error(f"{what} holds a NUL character; leave it out")
    return data


@contextlib.contextmanager
def wiped(data: bytes) -> Iterator[ctypes.Array[ctypes.c_char]]:
    """Lends `data` to C in a NUL-terminated buffer, which is wiped afterwards."""
    buffer = ctypes.create_string_buffer(data)
    try:
        yield buffer
    finally:
        ctypes.memset(buffer, 0, len(buffer))


def taken(function: Any, *arguments: Any) -> str:
    """Calls a function that returns a string through `char **out`. It copies the string, and the
    library wipes its own.
    """
    with lent_text() as out:
        function(*arguments, ctypes.byref(out), dam_error())
        return text_of(out)


@contextlib.contextmanager
def lent_text() -> Iterator[ctypes.c_char_p]:
    """Where a function puts a string of the library's, which is freed afterwards."""
    out = ctypes.c_char_p()
    try:
        yield out
    finally:
        library().dam_string_free(out)


def text_of(out: ctypes.c_char_p) -> str:
    return (out.value or b"").decode()
