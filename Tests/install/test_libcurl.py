"""The libcurls of other systems: one without symbol versions, and one that is too old.

Both are the system's own, in other clothes: a copy whose versions are hidden from the loader, and
one that says another version's number.
"""

from __future__ import annotations

import os
import struct
import subprocess
from pathlib import Path

import pytest
from common import ROOT

from damsession.sandbox.client import Sandbox

COMMAND = ROOT / ".build" / "bin" / "damsession"
#: Tags of an ELF file's dynamic section: DT_VERDEF and DT_VERDEFNUM, which tell what versions its
#: own symbols have; and one that libraries may have and nobody reads, DT_DEBUG.
VERSIONS = {0x6FFFFFFC, 0x6FFFFFFD}
IGNORED = 21
DYNAMIC = 2

OLD = """\
#define _GNU_SOURCE
#include <curl/curl.h>
#include <dlfcn.h>

curl_version_info_data *curl_version_info(CURLversion age)
{
    static curl_version_info_data old;
    curl_version_info_data *(*real)(CURLversion);
    *(void **)&real = dlsym(RTLD_NEXT, "curl_version_info");
    old = *real(age);
    old.version_num = NUMBER;
    return &old;
}
"""


def the_systems_libcurl() -> Path:
    said = subprocess.run(["ldd", COMMAND], capture_output=True, text=True, check=True).stdout
    (line,) = [line for line in said.splitlines() if "libcurl.so.4 =>" in line]
    return Path(line.split()[2]).resolve()


def without_versions(library: bytes) -> bytes:
    changed = bytearray(library)
    (table,) = struct.unpack_from("<Q", changed, 32)
    size, count = struct.unpack_from("<HH", changed, 54)
    for index in range(count):
        kind, _, offset, _, _, length = struct.unpack_from("<IIQQQQ", changed, table + index * size)
        for place in range(offset, offset + length, 16) if kind == DYNAMIC else ():
            if struct.unpack_from("<Q", changed, place)[0] in VERSIONS:
                struct.pack_into("<Q", changed, place, IGNORED)
    return bytes(changed)


def get(sandbox: Sandbox, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": os.environ["PATH"],
        "DAMSESSION_URL": sandbox.photoshelter,
        "DAMSESSION_USER": "ada@example.com",
        "DAMSESSION_PASSWORD": sandbox.accounts["photoshelter"]["ada@example.com"]["password"],
        "DAMSESSION_API_KEY": sandbox.api_key,
        "DAMSESSION_CA_FILE": sandbox.ca_file,
        "DAMSESSION_STORE": "memory",
        **more,
    }
    command = [COMMAND, "get", "-", "mem/user/session", "--system", "photoshelter"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_without_symbol_versions(dam_sandbox: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "libcurl.so.4").write_bytes(without_versions(the_systems_libcurl().read_bytes()))
    done = get(dam_sandbox, LD_LIBRARY_PATH=str(tmp_path))
    assert done.returncode == 0 and '"data"' in done.stdout
    # The loader's own words, and nothing else.
    assert [line for line in done.stderr.splitlines() if str(tmp_path) not in line] == []
    assert "no version information available" in done.stderr


@pytest.mark.parametrize("number, is_refused", [("0x074f01", True), ("0x075000", False)])
def test_an_old_one(dam_sandbox: Sandbox, tmp_path: Path, number: str, is_refused: bool) -> None:
    (tmp_path / "old.c").write_text(OLD.replace("NUMBER", number), "ascii")
    old = tmp_path / "old.so"
    subprocess.run(["cc", "-shared", "-fPIC", tmp_path / "old.c", "-o", old], check=True)
    done = get(dam_sandbox, LD_PRELOAD=str(old))
    if is_refused:
        assert done.returncode == 4
        assert "libcurl 7.79.1 is too old: 7.80.0 or later is needed" in done.stderr
    else:
        assert done.returncode == 0 and done.stderr == ""
