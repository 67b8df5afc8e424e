"""On what it was measured: versions and the machine."""

from __future__ import annotations

import ctypes
import platform


def libcurl() -> str:
    """The version of the libcurl that programs find."""
    library = ctypes.CDLL("libcurl.so.4")
    library.curl_version.restype = ctypes.c_char_p
    said = library.curl_version().decode("ascii")
    return str(said).split()[0].removeprefix("libcurl/")


def versions() -> str:
    """Of what takes part in every request, in one line."""
    return (
        f"libcurl {libcurl()}, {' '.join(platform.libc_ver())}, Python {platform.python_version()}"
        f", {platform.machine()}"
    )
