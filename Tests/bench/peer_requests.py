"""Small requests one after another, by requests, which keeps cookies of itself."""

from __future__ import annotations

import requests
from orders import HEADERS, URL, check, obey

session = requests.Session()
session.headers.update(HEADERS)


def ask(count: int) -> None:
    for _ in range(count):
        response = session.get(URL)
        check(response.status_code, response.content)


ask(2)
obey(ask)
