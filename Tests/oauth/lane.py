"""One consent, one store, and one program after the other that uses both.

A lane has a way to the server of its own, in which renewals can be held (gate.py), and its store is
on a small disk of its own where this machine lets it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import records
from common import wait_for
from crew import Worker
from gate import Gate
from issuer import Issuer
from trouble import FullDisk

ANSWERED, CONSENT = "answered", "ConsentNeeded"


class Lane:
    """A context manager. `worker` is the program that has the session now."""

    def __init__(self, issuer: Issuer, folder: Path, **options: Any) -> None:
        self.issuer = issuer
        self.folder = folder
        self.gate = Gate(issuer)
        self.disk = FullDisk(folder)
        self.options = issuer.options(port=self.gate.port, store=folder, **options)
        self._worker: Worker | None = None

    def __enter__(self) -> Lane:
        self.gate.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        if self._worker is not None:
            self._worker.close()
        self.gate.__exit__()
        self.disk.__exit__()

    @property
    def worker(self) -> Worker:
        assert self._worker is not None
        return self._worker

    def start(
        self,
        before: Callable[[], None] | None = None,
        environment: dict[str, str] | None = None,
        **options: Any,
    ) -> None:
        """A new program in the place of the last one."""
        if self._worker is not None:
            self._worker.close()
        self._worker = Worker({**self.options, **options}, environment, before)
        self.worker.hear()

    def consent(self) -> None:
        """A person consents; then the session works."""
        (url,) = _values(self.worker.do("begin_consent"))
        _values(self.worker.do("finish_consent", self.issuer.consent(url)))
        assert self.ask() == ANSWERED

    def ask(self) -> str:
        """One request: `ANSWERED`, or the name of the error."""
        return told(self.worker.do("get", self.issuer.path))

    def tell(self) -> None:
        """The same, but for the answer, which `hear` waits for."""
        self.worker.tell({"name": "get", "args": [self.issuer.path]})

    def hear(self) -> str:
        return told(self.worker.hear())

    def wait_for_expiry(self) -> None:
        """Returns when the access token in the store is over, as everybody counts."""
        ends = self._secret()["expires_at"]
        wait_for(lambda: time.time() >= ends)

    @property
    def refresh_token(self) -> str:
        """In the store."""
        return str(self._secret()["refresh_token"])

    def _secret(self) -> dict[str, Any]:
        secret: dict[str, Any] = records.read(records.session(self.folder))["secret"]
        return secret


def told(outcome: dict[str, Any]) -> str:
    """What became of one request."""
    for name, _ in outcome["errors"]:
        return str(name)
    (value,) = outcome["values"]
    return ANSWERED if value["status"] == 200 else str(value["status"])


def _values(outcome: dict[str, Any]) -> list[Any]:
    assert not outcome["errors"], outcome["errors"]
    values: list[Any] = outcome["values"]
    return values
