"""large.c in Python: one large transfer in a process of its own, and the most memory that it used.

    large_client.py HOW SMALL LARGE WHERE

The arguments and the output are those of large.c. A stream is hashed with SHA-256.
"""

from __future__ import annotations

import hashlib
import re
import sys
from pathlib import Path

import damsession


def memory(name: str) -> int:
    found = re.search(rf"{name}:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found is not None
    return int(found[1])


def transfer(session: damsession.Session, how: str, what: str, where: str) -> None:
    digest = hashlib.sha256()
    if how == "download":
        response = session.download(what, where)
    elif how == "stream":
        response = session.get(what, stream_to=digest.update)
    elif how == "form":
        response = session.put(where, files={"file": what})
    else:
        with open(what, "rb") as file:
            response = session.put(where, data=file)
    print(response.status, response.replays, memory("VmHWM"), digest.hexdigest(), flush=True)


def main() -> None:
    how, small, large, where = sys.argv[1:]
    with damsession.open() as session:
        transfer(session, how, small, where)
        # The peak begins anew with what is resident now.
        Path("/proc/self/clear_refs").write_text("5")
        print("ready", memory("VmRSS"), flush=True)
        sys.stdin.readline()
        transfer(session, how, large, where)


if __name__ == "__main__":
    main()
