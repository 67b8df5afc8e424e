"""The query language of the parameter `Search`: words, AND, OR, NOT, parentheses, fields.

    sandbox AND NOT (IPTC025 contains (upright))
    "ada aardvark" (FQYFN contains (photos_00*)) (FQYFD contains (20231101~~20231231))

A word is searched in the file name and in all text fields. A field is named by its number, or by
the code for the file name or the date. `*` stands for any characters and `?` for one. `xnoword`
finds an empty field, `xlastword` a field that is not empty, and two values with `~~` between them
find a range. Of words without an operator between them, all must be found.
"""

from __future__ import annotations

import re
from time import gmtime, strftime
from typing import Callable

from .archive_files import ArchiveFile

Test = Callable[[ArchiveFile], bool]

_TOKEN = re.compile(r'\s*(?:([()])|"([^"]*)"|([^\s()"]+))')
_FIELD = re.compile(r"(?:IPTC|IPTC2:)(\d{1,5})", re.ASCII | re.IGNORECASE)
_CONTAINS = "contains"
# A limit is needed because nested parentheses are parsed by recursion.
_MOST_WORDS = 100


class QueryError(ValueError):
    """The query cannot be parsed, or it is far too long."""


def parse(text: str) -> Test:
    """A predicate for files. An empty query finds all of them."""
    query = _Query(text)
    if query.word() is None:
        return lambda file: True
    test = query.either()
    if query.word() is not None:
        raise QueryError(text)
    return test


class _Query:
    """The tokens of a query, taken one after the other. A word in quotation marks is literal."""

    def __init__(self, text: str) -> None:
        self._words: list[tuple[str, bool]] = []
        end = len(text.rstrip())
        at = 0
        while at < end:
            match = _TOKEN.match(text, at)
            if match is None:
                raise QueryError(text)
            bracket, quoted, plain = match.groups()
            self._words.append((bracket or quoted or plain or "", quoted is not None))
            at = match.end()
        if len(self._words) > _MOST_WORDS:
            raise QueryError(text)
        self._at = 0

    def word(self, ahead: int = 0) -> str | None:
        """The next word or one after it; None at the end, and for a quoted one a quotation mark."""
        if self._at + ahead >= len(self._words):
            return None
        word, quoted = self._words[self._at + ahead]
        return '"' if quoted else word

    def take(self, wanted: str = "") -> str:
        word = self.word()
        if word is None or (wanted and word.lower() != wanted):
            raise QueryError(f"{wanted or 'a word'} is missing")
        self._at += 1
        return self._words[self._at - 1][0]

    def _is(self, *words: str) -> bool:
        return (self.word() or "").lower() in words

    def either(self) -> Test:
        tests = [self._both()]
        while self._is("or"):
            self.take()
            tests.append(self._both())
        return lambda file: any(test(file) for test in tests)

    def _both(self) -> Test:
        tests = [self._one()]
        while self.word() is not None and not self._is("or", ")"):
            if self._is("and"):
                self.take()
            tests.append(self._one())
        return lambda file: all(test(file) for test in tests)

    def _one(self) -> Test:
        if self._is("not"):
            self.take()
            test = self._one()
            return lambda file: not test(file)
        if self._is("("):
            self.take()
            test = self.either()
            self.take(")")
            return test
        if self._is(")", "and", "or"):
            raise QueryError("a word is missing")
        if (self.word(1) or "").lower() == _CONTAINS and self.word(2) == "(":
            return self._field(self.take())
        word = self.take()
        return lambda file: any(_holds(value, word) for value in (file.name, *_texts(file)))

    def _field(self, field: str) -> Test:
        self.take(_CONTAINS)
        self.take("(")
        wanted = []
        while not self._is(")"):
            wanted.append(self.take())
        self.take(")")
        return lambda file: all(_field_holds(_values(file, field), word) for word in wanted)


def _texts(file: ArchiveFile) -> list[str]:
    return [text for _, text in file.texts]


def _values(file: ArchiveFile, field: str) -> list[str]:
    match = _FIELD.fullmatch(field)
    if match:
        return [text for number, text in file.texts if number == int(match.group(1))]
    known = {"FQYFN": file.name, "FQYFD": strftime("%Y%m%d", gmtime(file.modified))}
    return [known[field.upper()]] if field.upper() in known else []


def _field_holds(values: list[str], word: str) -> bool:
    if word.lower() == "xnoword":
        return not values
    return any(_holds(value, word) for value in values)


def _holds(value: str, word: str) -> bool:
    if word.lower() == "xlastword":
        return True
    first, between, last = word.partition("~~")
    if between:
        return first <= value <= last
    letters = {"*": ".*", "?": "."}
    pattern = "".join(letters.get(letter) or re.escape(letter) for letter in word)
    return re.search(pattern, value, re.IGNORECASE | re.DOTALL) is not None
