"""Small requests one after another, by damsession."""

from __future__ import annotations

from orders import PATH, check, obey

import damsession

session = damsession.open()


def ask(count: int) -> None:
    for _ in range(count):
        response = session.get(PATH)
        check(response.status, response.content)


ask(2)
obey(ask)
