"""Stores that are out of order: a folder that cannot be written, and a disk that is full.

Root may write everywhere, so a worker that needs a read-only folder gives up that privilege first.
A full disk is a small tmpfs if this process may mount one. Otherwise it is a limit on the size of
files, which cuts a record off just as well. `FullDisk.means` says which.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

_libc = ctypes.CDLL(None)
_PR_CAPBSET_DROP, _CAP_DAC_OVERRIDE, _CAP_DAC_READ_SEARCH = 24, 1, 2


def obey_modes() -> None:
    """Between fork and exec: file modes hold for the program that comes, also if it is root's."""
    if os.geteuid() == 0:
        for power in (_CAP_DAC_OVERRIDE, _CAP_DAC_READ_SEARCH):
            if _libc.prctl(_PR_CAPBSET_DROP, power, 0, 0, 0) != 0:
                os._exit(70)


def limit_files() -> None:
    """Between fork and exec: a write beyond 64 bytes of a file fails, and says so with an error,
    not with a signal.
    """
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (64, 64))


class FullDisk:
    """A folder on a disk without space. `before` is for the workers, `relieve` makes room."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(mode=0o700)
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=64k,mode=700", "tmpfs", str(folder)],
            stderr=subprocess.DEVNULL,
        )
        self.means = "tmpfs" if mounted.returncode == 0 else "RLIMIT_FSIZE"
        #: How the library puts it.
        self.says = "the disk is full" if self.means == "tmpfs" else "error 27"
        self.before: Callable[[], None] | None = None if self.means == "tmpfs" else limit_files

    def fill(self) -> None:
        if self.means == "tmpfs":
            with open(self.folder / "ballast", "wb", buffering=0) as ballast:
                try:
                    while ballast.write(b"\0" * 4096):
                        pass
                except OSError:
                    return

    def relieve(self) -> None:
        if self.means == "tmpfs":
            (self.folder / "ballast").unlink()

    def __enter__(self) -> FullDisk:
        return self

    def __exit__(self, *_: object) -> None:
        if self.means == "tmpfs":
            subprocess.run(["umount", "--lazy", str(self.folder)], check=True)
