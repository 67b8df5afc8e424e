"""Wraps the texts of comments, without the marks before their lines.

A paragraph is wrapped from its first wide line to its end, also a hanging one (`  Word    text`,
`1. text`). Code, lists and tables, which are set out by hand, are left alone.
"""

from __future__ import annotations

import re
import textwrap

SET_OUT = re.compile(r"^(?:\s|[-*+|>] |\d+\. |@\w+ |#)|-{10,}$")
#: What a hanging paragraph begins with: the lines after the first are indented by as much.
HANGING = re.compile(r"\s*(?:(?:\w+ )*\w+\s{2,}|[-*] +|\d+\. +)(?=\S)")
RULE = re.compile(r"-{10,}$")


def is_full(line: str, following: str, room: int) -> bool:
    """Whether a line was broken for want of room, as far as its width tells.

    `Threads: ` begins a line on purpose; so does `word: ` after a sentence.
    """
    needed = len(line) + 1 + len(following.partition(" ")[0])
    label = re.match(r"\w+: ", following)
    return needed > room - 8 and not (label and (following[0].isupper() or line.endswith(".")))


def fill(texts: list[str], room: int, last: int = 0) -> list[str]:
    """A paragraph, wrapped from its first wide line on to where a line was ended on purpose.

    `last`: the columns that its last line must leave.
    """
    begin = next(
        (n for n, text in enumerate(texts) if len(text) + last * (n + 1 == len(texts)) > room),
        len(texts),
    )
    if begin == len(texts):
        return texts
    end = begin + 1
    while end < len(texts) and is_full(texts[end - 1], texts[end], room):
        end += 1
    rest = fill(texts[end:], room, last)
    text = " ".join(texts[begin:end]) + "\0" * (0 if rest else last)
    lines = textwrap.wrap(text, room, break_long_words=False, break_on_hyphens=False)
    return texts[:begin] + [line.rstrip("\0") for line in lines] + rest


def is_prose(text: str) -> bool:
    return text != "" and not SET_OUT.search(text)


def end_of(texts: list[str], at: int, indent: int) -> int:
    """Where the paragraph ends that begins `at`. `indent`: of its other lines, if it hangs."""
    end = at + 1
    if indent:
        while end < len(texts) and len(texts[end]) - len(texts[end].lstrip()) == indent:
            end += 1
    elif is_prose(texts[at]):
        while end < len(texts) and is_prose(texts[end]):
            end += 1
    return end


def wrapped(texts: list[str], first: str, rest: str, width: int, closer: str = "") -> list[str]:
    """A comment, wrapped where it is too wide. `first`, `rest`: what stands before its lines."""
    room = width - len(rest)
    texts = ["\0" * (len(first) - len(rest)) + texts[0], *texts[1:]]
    done: list[str] = []
    at = 0
    while at < len(texts):
        hanging = HANGING.match(texts[at])
        indent = len(hanging[0]) if hanging else 0
        end = end_of(texts, at, indent)
        last = len(closer) if end == len(texts) else 0
        if hanging:
            lines = fill([text[indent:] for text in texts[at:end]], room - indent, last)
            done += [hanging[0] + lines[0], *(" " * indent + line for line in lines[1:])]
        elif is_prose(texts[at]):
            done += fill(texts[at:end], room, last)
        else:  # a rule of dashes can be cut
            excess = max(len(texts[at]) + last - room, 0)
            rule = RULE.search(texts[at])
            done.append(texts[at][: len(texts[at]) - excess] if rule else texts[at])
        at = end
    done[0] = done[0].lstrip("\0")
    done[-1] += closer
    return [((first if n == 0 else rest) + text).rstrip() for n, text in enumerate(done)]
