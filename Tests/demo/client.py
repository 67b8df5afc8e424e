"""The demo's Python program: it has the commands of client.c, and uses damsession for Python.

It has `ask` for `consented`: it prints the page on which a person consents.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable

import damsession


def get(session: damsession.Session, path: str, count: str, text: str) -> object:
    responses = [session.get(path) for _ in range(int(count))]
    return sum(response.status == 200 and text in response.text for response in responses)


def bind(session: damsession.Session, path: str) -> object:
    found = session.get(path).raise_for_status()
    image = re.search(r' Id="([^"]*)"', found.text)
    return session.bind_image(image.group(1), found) if image else "nothing"


def image(session: damsession.Session, path: str, handle: str) -> object:
    try:
        return "found" if session.get(path, image=handle).ok else "lost"
    except damsession.HandleStale:
        return "stale"


def ask(session: damsession.Session) -> object:
    return session.begin_consent()


def logout(session: damsession.Session) -> object:
    return session.logout().name.lower()


if __name__ == "__main__":
    commands: dict[str, Callable[..., object]] = {
        "get": get,
        "bind": bind,
        "image": image,
        "ask": ask,
        "logout": logout,
    }
    with damsession.open() as session:
        print(commands[sys.argv[1]](session, *sys.argv[2:]))
