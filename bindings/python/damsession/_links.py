"""Link headers (RFC 8288): which other resources a response names, such as the next page."""

from __future__ import annotations

import re
from collections.abc import Iterator

_LINK = re.compile(r"\s*<([^>]*)>")
#: A parameter: its name, and its value, which may be quoted.
_PARAMETER = re.compile(r'\s*;\s*([^\s=;,"]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;,]*)))?')
_TO_NEXT = re.compile(r'(?:"(?:[^"\\]|\\.)*"|[^,"])*,?')


def parse_links(header: str) -> dict[str, dict[str, str]]:
    """The links of a header by their relation ("next"), or by their URL if they have none.

    Each has its `url`, as it was sent, and its parameters. A link with more than one relation
    stands under each of them.
    """
    found: dict[str, dict[str, str]] = {}
    for link in _links(header):
        for name in link.get("rel", "").lower().split() or [link["url"]]:
            found[name] = link
    return found


def _links(header: str) -> Iterator[dict[str, str]]:
    at = 0
    while at < len(header):
        target = _LINK.match(header, at)
        if target is not None:
            at = target.end()
            link = {"url": target[1].strip()}
            while (parameter := _PARAMETER.match(header, at)) is not None:
                at = parameter.end()
                name, quoted, plain = parameter.groups()
                # Of a parameter that is given twice, the first one counts (section 3.3).
                link.setdefault(
                    name.lower(), plain or "" if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
                )
            yield link
        rest = _TO_NEXT.match(header, at)
        at = max(at + 1, rest.end() if rest is not None else 0)
