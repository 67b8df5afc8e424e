"""Compares the Python table with the header: functions, callbacks, structs, numbers, version."""

from __future__ import annotations

import ctypes
import enum
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from common import ROOT, WRAPPER

import damsession
from damsession import _abi
from damsession._check import check
from damsession._errors import BY_STATUS

INCLUDE = ROOT / "include"
HEADER = re.sub(r"/\*.*?\*/", "", (INCLUDE / "damsession.h").read_text("utf-8"), flags=re.DOTALL)

_CALLBACK = re.compile(r"typedef\s+(\w+)\s*\(\*(dam_\w+)\)\(([^)]*)\)\s*;")
_FUNCTION = re.compile(r"^([\w ]+?[ *]+)(dam_\w+)\(([^)]*)\)\s*;", re.MULTILINE)
CALLBACKS = {name: (result, arguments) for result, name, arguments in _CALLBACK.findall(HEADER)}
FUNCTIONS = {
    name: (result, arguments)
    for result, name, arguments in _FUNCTION.findall(_CALLBACK.sub("", HEADER))
}
STRUCTS = set(re.findall(r"typedef struct (\w+) \{", HEADER))
MEMBERS = {  # the functions that a struct of the application's holds
    name: (result, arguments)
    for result, name, arguments in re.findall(
        r"(\w+) \(\*(\w+)\)\(([^)]*)\);", _CALLBACK.sub("", HEADER)
    )
}
NUMBERS = {
    name: int(number) for name, number in re.findall(r"^\s+(DAM_\w+) = (\d+)", HEADER, re.MULTILINE)
}

_BASES: dict[str, Any] = {
    "int32_t": ctypes.c_int32,
    "int64_t": ctypes.c_int64,
    "uint32_t": ctypes.c_uint32,
    "uint64_t": ctypes.c_uint64,
    "size_t": ctypes.c_size_t,
    "dam_status": ctypes.c_int,
    "void": None,
    **{struct.__name__: struct for struct in _abi.STRUCTS},
    **{name: getattr(_abi, name) for name in CALLBACKS},
}
_POINTERS: dict[str, Any] = {
    "void": ctypes.c_void_p,
    "char": ctypes.c_char_p,
    "dam_config": _abi.config_p,
    "dam_session": _abi.session_p,
    "dam_response": _abi.response_p,
    "dam_record": _abi.record_p,
    "dam_canceller": _abi.canceller_p,
    "dam_form": _abi.form_p,
    "dam_loop": _abi.loop_p,
    "dam_authorization": _abi.authorization_p,
}


def as_ctypes(declaration: str) -> Any:
    """The ctypes type of "const char *name" and its like."""
    base, stars = (
        re.sub(r"\bconst\b", "", declaration).split("*")[0].split()[0],
        declaration.count("*"),
    )
    if not stars:
        return _BASES[base]
    kind = _POINTERS[base] if base in _POINTERS else ctypes.POINTER(_BASES[base])
    return kind if stars == 1 else ctypes.POINTER(kind)


def as_arguments(declarations: str) -> tuple[Any, ...]:
    parts = [part.strip() for part in declarations.split(",")]
    return () if parts == ["void"] else tuple(map(as_ctypes, parts))


def test_every_function_of_the_header_is_in_the_table_and_none_besides() -> None:
    assert set(_abi.FUNCTIONS) == set(FUNCTIONS)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_function_has_the_types_of_the_header(name: str) -> None:
    result, arguments = FUNCTIONS[name]
    assert _abi.FUNCTIONS[name].result == as_ctypes(result)
    assert _abi.FUNCTIONS[name].arguments == as_arguments(arguments)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_function_that_can_fail_is_checked(name: str) -> None:
    assert (FUNCTIONS[name][0].strip() == "dam_status") == (_abi.FUNCTIONS[name].errcheck is check)


@pytest.mark.parametrize("name", CALLBACKS)
def test_callback_has_the_types_of_the_header(name: str) -> None:
    result, arguments = CALLBACKS[name]
    callback = getattr(_abi, name)
    assert (callback._restype_, callback._argtypes_) == (as_ctypes(result), as_arguments(arguments))


@pytest.mark.parametrize("name", MEMBERS)
def test_function_of_a_store_has_the_types_of_the_header(name: str) -> None:
    result, arguments = MEMBERS[name]
    function = type(getattr(_abi.dam_store(), name))
    assert (function._restype_, function._argtypes_) == (as_ctypes(result), as_arguments(arguments))


