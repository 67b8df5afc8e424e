"""`files=`: a multipart/form-data body, whose files are read from disk by the library while they are sent.

Lays out what it is given and judges nothing: names, sizes and boundaries are the library's business.
"""

from __future__ import annotations

import ctypes
import os
import tempfile
from typing import Any, Iterable, Mapping, Optional, Union

from . import _abi
from ._body import Fields, pairs
from ._library import library
from ._text import encoded, utf8

#: Where a file is, or what is in it.
Content = Union[str, "os.PathLike[str]", bytes]
#: A path; or (file name, path or bytes), with the content type as a third if it is known. File name None: the path's.
FilePart = Union[str, "os.PathLike[str]", tuple[Optional[str], Content], tuple[Optional[str], Content, Optional[str]]]
#: File parts by the name of their field. A value may be a list of parts.
Files = Union[Mapping[str, Union[FilePart, list[FilePart]]], Iterable[tuple[str, Union[FilePart, list[FilePart]]]]]


class Form:
    """Owns a `dam_form`, to be freed after the requests that use it."""

    def __init__(self) -> None:
        self._library = library()
        self.pointer = _abi.form_p()
        self._spooled: list[Any] = []
        self._library.dam_form_new(ctypes.byref(self.pointer), _abi.dam_error())

    def __del__(self) -> None:
        if hasattr(self, "pointer"):
            self._library.dam_form_free(self.pointer)
            for file in self._spooled:
                file.close()

    def add_fields(self, fields: Fields) -> None:
        """Adds fields; a list or tuple repeats its field, None leaves it out."""
        for name, value in pairs(fields):
            for one in value if isinstance(value, (list, tuple)) else (value,):
                if one is not None:
                    data = one if isinstance(one, bytes) else utf8(one if isinstance(one, str) else str(one), name)
                    self._add(name, data)

    def add_files(self, files: Files) -> None:
        """Adds file parts."""
        for name, value in files.items() if isinstance(files, Mapping) else files:
            for part in value if isinstance(value, list) else [value]:
                self._add_file(name, part)

    def _add(self, name: str, data: bytes) -> None:
        field = encoded(name, "a field's name")
        self._library.dam_form_add(self.pointer, field, data, len(data), None, _abi.dam_error())

    def _add_file(self, name: str, part: FilePart) -> None:
        file_name: Optional[str] = None
        content: Any = part
        kind: Optional[str] = None
        if isinstance(part, tuple):
            file_name, content, kind = part if len(part) == 3 else (*part, None)
        if isinstance(content, bytes):
            file_name, content = file_name or name, self._spool(content)
        if not isinstance(content, (str, os.PathLike)):
            raise TypeError(f"a file part is a path or bytes, not {type(content).__name__}")
        self._library.dam_form_add_file(
            self.pointer,
            encoded(name, "a field's name"),
            encoded(os.fsdecode(content), "a file's path"),
            None if file_name is None else encoded(file_name, "a file's name"),
            None if kind is None else encoded(kind, "a content type"),
            _abi.dam_error(),
        )

    def _spool(self, data: bytes) -> str:
        """The library gives a file name to files alone, so bytes that are to have one become a file for a while."""
        file = tempfile.NamedTemporaryFile(prefix="damsession-")
        self._spooled.append(file)
        file.write(data)
        file.flush()
        return file.name
