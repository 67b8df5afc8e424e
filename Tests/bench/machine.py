"""On what it was measured: the machine, and the versions of what takes part."""

from __future__ import annotations

import ctypes
import datetime
import os
import platform
import re
import shutil
import subprocess
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from server import nginx

import damsession


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


def _said(command: str, *words: str) -> str:
    """The first line that a program prints of its version."""
    done = subprocess.run([command, *words], capture_output=True, text=True, check=True)
    return (done.stdout + done.stderr).splitlines()[0]


def about() -> dict[str, str]:
    """For the head of the table."""
    processors = re.findall(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text("ascii"))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 30
    system = platform.freedesktop_os_release().get("PRETTY_NAME", "Linux")
    peers = ("pycurl", "requests", "httpx", "aiohttp", "httpie")
    return {
        "date": datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "machine": f"{len(processors)} processors, {processors[0] if processors else '?'}, "
        f"{memory} GiB, {system}, Linux {platform.release()}",
        "damsession": damsession.version(),
        "versions": versions(),
        "server": _said(nginx(), "-v").removeprefix("nginx version: "),
        "peers": ", ".join(
            [
                " ".join(_said(shutil.which("curl") or "curl", "--version").split()[:2]),
                *(f"{name} {version(name)}" for name in peers if find_spec(name)),
            ]
        ),
    }
