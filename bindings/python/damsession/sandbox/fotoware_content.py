"""What FotoWare shows to an application that has an access token: who it is, archives, files.

It is as much of the API as a test of sessions needs. The archives are those of FotoWeb.
"""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any, Callable

from . import fotoware_responses as responses
from .archive_files import ARCHIVES, find_archive, visible
from .download import serve
from .echo import HELP, Echo
from .endpoints import ANY, Endpoint
from .exchange import Exchange, Response
from .fotoware_vendor import REVOKE, TOKEN
from .oauth_families import Family

ME = "/fotoweb/me"
_ARCHIVES = "/fotoweb/archives"
_FOR_TESTS = "assumption: for tests"

Command = Callable[[Exchange, Family], Awaitable[Response]]


def endpoints() -> tuple[Endpoint[Command], ...]:
    shown = Echo()

    async def echo(exchange: Exchange, family: Family) -> Response:
        return responses.ok(await shown.of(exchange))

    return (
        Endpoint("GET", ME, _me,
                 "the user, the application, and the paths of the server",
                 "public record, clients: the path; the contents are assumed"),
        Endpoint("GET", _ARCHIVES, _archives,
                 "the archives", "public record, clients: the path and data; shortened"),
        Endpoint("GET", _ARCHIVES + "/{id}", _archive,
                 "an archive and its files", "public record, clients: the path; shortened"),
        Endpoint(ANY, "/fotoweb/echo", echo, HELP, _FOR_TESTS),
        Endpoint("GET", "/fotoweb/download", _download,
                 "a file of `size` bytes", _FOR_TESTS),
    )  # fmt: skip


async def _me(exchange: Exchange, family: Family) -> Response:
    application = family.application
    return responses.ok(
        {
            "href": ME,
            "user": family.user,
            # A script acts for nobody, and may do everything.
            "administrator": family.user == "",
            "application": {
                "id": application.id,
                "name": application.name,
                "kind": application.kind,
            },
            "server": {"archives": _ARCHIVES, "token": TOKEN, "revoke": REVOKE},
        }
    )


async def _archives(exchange: Exchange, family: Family) -> Response:
    found = [_described(archive) for archive in range(len(ARCHIVES))]
    return responses.ok({"data": found, "paging": None})


async def _archive(exchange: Exchange, family: Family) -> Response:
    archive = find_archive(exchange.parts[0])
    if archive is None:
        return responses.not_found(exchange)
    files = [{"filename": file.name} for file in visible(archive, False)]
    return responses.ok({**_described(archive), "assets": {"data": files, "paging": None}})


def _described(archive: int) -> dict[str, Any]:
    number, name = ARCHIVES[archive]
    return {"id": number, "name": name, "href": f"{_ARCHIVES}/{number}"}


async def _download(exchange: Exchange, family: Family) -> Response:
    return serve(exchange, "download", "application/octet-stream", [])
