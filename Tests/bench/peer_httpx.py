"""Small requests one after another, by httpx, which keeps cookies of itself."""

from __future__ import annotations

import httpx
from orders import HEADERS, URL, check, obey

session = httpx.Client(headers=HEADERS)


def ask(count: int) -> None:
    for _ in range(count):
        response = session.get(URL)
        check(response.status_code, response.content)


ask(2)
obey(ask)
