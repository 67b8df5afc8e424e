"""The words of a server that refuses a request: the message of its JSON or XML, or the text of its
page, in one line.

They are cut, and what may be a secret is left out, since a server may repeat what it was sent: all
of them if one of the session's own secrets is among them, else queries of URLs, values with a name,
and words that look like tokens, unless the program asked for them by its path.

It is loaded at the first such response.
"""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import Any

from ._site import Asked

_LONGEST = 200  # characters of the result
_SEARCHED = 1 << 10  # characters that are searched for secrets: more than the longest result has
#: The bytes of a body that are looked at, and the characters of a page.
MOST_OF_A_BODY, _MOST_OF_A_PAGE = 1 << 16, 1 << 14

_LEFT_OUT = "..."
_QUERY = re.compile(r"\?\S+")
_NAMED = re.compile(
    r"([\w-]+=|\b\w*(?:pass|secret|token|key|cookie|auth|session)\w*\W{0,2}:\s*(?:(?:bearer|basic)\s+)?"
    r"|\bbearer\s+)[^\s,;]+",
    re.I,
)
_WORD = re.compile(r"""[^\s"'<>(){}\[\],;:!]+""")
# Random text of this length has a digit, or is longer than words are.
_SHORTEST_TOKEN, _LONGEST_WORD = 8, 24


def detail(asked: Asked, content_type: str, body: bytes, text: str) -> str:
    """The server's words about a request; "": it said nothing that can be shown. `text` is `body`
    decoded, as far as it is looked at.
    """
    said = _said(content_type.partition(";")[0].strip().lower(), body, text)
    said = " ".join(_visible(" ".join(said.split())[:_SEARCHED]).split())
    if not said or asked.site.secrets.shows_in(said):
        return ""
    path = asked.path.decode()
    said = _NAMED.sub(rf"\1{_LEFT_OUT}", _QUERY.sub(f"?{_LEFT_OUT}", said))
    said = _WORD.sub(lambda word: _LEFT_OUT if _may_be_secret(word[0], path) else word[0], said)
    return said if len(said) <= _LONGEST else said[: _LONGEST - 3].rstrip() + "..."


def _said(kind: str, body: bytes, text: str) -> str:
    if kind.endswith("json"):
        return _of_json(body)
    if kind == "text/plain":
        return text
    if kind.startswith("text/") or kind.endswith("xml"):
        page = _Page()
        page.feed(text[:_MOST_OF_A_PAGE])
        return page.said
    return ""


def _of_json(body: bytes) -> str:
    try:
        return _message(json.loads(body) if len(body) <= MOST_OF_A_BODY else None, 3)
    except (ValueError, RecursionError):
        return ""


def _message(value: Any, depth: int) -> str:
    """PhotoShelter's `error.message` with its class, a list of `errors` with a `title`, or the
    `detail` of RFC 9457.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, list) and value and depth:
        return _message(value[0], depth - 1)
    if isinstance(value, dict) and depth:
        for name in ("error", "errors", "message", "detail", "title"):
            found = _message(value.get(name), depth - 1)
            if found:
                kind = value.get("class")
                return f"{found} ({kind})" if isinstance(kind, str) else found
    return ""


class _Page(HTMLParser):
    """The text of HTML or XML: that of an element `message`, else what a reader would see, else the
    title.
    """

    def __init__(self) -> None:
        super().__init__()
        self._element = ""
        self._texts: dict[str, list[str]] = {"message": [], "": [], "title": []}

    @property
    def said(self) -> str:
        texts = (" ".join(pieces).strip() for pieces in self._texts.values())
        return next(filter(None, texts), "")

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self._element = tag if tag in ("message", "title", "script", "style") else self._element

    def handle_endtag(self, tag: str) -> None:
        self._element = "" if tag == self._element else self._element

    def handle_data(self, data: str) -> None:
        if self._element in self._texts:
            self._texts[self._element].append(data)


def _visible(text: str) -> str:
    """Without what would change how a terminal or a log shows the rest."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _may_be_secret(word: str, path: str) -> bool:
    if len(word) < _SHORTEST_TOKEN or word in path or _LEFT_OUT in word:
        return False
    has_digit, has_letter = any(map(str.isdigit, word)), any(map(str.isalpha, word))
    return len(word) >= _LONGEST_WORD or (has_digit and has_letter)
