"""`files=`: a multipart/form-data body. The library reads its files from disk while they are sent.

This module passes on what it is given. The library checks names and sizes, and chooses the
boundary.
"""

from __future__ import annotations

import ctypes
import io
import os
from collections.abc import Iterable, Mapping
from typing import Any, Optional, Union

from . import _abi
from ._body import Fields, Readable, pairs
from ._errors import argument_error
from ._library import library
from ._text import encoded, utf8

#: The path of a file, its content, or a file opened for reading bytes.
Content = Union[str, "os.PathLike[str]", bytes, Readable]
#: Content; or (file name, content); or (file name, content, content type). If the file name is
#: None, that of the path is used.
FilePart = Union[
    Content, tuple[Optional[str], Content], tuple[Optional[str], Content, Optional[str]]
]
#: File parts by the name of their field. A value may be a list of parts.
Files = Union[
    Mapping[str, Union[FilePart, list[FilePart]]],
    Iterable[tuple[str, Union[FilePart, list[FilePart]]]],
]


class Form:
    """Owns a `dam_form`, which is freed after the requests that use it."""

    def __init__(self) -> None:
        self._library = library()
        self.pointer = _abi.form_p()
        self._library.dam_form_new(ctypes.byref(self.pointer), _abi.dam_error())

    def __del__(self) -> None:
        if hasattr(self, "pointer"):
            self._library.dam_form_free(self.pointer)

    def add_fields(self, fields: Fields) -> None:
        """Adds fields. A list or tuple repeats its field, and None leaves it out."""
        for name, value in pairs(fields, "data"):
            for one in value if isinstance(value, (list, tuple)) else (value,):
                if one is not None:
                    data = (
                        one
                        if isinstance(one, bytes)
                        else utf8(one if isinstance(one, str) else str(one), name)
                    )
                    self._add(name, data, None, None)

    def add_files(self, files: Files) -> None:
        """Adds file parts."""
        for name, value in pairs(files, "files"):
            for part in value if isinstance(value, list) else [value]:
                self._add_file(name, part)

    def _add(self, name: str, data: bytes, file_name: bytes | None, kind: bytes | None) -> None:
        field = encoded(name, "a field's name")
        self._library.dam_form_add(
            self.pointer, field, data, len(data), file_name, kind, _abi.dam_error()
        )

    def _add_file(self, name: str, part: FilePart) -> None:
        told: str | None = None
        content: Any = part
        kind: str | None = None
        if isinstance(part, tuple):
            if len(part) not in (2, 3):
                raise TypeError(
                    "a tuple in files has 2 or 3 members: file name, content, and content type"
                )
            told, content, kind = part if len(part) == 3 else (*part, None)
        if hasattr(content, "read"):
            told, content = told or _base(content), _path(content) or content.read()
            if not isinstance(content, (_Path, bytes)):
                # Text that was read from a file must not be taken for a path.
                raise TypeError(
                    f"a file part is read as bytes: open it in binary mode, not for {type(content).__name__}"
                )
        file_name = None if told is None else encoded(told, "a file's name")
        content_type = None if kind is None else encoded(kind, "a content type")
        if isinstance(content, bytes):
            self._add(
                name,
                content,
                file_name or encoded(name, "a field's name"),
                content_type or _ANY_TYPE,
            )
            return
        if isinstance(content, str) and not os.path.exists(content):
            raise argument_error(
                f"files[{name!r}] is no path of a file that is there; for content write (file name, bytes)"
            )
        if not isinstance(content, (str, os.PathLike)):
            raise TypeError(
                f"a file part is a path, bytes or a file open for bytes, not {type(content).__name__}"
            )
        field, path = (
            encoded(name, "a field's name"),
            encoded(os.fsdecode(content), "a file's path"),
        )
        self._library.dam_form_add_file(
            self.pointer, field, path, file_name, content_type, _abi.dam_error()
        )


_ANY_TYPE = b"application/octet-stream"


def _base(file: Any) -> str | None:
    """The file name of an open file, if it has one."""
    name = getattr(file, "name", None)
    return os.path.basename(os.fsdecode(name)) if isinstance(name, (str, bytes)) else None


class _Path(str):
    """A path, which is different from other text."""


def _path(file: Any) -> _Path | None:
    """The path of an open file, if the library can read all of it by itself. None: the rest of the
    file must be read here.
    """
    raw = getattr(file, "raw", file)
    if not isinstance(raw, io.FileIO) or not isinstance(raw.name, (str, bytes)):
        # A file object that decompresses is excluded.
        return None
    if not file.seekable() or file.tell() != 0:
        return None
    try:
        same = os.path.samestat(os.stat(raw.name), os.fstat(raw.fileno()))
    except OSError:
        return None
    return _Path(os.fsdecode(raw.name)) if same else None