def test_structs_are_laid_out_as_the_compiler_does(tmp_path: Path) -> None:
    assert {struct.__name__ for struct in _abi.STRUCTS} == STRUCTS
    lines, expected = [], []
    for struct in _abi.STRUCTS:
        name = struct.__name__
        lines.append(f'printf("{name} %zu\\n", sizeof({name}));')
        expected.append(f"{name} {ctypes.sizeof(struct)}")
        for field, *_ in struct._fields_:
            place = getattr(struct, field)
            lines.append(
                f'printf("{name}.{field} %zu %zu\\n", offsetof({name}, {field}), sizeof((({name} *)0)->{field}));'
            )
            expected.append(f"{name}.{field} {place.offset} {place.size}")
    source, program = tmp_path / "layout.c", tmp_path / "layout"
    source.write_text(
        '#include <stdio.h>\n#include "damsession.h"\nint main(void) {' + "\n".join(lines) + "}\n"
    )
    subprocess.run(["cc", "-I", str(INCLUDE), "-o", str(program), str(source)], check=True)
    printed = subprocess.run([str(program)], stdout=subprocess.PIPE, text=True, check=True).stdout
    assert printed.splitlines() == expected


def test_every_field_of_the_header_is_in_its_struct() -> None:
    for struct in _abi.STRUCTS:
        found = re.search(rf"typedef struct {struct.__name__} \{{(.*?)\}}", HEADER, re.DOTALL)
        assert found is not None
        fields = re.sub(r"\(\*(\w+)\)\([^)]*\);", r"\1;", found[1])
        assert re.findall(r"(\w+)(?:\[\d+\])?;", fields) == [field for field, *_ in struct._fields_]


def members(kind: type[enum.IntEnum], prefix: str) -> dict[str, int]:
    return {prefix + member.name: member.value for member in kind}


def numbers(prefix: str) -> dict[str, int]:
    return {name: number for name, number in NUMBERS.items() if name.startswith(prefix)}


def test_numbers_are_those_of_the_header() -> None:
    statuses = {"DAM_OK": 0, **numbers("DAM_ERR_")}
    assert {
        ("DAM_OK" if not s else f"DAM_ERR_{s.name}"): s.value for s in damsession.Status
    } == statuses
    assert members(damsession.LogoutResult, "DAM_LOGOUT_") == numbers("DAM_LOGOUT_")
    assert members(damsession.PromptKind, "DAM_PROMPT_") == numbers("DAM_PROMPT_")
    for prefix in (
        "DAM_LOG_",
        "DAM_LOGIN_",
        "DAM_STATE_",
        "DAM_STORE_",
        "DAM_DOWNLOAD_",
        "DAM_OBSERVE_",
    ):
        assert {
            name: number for name, number in vars(_abi).items() if name.startswith(prefix)
        } == numbers(prefix)


def test_defined_numbers_are_those_of_the_header() -> None:
    found = dict(
        re.findall(r"^#define (DAM_(?:SIZE|READ|WRITE)_\w+) \(?(\S+?)\)?$", HEADER, re.MULTILINE)
    )
    assert found == {
        "DAM_SIZE_UNKNOWN": "0xFFFFFFFFFFFFFFFFu",
        "DAM_READ_PAUSE": "-1000",
        "DAM_WRITE_PAUSE": "1000",
    }
    assert (_abi.DAM_SIZE_UNKNOWN, _abi.DAM_READ_PAUSE, _abi.DAM_WRITE_PAUSE) == (
        2**64 - 1,
        -1000,
        1000,
    )


def test_every_status_has_an_exception_of_its_own() -> None:
    assert set(BY_STATUS) == set(damsession.Status) - {damsession.Status.OK}
    assert len(set(BY_STATUS.values())) == len(BY_STATUS)


def test_every_error_can_be_imported_from_the_package() -> None:
    for error in BY_STATUS.values():
        assert error.__name__ in damsession.__all__
        assert getattr(damsession, error.__name__) is error


def test_library_names_statuses_as_the_header_does() -> None:
    library = damsession._library.library()
    for name, number in {"DAM_OK": 0, **numbers("DAM_ERR_")}.items():
        assert library.dam_status_name(number).decode() == name
        assert library.dam_status_text(number)
        nothing_to_do = name in ("DAM_OK", "DAM_ERR_CALLBACK", "DAM_ERR_CANCELLED")
        assert (library.dam_status_advice(number) == b"") == nothing_to_do
    assert library.dam_status_name(-1) == b"DAM_ERR_UNKNOWN"


def test_versions_agree() -> None:
    """In the header, the library, the package, the command, its manual page and the changelog."""
    version, pages = damsession.version(), ROOT / "bindings" / "shell"
    command = subprocess.run([WRAPPER, "--version"], capture_output=True, text=True, check=True)
    assert command.stdout == f"damsession {version} (library {version})\n"
    assert version == _abi.HEADER_VERSION
    for text, pattern in (
        (HEADER, r'#define DAM_VERSION "(.*)"'),
        ((pages / "damsession.1").read_text("utf-8"), r'\.TH .* "damsession (.*?)" '),
        ((ROOT / "CHANGELOG.md").read_text("utf-8"), r"## \[(.*?)\]"),
    ):
        found = re.search(pattern, text)
        assert found is not None and found[1] == version, pattern


def test_a_wrong_handle_is_refused_by_ctypes() -> None:
    with pytest.raises(ctypes.ArgumentError, match="dam_session"):
        damsession._library.library().dam_session_free(_abi.config_p())
