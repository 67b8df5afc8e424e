"""The wrapper with the commands of client.py: each operation is a process of its own, as in a
script.

It knows only what a script knows: the exit code, standard output and standard error.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from damsession import Status

HTTP_ERROR = 8  #: the exit code where the server answered, but not with a success
UPLOAD = Path("upload")

ARGUMENTS: dict[str, list[str]] = {
    "login": ["login", "-"],
    "insist": ["login", "-", "--again"],
    "get": ["get", "-", "{}", "--include"],
    "head": ["request", "-", "HEAD", "{}", "--include"],
    "stream": ["get", "-", "{}"],
    "post": ["post", "-", "{}", "--include", "--data", "a=b"],
    "upload": [
        "post",
        "-",
        "{}",
        "--include",
        "--data",
        "@upload",
        "--content-type",
        "application/octet-stream",
    ],
    "broken": ["get", "-", "{}", "--output", "file", "--header", "X-Break: 1"],
    "download": ["get", "-", "{}", "--output", "file"],
    "resume": ["get", "-", "{}", "--output", "file", "--continue"],
    "keepalive": ["keepalive", "-"],
    "logout": ["logout", "-"],
}


def act(wrapper: str, operation: str, path: str) -> str:
    if operation == "open":
        return "OK 200 0 ''"
    command = [wrapper, *(word.replace("{}", path) for word in ARGUMENTS[operation])]
    # What streams may have no end: nobody here keeps it.
    shown = subprocess.DEVNULL if operation == "stream" else subprocess.PIPE
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=shown, stderr=subprocess.PIPE)
    if done.returncode not in (0, HTTP_ERROR):
        known = done.returncode in Status.__members__.values()
        name = Status(done.returncode).name if known else f"EXIT{done.returncode}"
        # Warnings go before it, and what to do about it comes after.
        lines = done.stderr.decode("utf-8", "replace").strip().split("\n")
        sentence = next((line for line in reversed(lines) if "DAM_ERR_" in line), lines[-1])
        return f"{name} 0 0 {sentence!r}"
    status, body = 200, done.stdout or b""
    if "--include" in command:
        head, _, body = body.replace(b"\r\n", b"\n").partition(b"\n\n")
        status = int(head.split(b"\n")[0].removeprefix(b"Status: "))
    elif found := re.search(rb"HTTP status (\d+)", done.stderr):
        status = int(found[1])
    return f"OK {status} {len(body)} {body[:400]!r}"


if __name__ == "__main__":
    UPLOAD.write_bytes(b"upload" * 50_000)
    for line in iter(sys.stdin.readline, ""):
        operation, _, path = line.rstrip("\n").partition(" ")
        print(act(sys.argv[1], operation, path), flush=True)
