"""What is said of a keyword that there is not: what to write in place of one of requests or httpx,
or the nearest one; and of a timeout as they have it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

_REDIRECTS = "redirects are followed, unless damsession.open gets redirects=0"
_TRUST = "certificates are always verified; damsession.open(ca_file=...) names a CA of your own"
_LOGIN = (
    "the session authenticates its requests by what damsession.open gets as user=, password=, ..."
)
_PROXY = "give the proxy to damsession.open(proxy=...)"

#: What others call it, and what to do here.
ELSEWHERE = {
    "allow_redirects": _REDIRECTS,
    "auth": _LOGIN,
    "base_url": "give the server to damsession.open(url=...)",
    "ca": _TRUST,
    "cert": "give it to damsession.open(client_certificate=..., client_key=...)",
    "content": "give bytes as data=",
    "cookies": "the session has its own cookies, and no jar for others",
    "follow_redirects": _REDIRECTS,
    "proxies": _PROXY,
    "proxy": _PROXY,
    "stream": "use stream() of the session, or stream_to=",
    "username": "give it to damsession.open(user=...)",
    "verify": _TRUST,
}


def hint(keyword: str, known: Iterable[str], quote: str = '"') -> str:
    """The end of a message about a keyword that is not one of `known`: "" if nothing is near."""
    if keyword in ELSEWHERE:
        return f"; {ELSEWHERE[keyword]}"
    import difflib  # here, as few programs need it

    near = difflib.get_close_matches(keyword, known, 1, 0.75)
    return f"; did you mean {quote}{near[0]}{quote}?" if near else ""


def check_keywords(caller: str, options: Mapping[str, Any], known: frozenset[str]) -> None:
    """TypeError: one of these keywords is not known to the method that was called."""
    if options and not options.keys() <= known:
        raise unexpected(caller, options, known)


def unexpected(caller: str, options: Mapping[str, Any], known: frozenset[str]) -> TypeError:
    """The error for the first of these keywords that is not known. It shows no value."""
    keyword = next(name for name in options if name not in known)
    told = hint(keyword, known, "'")
    return TypeError(f"{caller}() got an unexpected keyword argument '{keyword}'{told}")


def no_timeout(value: object) -> TypeError:
    """The error for what is no number, such as the (connect, read) of requests."""
    return TypeError(
        f"timeout is one number of seconds, not {type(value).__name__}; the times for connecting and"
        " between two pieces are damsession.open(connect_timeout=..., idle_timeout=...)"
    )
