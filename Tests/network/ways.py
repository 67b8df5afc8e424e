"""One session, driven in one of three ways: by blocking calls, in asyncio's loop, or by the
wrapper, a process a call.

An outcome is a text: the response's HTTP status, or the name of the error.
"""

from __future__ import annotations

import asyncio
import re
from typing import Any

from common import WRAPPER
from programs import run, variables

import damsession

_USUAL = {"environment": False, "store": "memory"}


def ended(error: damsession.DamError) -> str:
    return str(damsession.Status(error.status).name)


class Blocking:
    def __init__(self, options: dict[str, Any]) -> None:
        self._session = damsession.open(**{**_USUAL, **options})

    def get(self, path: str) -> str:
        try:
            return str(self._session.get(path).status)
        except damsession.DamError as error:
            return ended(error)

    def keepalive(self) -> None:
        self._session.keepalive()

    def logout(self) -> str:
        return str(self._session.logout().name)

    def close(self) -> None:
        self._session.forget()
        self._session.close()


class InLoop:
    def __init__(self, options: dict[str, Any]) -> None:
        self._runner = asyncio.Runner()
        self._session = self._runner.run(self._opened(options))

    async def _opened(self, options: dict[str, Any]) -> damsession.AsyncSession:
        return damsession.aopen(**{**_USUAL, **options})

    def get(self, path: str) -> str:
        try:
            return str(self._runner.run(self._session.get(path)).status)
        except damsession.DamError as error:
            return ended(error)

    def keepalive(self) -> None:
        self._runner.run(self._session.keepalive())

    def logout(self) -> str:
        return str(self._runner.run(self._session.logout()).name)

    def close(self) -> None:
        self._session.sync_session.forget()
        self._runner.run(self._session.aclose())
        self._runner.close()


class Wrapper:
    """Its session is in the test's own file store."""

    def __init__(self, options: dict[str, Any]) -> None:
        self._environment = variables(options)

    def get(self, path: str) -> str:
        done = run([WRAPPER, "get", "-", path, "-i"], self._environment)
        said = re.match(rb"Status: (\d+)", done.stdout)
        return said[1].decode() if said else damsession.Status(done.returncode).name

    def keepalive(self) -> None:
        assert run([WRAPPER, "keepalive", "-"], self._environment).returncode == 0

    def logout(self) -> str:
        done = run([WRAPPER, "logout", "-"], self._environment)
        assert done.returncode == 0
        return "SERVER" if not done.stderr else done.stderr.decode()

    def close(self) -> None:
        assert run([WRAPPER, "forget", "-"], self._environment).returncode == 0


WAYS: list[type[Any]] = [Blocking, InLoop, Wrapper]
