"""Wraps docstrings and comments of Python."""

from __future__ import annotations

import ast
import io
import re
import tokenize

from marks import fix_lines
from wrapping import wrapped


def docstrings(tree: ast.Module) -> list[ast.Constant]:
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    found = []
    for node in ast.walk(tree):
        first = node.body[0] if isinstance(node, kinds) and node.body else None
        if (
            isinstance(first, ast.Expr)
            and isinstance(first.value, ast.Constant)
            and isinstance(first.value.value, str)
        ):
            found.append(first.value)
    return sorted(found, key=lambda node: -node.lineno)


def fix_comments(text: str, width: int) -> str:
    return "\n".join(fix_lines(text.split("\n"), "#:?", width))


def fix_docstrings(text: str, width: int) -> str:
    lines = text.split("\n")
    for node in docstrings(ast.parse(text)):
        assert node.end_lineno is not None
        begin, end = node.lineno - 1, node.end_lineno
        match = re.match(r'(\s*)(r?""")(?=\S)', lines[begin])
        if (
            not match
            or not lines[end - 1].endswith('"""')
            or all(len(line) <= width for line in lines[begin:end])
        ):
            continue
        body = lines[begin:end]
        body[-1] = body[-1][:-3].rstrip()
        if not body[-1]:
            body.pop()
        body = [body[0][len(match[0]) :], *(line[len(match[1]) :] for line in body[1:])]
        room = width - 3 * (len(body) == 1)  # its end may stand on the same line
        lines[begin:end] = [*wrapped(body, match[1] + match[2], match[1], room), match[1] + '"""']
    return "\n".join(lines)


def fix_trailing(text: str, width: int) -> str:
    """Comments of Python beside code: before it, or behind it where it opens a block."""
    lines = text.split("\n")
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    for token in reversed([token for token in tokens if token.type == tokenize.COMMENT]):
        row, column = token.start
        code, comment = lines[row - 1][:column].rstrip(), token.string.lstrip("# ")
        is_for_tools = token.string.startswith("#:") or re.match(r"noqa|type:|fmt:", comment)
        if not code or is_for_tools or len(lines[row - 1]) <= width:
            continue
        lines[row - 1] = code
        at = row if code.endswith(":") else row - 1
        indent = re.match(r"\s*", lines[at])
        sentence = (
            comment[0].upper() + comment[1:] + ("" if comment.endswith((".", "?", ")")) else ".")
        )
        lines.insert(at, f"{indent[0] if indent else ''}# {sentence}")
    return "\n".join(lines)


def code(text: str) -> str:
    """What a program does, whatever its docstrings say."""
    tree = ast.parse(text)
    for node in docstrings(tree):
        node.value = ""
    return ast.dump(tree)


def fix_python(text: str, width: int) -> str:
    for fix in (fix_trailing, fix_docstrings, fix_comments):
        fixed = fix(text, width)
        if code(fixed) == code(text):  # else what looked like a comment was a text
            text = fixed
    return text
