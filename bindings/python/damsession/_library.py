"""Finds the shared library, loads it at the first use, and says clearly where it looked when there
is none.

Three places, in this order: what the environment variable DAMSESSION_LIBRARY names (and then
nothing else: an explicit choice is never replaced by another library), beside this package (where a
wheel carries it), and the system's. It never searches a source tree or the working directory.
"""

from __future__ import annotations

import ctypes
import os
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from . import _abi

SONAME = "libdamsession.so.1"
VARIABLE = "DAMSESSION_LIBRARY"

_lock = threading.Lock()
_loaded: Any | None = None


class LibraryNotFound(ImportError):
    """The shared library could not be loaded. The text lists every place that was tried, and why
    it would not do.
    """


def library() -> Any:
    """The loaded library, every function typed. LibraryNotFound: there is none; the next call
    tries again.
    """
    global _loaded
    if _loaded is None:
        with _lock:
            if _loaded is None:
                _loaded = _load()
    return _loaded


def version() -> str:
    """The version of the shared library that runs, for example "1.0.0"."""
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
    """Where to look: words for a person, and what to hand to the dynamic linker."""
    chosen = os.environ.get(VARIABLE)
    if chosen:
        # A bare name would send the linker on a search of its own.
        yield VARIABLE, os.path.abspath(chosen)
        return
    yield "beside the package", str(Path(__file__).with_name(SONAME))
    # The linker's search: LD_LIBRARY_PATH, its cache, the standard directories.
    yield "the system", SONAME


def _open(path: str) -> ctypes.CDLL:
    """Loads one candidate. OSError: it cannot be loaded, or it is not a library that this
    package can use.
    """
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
    """The header's promise: the same major number, and not older."""
    has, needs = (
        [int(number) for number in re.findall(r"\d+", text)[:3]] for text in (found, needed)
    )
    return has[:1] == needs[:1] and has >= needs
