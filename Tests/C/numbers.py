"""Finds arithmetic in the Swift sources that could end the application's process: a bare `+`, `-`
or `*`, a division, a negation, a range, a cut (`prefix`) or a conversion traps if its result does
not fit.

Usage: numbers.py FOLDER. Numbers from outside (servers, applications, files, clocks) go through
`plus`, `minus`, `times`, `clamping:`, `exactly:` or the `&` operators (Checked.swift). Every other
number has a name in numbers.txt, with the reason why no sum of such numbers can be too large. Steps
by one and joins of texts and arrays are no arithmetic. This program does not know types: a name
that is not listed is an error, whatever it names.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

TABLE = Path(__file__).with_name("numbers.txt")
INTEGER = r"\b(?:U?Int(?:8|16|32|64)?|[a-z]+_t)"
OPERATOR = re.compile(r"(?<=[\w)\]}\"?]) ([-+*/%]=?) (?=\S)")
NEGATION = re.compile(r"(?:^|[(\[,:?] ?|return |[=<>] )-(?=[A-Za-z_(])|\babs\(")
RANGE = re.compile(r" ?(?:\.\.\.|\.\.<) ?")
CUT = re.compile(r"\.(?:prefix|suffix|dropFirst|dropLast)\(")
CONVERSION = re.compile(INTEGER + r"\((?!clamping:|exactly:|truncatingIfNeeded:|bitPattern:|\))")
#: As it is written, or a constant of C's or Swift's; or a character.
NUMBER = re.compile(
    r"-?(?:\d[\d_.]*|0x[\dA-Fa-f_]+|(?:U?Int\d*)?\.(?:max|min)|[A-Z][A-Z\d_]+|\"\")"
)
#: What a text is called; a conversion of one gives nil where it is no number.
TEXT = re.compile(r"decoding:|\bor: \"|\b(?:text|digits|word)\b")


def plain(line: str) -> str:
    """Without comments and the contents of texts."""
    return re.sub(r"//.*", "", re.sub(r'#?"(?:\\.|[^"\\])*"#?', '""', line))


def operand(text: str, step: int) -> str:
    """What stands at the beginning (`step` 1) or the end (-1) of `text`, with its brackets."""
    opening, closing = "([" if step > 0 else ")]", ")]" if step > 0 else "(["
    depth, taken = 0, 0
    for sign in text[::step]:
        depth += (sign in opening) - (sign in closing)
        if depth < 0 or (depth == 0 and not re.match(r"[\w$.?\"()\[\]]", sign)):
            break
        taken += 1
    return text[:taken] if step > 0 else text[len(text) - taken :]


def bare(text: str) -> str:
    """Without what stands in brackets."""
    while (shorter := re.sub(r"\([^()]*\)|\[[^\[\]]*\]", "", text)) != text:
        text = shorter
    return text


def inside(text: str) -> str:
    """What stands before the bracket that closes here."""
    depth = 1
    for at, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if depth == 0:
            return text[:at]
    return text


class Checker:
    def __init__(self) -> None:
        rows = [
            line.partition("  ")
            for line in TABLE.read_text().splitlines()
            if line and line[0] != "#"
        ]
        self.known = {name for name, _, reason in rows if reason.strip()}
        assert len(self.known) == len(rows), f"{TABLE.name}: a row twice, or without a reason"
        self.used: set[str] = set()

    def is_good(self, text: str, file: str) -> bool:
        """A number as it is written, a listed name, or conversions and sums of those."""
        text = re.sub(r"\b(?:unsafe|try) ", "", text).strip()
        if not text or NUMBER.fullmatch(text):
            return True
        wrapped = re.fullmatch(
            f"(?:{INTEGER})?\\((?:(clamping|exactly|truncatingIfNeeded|bitPattern): )?(.*)\\)", text
        )
        if wrapped and inside(text[text.index("(") + 1 :]) + ")" == text[text.index("(") + 1 :]:
            parts = re.split(r" (?:&?[-+*]|[/%?:&]|<<|>>|[<>=]=?) ", wrapped[2])
            return bool(wrapped[1]) or all(self.is_good(part, file) for part in parts)
        names = re.findall(r"[A-Za-z_$][\w$]*", bare(text))
        entries = {f"{file}:*", *((names[-1], f"{file}:{names[-1]}") if names else ())} & self.known
        self.used |= entries
        return bool(entries)

    def faults(self, line: str, file: str) -> list[str]:
        found: list[str] = []
        for match in OPERATOR.finditer(line):
            left, right = operand(line[: match.start()], -1), operand(line[match.end() :], 1)
            if (
                match[1] in ("+=", "-=")
                and right == "1"
                or match[1][0] == "+"
                and self.joins(left, right)
            ):
                continue
            if match[1] in "/%" and re.fullmatch(r"[1-9][\d_]*", right):
                continue
            if not (self.is_good(left, file) and self.is_good(right, file)):
                found.append(f"{left} {match[1]} {right}")
        for match in RANGE.finditer(line):
            sides = operand(line[: match.start()], -1), operand(line[match.end() :], 1)
            if not all(self.is_good(side, file) for side in sides):
                found.append(match[0].join(sides))
        for match in NEGATION.finditer(line):
            if not self.is_good(operand(line[match.end() :], 1).strip("()"), file):
                found.append(match[0] + operand(line[match.end() :], 1))
        for match in CUT.finditer(line):
            if not self.is_good(inside(line[match.end() :]), file):
                found.append(match[0] + inside(line[match.end() :]) + ")")
        for match in CONVERSION.finditer(line):
            given = inside(line[match.end() :])
            # Closures of compactMap and flatMap may give nil.
            is_parse = TEXT.search(given) or (
                re.search(r"\$0|value", given) and re.search("[tc]Map|let |nil", line)
            )
            if not is_parse and not self.is_good(given, file):
                found.append(match[0] + given + ")")
        return found

    @staticmethod
    def joins(left: str, right: str) -> bool:
        """Texts and arrays are joined by the same sign."""
        ends = r"\.(?:utf8|reveal\(\)|text)$"
        return not left or bool(
            re.search(ends + r"|[\"\]]$|\"\)$|\?\? \[\]\)$|^(?:Array|Secret|String)\(", left)
            or re.search(ends + r"|^[\"\[]|^(?:Array|String)\(|^\(.*\?\? \[\]\)$", right)
        )


def main(folder: str) -> int:
    checker = Checker()
    faults = [
        f"{path}:{number}: {fault}"
        for path in sorted(Path(folder).rglob("*.swift"))
        for number, line in enumerate(path.read_text().splitlines(), 1)
        for fault in checker.faults(plain(line), path.name)
    ]
    print("\n".join(faults))
    unused = checker.known - checker.used
    if unused and folder == "Sources":
        print(f"{TABLE.name} lists what is not there: {', '.join(sorted(unused))}")
    return 1 if faults or (unused and folder == "Sources") else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
