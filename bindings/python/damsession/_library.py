"""Finds the shared library and loads it at its first use. If there is none, the error says where it
was searched.

There are three places, in this order: the path in the environment variable DAMSESSION_LIBRARY (if
it is set, no other place is tried, so that an explicit choice is never replaced), beside this
package (where a wheel has it), and the system. A source tree and the working directory are never
searched.
"""

from __future__ import annotations

import ctypes
import os
import re
import threading
from collections.abc import Iterator
from typing import Any

from . import _abi

SONAME = "libdamsession.so.1"
VARIABLE = "DAMSESSION_LIBRARY"

_lock = threading.Lock()
_loaded: Any | None = None


class LibraryNotFound(ImportError):
    """The shared library could not be loaded. The text lists every place that was tried, and the
    reason.
    """


def library() -> Any:
    """The loaded library, whose functions have their types. LibraryNotFound: there is none; the
    next call tries again.
    """
    global _loaded
    if _loaded is None:
        with _lock:
            if _loaded is None:
                _loaded = _load()
    return _loaded


def version() -> str:
    """The version of the loaded shared library, such as "1.0.0"."""
    text: bytes = library().dam_version()
    return text.decode()


def _load() -> ctypes.CDLL:
    tried = []
    for place, path in _places():
        try:
            return _open(path)
        except OSError as error:
            tried.append(f"  {place}: {error}")
    raise LibraryNotFound(
        f"damsession needs its shared library, {SONAME}, and found none that it can use:\n"
        + "\n".join(tried)
        + f"\nInstall it, or set {VARIABLE} to its path."
    )


def _places() -> Iterator[tuple[str, str]]:
    """The places to try: each a text for people, and the argument for the dynamic linker."""
    chosen = os.environ.get(VARIABLE)
    if chosen:
        # The linker would search for a name without a folder.
        yield VARIABLE, os.path.abspath(chosen)
        return
    yield "beside the package", os.path.join(os.path.dirname(__file__), SONAME)
    # The linker searches LD_LIBRARY_PATH, its cache and the standard directories.
    yield "the system", SONAME


def _open(path: str) -> ctypes.CDLL:
    """Loads one candidate. OSError: it cannot be loaded, or this package cannot use it."""
    loaded = ctypes.CDLL(path)
    try:
        _abi.bind(loaded)
    except AttributeError as error:
        raise OSError(f"it is no libdamsession that this package can use: {error}") from None
    found = loaded.dam_version().decode("utf-8", "replace")
    if not _fits(found, _abi.HEADER_VERSION):
        needed = f"{_abi.HEADER_VERSION} or a later one of the same major number"
        raise OSError(f"{path}: it is version {found}, and this package needs {needed}")
    return loaded


def _fits(found: str, needed: str) -> bool:
    """Whether the version fits, as the header promises: the same major number, and not older."""
    has, needs = (
        [int(number) for number in re.findall(r"\d+", text)[:3]] for text in (found, needed)
    )
    return has[:1] == needs[:1] and has >= needs
