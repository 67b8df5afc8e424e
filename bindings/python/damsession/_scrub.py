"""Takes secrets out of an exception that an HTTP client raised about a request of ours.

Such exceptions are logged, stored and sent to error trackers, tracebacks and the locals of their
frames included. What sent the request may be cleared; what was going on before stays as it is:
the program's own exceptions and frames.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterator
from typing import Any

# Up to the next blank: clients quote targets in many ways, and a query may hold every quote there
# is.
_QUERY = re.compile(r"\?\S*")


def scrub(error: BaseException | None, before: BaseException | None, in_url: bool) -> None:
    """Clears the finished frames of `error` and of what led to it, up to `before`.

    in_url: URLs held secrets, so that every query in a text goes, too.
    """
    for one in _chain(error, before):
        if in_url:
            one.args = tuple(_without_queries(value) for value in one.args)
            attributes = getattr(one, "__dict__", {})
            attributes.update({name: _without_queries(value) for name, value in attributes.items()})
        traceback.clear_frames(one.__traceback__)


def _chain(error: BaseException | None, before: BaseException | None) -> Iterator[BaseException]:
    """The exception, its causes, and those that it wraps."""
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
            ahead += getattr(one, "exceptions", ())  # a group's
            yield one


def _without_queries(value: Any) -> Any:
    return _QUERY.sub("?...", value) if isinstance(value, str) else value
