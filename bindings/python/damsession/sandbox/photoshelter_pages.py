"""How PhotoShelter shows records: one, or a page of several, as `fields` and `extend` ask for."""

from __future__ import annotations

from typing import Any

from . import photoshelter_responses as responses
from .exchange import Exchange, Response
from .photoshelter_extend import ExtendError, Wanted
from .photoshelter_login import identity, owner_of
from .photoshelter_records import Record
from .photoshelter_sessions import Session

_PER_PAGE = 20
_MOST_PER_PAGE = 1000


def data(session: Session | None, found: Record) -> dict[str, Any]:
    """The `data` of a response: the records, and whose they are."""
    return {**({"Session": identity(session)} if session else {}), **found}


def one(
    exchange: Exchange, session: Session | None, kind: str, found: Record, wrap: bool = False
) -> Response:
    """One record. `wrap`: its children are wrapped, as in `Wanted`."""
    try:
        wanted = Wanted(exchange, owner_of(session), wrap)
    except ExtendError:
        return bad_extend(exchange)
    return responses.ok(exchange, data(session, {kind: wanted.of(kind, found)}))


def listed(
    exchange: Exchange,
    session: Session | None,
    key: str,
    found: list[Record],
    kind: str,
    wrapped_in: str = "",
) -> Response:
    """A page of records of one kind under a key, each wrapped in a further key if given."""
    page = count(exchange.parameter("page"), 1, 1_000_000)
    per_page = count(
        exchange.parameter("per_page") or exchange.parameter("ppg"), _PER_PAGE, _MOST_PER_PAGE
    )
    if page is None or per_page is None:
        return responses.bad_request(exchange, "page and per_page: whole numbers from 1")
    try:
        wanted = Wanted(exchange, owner_of(session))
    except ExtendError:
        return bad_extend(exchange)
    shown = wanted.every(kind, found[(page - 1) * per_page : page * per_page])
    response = {
        key: [{wrapped_in: one} for one in shown] if wrapped_in else shown,
        "Total": str(len(found)),
        "Paging": _paging(exchange, page, per_page, len(found)),
    }
    return responses.ok(exchange, data(session, response))


def _paging(exchange: Exchange, page: int, per_page: int, total: int) -> Record:
    pages = max(1, -(-total // per_page))

    def at(number: int) -> str:
        return f"{exchange.server}{exchange.path}?page={number}&per_page={per_page}"

    paging = {"page": page, "pages": pages, "first": at(1), "last": at(pages)}
    if page < pages:
        paging["next"] = at(page + 1)
    if page > 1:
        paging["previous"] = at(page - 1)
    return paging


def count(text: str, default: int, most: int) -> int | None:
    """A number of a page, or of what it holds; None: it is none."""
    if text == "":
        return default
    if not (text.isascii() and text.isdigit()) or len(text) > 9:
        return None
    return min(int(text), most) or None


def bad_extend(exchange: Exchange) -> Response:
    return responses.bad_request(exchange, "extend: a JSON object is needed")
