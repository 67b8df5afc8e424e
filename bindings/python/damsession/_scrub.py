"""Removes secrets from an exception that an HTTP client raised about a request of ours.

Such exceptions are logged, stored and sent to error trackers, with tracebacks and the local
variables of their frames. The frames that sent the request are cleared. The exceptions and frames
that were there before, which are the program's own, stay as they are.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterator
from typing import Any

# It matches up to the next space: clients quote URLs in many ways, and a query may contain every
# kind of quotation mark.
_QUERY = re.compile(r"\?\S*")


def scrub(error: BaseException | None, before: BaseException | None, in_url: bool) -> None:
    """Clears the finished frames of `error` and of its causes, up to `before`.

    in_url: URLs contained secrets, so that the queries in all texts are removed too.
    """
    for one in _chain(error, before):
        if in_url:
            one.args = tuple(_without_queries(value) for value in one.args)
            attributes = getattr(one, "__dict__", {})
            attributes.update({name: _without_queries(value) for name, value in attributes.items()})
        traceback.clear_frames(one.__traceback__)


def _chain(error: BaseException | None, before: BaseException | None) -> Iterator[BaseException]:
    """The exception, its causes, and the exceptions that it wraps."""
    seen: list[BaseException] = [] if before is None else [before]
    ahead: list[Any] = [error]
    while ahead:
        one = ahead.pop()
        if isinstance(one, BaseException) and not any(one is other for other in seen):
            seen.append(one)
            ahead += [
                one.__cause__,
                one.__context__,
                *one.args,
                *getattr(one, "__dict__", {}).values(),
            ]
            ahead += getattr(one, "exceptions", ())  # the members of a group
            yield one


def _without_queries(value: Any) -> Any:
    return _QUERY.sub("?...", value) if isinstance(value, str) else value
