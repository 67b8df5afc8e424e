"""Shows a request to whoever sent it, for tests.

What is known to be secret in it is shown as a hash: the response may end in a terminal or a log.
"""

from __future__ import annotations

import contextlib
from base64 import b64encode
from typing import Any
from urllib.parse import parse_qsl

from .disguise import Disguise
from .exchange import BodyTooLarge, Exchange

HELP = "the method, query and form of the request; another body, up to 1 MiB, as `body` or `base64`"


class Echo:
    """What there is to show of requests."""

    def __init__(self) -> None:
        self._disguise = Disguise()

    async def of(self, exchange: Exchange) -> dict[str, Any]:
        _, _, query = exchange.target.partition("?")
        if exchange.request.body_exists and not exchange.body_read:
            with contextlib.suppress(BodyTooLarge):
                await exchange.read_body()
        shown: dict[str, Any] = {
            "method": exchange.method,
            "query": self._together(parse_qsl(query, keep_blank_values=True)),
            "form": self._together(exchange.form),
        }
        if exchange.body and not exchange.form:
            shown.update(_as_text(self._disguise.body(exchange.body)))
        return shown

    def _together(self, pairs: list[tuple[str, str]]) -> dict[str, str | list[str]]:
        """Each name with its value, or with all of them in their order where it is repeated."""
        values: dict[str, list[str]] = {}
        for name, value in pairs:
            values.setdefault(name, []).append(self._disguise.value(name, value))
        return {name: each if len(each) > 1 else each[0] for name, each in values.items()}


def _as_text(body: bytes) -> dict[str, str]:
    try:
        return {"body": body.decode("utf-8")}
    except UnicodeDecodeError:
        return {"base64": b64encode(body).decode("ascii")}
