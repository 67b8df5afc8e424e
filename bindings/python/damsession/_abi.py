"""damsession.h in ctypes: the structs, the handles, the callbacks, and one table of all functions.

The names are those of the header, so that the two can be read side by side. A test compares them,
sizes and offsets included. This module loads no library: `bind` is given one that `_library` has
found.

This file is long because it is whole: the header in another language, in the header's order.
"""

from __future__ import annotations

import ctypes
from ctypes import (
    CFUNCTYPE,
    POINTER,
    c_char,
    c_char_p,
    c_int,
    c_int32,
    c_int64,
    c_size_t,
    c_uint32,
    c_uint64,
    c_void_p,
)  # fmt: skip
from typing import Any, Callable, Final, NamedTuple

from ._check import check, surface

HEADER_VERSION = "1.0.0"  # DAM_VERSION of the header that this file was written from

# ---- Numbers that are no enum in Python ----------------------------------------------------------

DAM_LOG_ERROR, DAM_LOG_WARNING, DAM_LOG_INFO, DAM_LOG_DEBUG = 1, 2, 3, 4
DAM_LOGIN_IF_NEEDED, DAM_LOGIN_AGAIN = 0, 1
DAM_STORE_OK, DAM_STORE_ABSENT, DAM_STORE_UNCHANGED = 0, 1, 2
DAM_STORE_CONFLICT, DAM_STORE_BUSY, DAM_STORE_FAILED = 3, 4, 5
DAM_STATE_LOGGED_IN, DAM_STATE_STORED, DAM_STATE_REFUSED, DAM_STATE_RENEWABLE = 1, 2, 4, 8
DAM_DOWNLOAD_REPLACE, DAM_DOWNLOAD_CONTINUE, DAM_DOWNLOAD_KEEP = 0, 1, 2
DAM_REQUEST_ONCE = 1
DAM_REQUEST_HEARTBEAT = 2
DAM_REQUEST_GATHER = 4
DAM_OBSERVE_DELIVER, DAM_OBSERVE_REPLAY = 0, 1
DAM_SIZE_UNKNOWN = 2**64 - 1
DAM_READ_PAUSE, DAM_WRITE_PAUSE = -1000, 1000

# ---- Handles: each its own pointer type, so that ctypes itself refuses the wrong one -------------


def _handle(name: str) -> Any:
    return POINTER(type(name, (ctypes.Structure,), {}))


config_p: Final = _handle("dam_config")
session_p: Final = _handle("dam_session")
response_p: Final = _handle("dam_response")
record_p: Final = _handle("dam_record")
canceller_p: Final = _handle("dam_canceller")
form_p: Final = _handle("dam_form")
loop_p: Final = _handle("dam_loop")
authorization_p: Final = _handle("dam_authorization")

# ---- Structs -------------------------------------------------------------------------------------


class _Sized(ctypes.Structure):
    """A struct that the application makes. It begins with its own size, which tells the library
    which fields it has.
    """

    def __init__(self) -> None:  # ctypes' own only takes values of fields
        self.size = ctypes.sizeof(self)


class dam_error(ctypes.Structure):
    _fields_ = [
        ("status", c_int32), ("http_status", c_int32), ("retry_after", c_int32), ("reserved", c_int32),
        ("message", c_char * 496),
    ]  # fmt: skip


class dam_option(_Sized):
    _fields_ = [
        ("size", c_uint32), ("secret", c_int32), ("remembered", c_int32), ("reserved", c_int32),
        ("name", c_char_p), ("kind", c_char_p), ("default_value", c_char_p), ("choices", c_char_p), ("help", c_char_p),
        ("system", c_char_p),
    ]  # fmt: skip


class dam_prompt(ctypes.Structure):
    _fields_ = [
        ("size", c_uint32), ("kind", c_int32), ("user", c_char_p), ("origin", c_char_p), ("reserved", c_void_p),
    ]  # fmt: skip


class dam_organization(ctypes.Structure):
    _fields_ = [
        ("size", c_uint32), ("reserved", c_uint32), ("id", c_char_p), ("name", c_char_p),
        ("member", c_int32), ("selected", c_int32),
    ]  # fmt: skip


class dam_device_token(ctypes.Structure):
    _fields_ = [
        ("size", c_uint32), ("in_use", c_int32),
        ("fingerprint", c_char_p), ("obtained_at", c_int64), ("dead_at", c_int64),
    ]  # fmt: skip


class dam_stored_session(ctypes.Structure):
    _fields_ = [
        ("size", c_uint32), ("logged_in", c_int32), ("key", c_char_p), ("system", c_char_p), ("url", c_char_p),
        ("user", c_char_p), ("organization", c_char_p), ("generation", c_uint64), ("used_at", c_int64),
    ]  # fmt: skip


class dam_session_state(_Sized):
    _fields_ = [
        ("size", c_uint32), ("flags", c_uint32), ("generation", c_uint64), ("issued_at", c_int64), ("used_at", c_int64),
        ("idle_limit", c_int32), ("tokens_obtained", c_int32), ("fingerprint", c_char * 16),
        ("organization", c_char * 128), ("origin", c_char * 264), ("store", c_char * 512),
        ("expires_at", c_int64),
    ]  # fmt: skip


class dam_statistics(_Sized):
    _fields_ = [
        ("size", c_uint32), ("reserved", c_uint32), ("requests", c_uint64), ("exchanges", c_uint64),
        ("logins", c_uint64), ("logins_refused", c_uint64), ("organization_logins", c_uint64), ("replays", c_uint64),
        ("adopted_from_siblings", c_uint64), ("waits", c_uint64), ("wait_us", c_uint64),
        ("cookies_adopted", c_uint64), ("cookies_late", c_uint64),
        ("saves", c_uint64), ("save_failures", c_uint64), ("records_damaged", c_uint64),
        ("keepalives", c_uint64), ("renewals", c_uint64), ("renewals_in_doubt", c_uint64), ("consents", c_uint64),
    ]  # fmt: skip


class dam_header(ctypes.Structure):
    _fields_ = [("name", c_char_p), ("value", c_char_p)]


class dam_pair(ctypes.Structure):
    _fields_ = [("name", c_char_p), ("value", c_char_p)]


def header_list(pairs: list[tuple[bytes, bytes]]) -> Any:
    """A `const dam_header *` of these headers. It keeps them alive."""
    return ctypes.cast(
        (c_char_p * (2 * len(pairs)))(*(text for pair in pairs for text in pair)),
        POINTER(dam_header),
    )


def header_texts(headers: int | None, count: int) -> list[bytes]:
    """The names and values of a list at this address, in turn. One read of memory for all headers
    is faster than one for each.
    """
    if not headers or not count:
        return []
    texts: Any = (c_char_p * (2 * count)).from_address(headers)
    copied: list[bytes] = texts[:]  # faster than `list`
    return copied


# The callbacks that are fields of a request. The others are below.
dam_read_callback: Final = CFUNCTYPE(c_int64, c_void_p, c_void_p, c_size_t)
dam_rewind_callback: Final = CFUNCTYPE(c_int32, c_void_p)
dam_write_callback: Final = CFUNCTYPE(c_int32, c_void_p, c_void_p, c_size_t)
dam_progress_callback: Final = CFUNCTYPE(c_int32, c_void_p, c_int64, c_int64, c_int64, c_int64)


class dam_response_view(_Sized):
    _fields_ = [
        ("size", c_uint32), ("http_status", c_int32), ("body", c_void_p), ("body_size", c_size_t),
        ("headers", c_void_p),  # const dam_header *: for `header_texts`
        ("header_count", c_size_t), ("generation", c_uint64), ("replays", c_uint32), ("reserved", c_uint32),
        ("redirected_url", c_char_p),
    ]  # fmt: skip


dam_head_callback: Final = CFUNCTYPE(c_int32, c_void_p, POINTER(dam_response_view))


class dam_request(_Sized):
    _fields_ = [
        ("size", c_uint32), ("flags", c_uint32), ("method", c_char_p), ("path", c_char_p),
        ("headers", POINTER(dam_header)), ("header_count", c_size_t),
        # A const void *. As a c_char_p it borrows the bytes object without a copy, and keeps it
        # alive.
        ("body", c_char_p),
        ("body_size", c_uint64), ("content_type", c_char_p), ("image", c_char_p),
        ("user_data", c_void_p),
        ("read", dam_read_callback), ("rewind", dam_rewind_callback), ("write", dam_write_callback),
        ("progress", dam_progress_callback), ("canceller", canceller_p), ("form", form_p),
        ("head", dam_head_callback), ("timeout_ms", c_uint32), ("reserved", c_uint32),
    ]  # fmt: skip
    kept_canceller: Any  # the Python objects that own these two; they live as long as the struct
    kept_form: Any


class dam_authorization_view(_Sized):
    _fields_ = [
        ("size", c_uint32), ("replays", c_uint32), ("generation", c_uint64),
        ("method", c_char_p), ("url", c_char_p), ("headers", c_void_p), ("header_count", c_size_t),
    ]  # fmt: skip


class dam_observation(_Sized):
    _fields_ = [
        ("size", c_uint32), ("http_status", c_int32), ("headers", POINTER(dam_header)), ("header_count", c_size_t),
        ("body", c_char_p), ("body_size", c_size_t), ("is_whole", c_int32), ("reserved", c_int32),
    ]  # fmt: skip


# ---- Callbacks -----------------------------------------------------------------------------------

dam_name_callback: Final = CFUNCTYPE(c_int32, c_void_p, c_char_p)
dam_credentials_callback: Final = CFUNCTYPE(c_int32, c_void_p, POINTER(dam_prompt))
dam_log_callback: Final = CFUNCTYPE(None, c_void_p, c_int32, c_char_p)
dam_organization_callback: Final = CFUNCTYPE(c_int32, c_void_p, POINTER(dam_organization))
dam_sealed_callback: Final = CFUNCTYPE(c_int32, c_void_p, c_char_p)
dam_header_callback: Final = CFUNCTYPE(c_int32, c_void_p, POINTER(dam_header))
dam_device_token_callback: Final = CFUNCTYPE(c_int32, c_void_p, POINTER(dam_device_token))
dam_stored_session_callback: Final = CFUNCTYPE(c_int32, c_void_p, POINTER(dam_stored_session))
dam_done_callback: Final = CFUNCTYPE(
    None, c_void_p, c_uint64, c_int32, response_p, POINTER(dam_error)
)

dam_authorized_callback: Final = CFUNCTYPE(
    None, c_void_p, c_uint64, c_int32, authorization_p, POINTER(dam_error)
)
dam_observed_callback: Final = CFUNCTYPE(
    None, c_void_p, c_uint64, c_int32, c_int32, POINTER(dam_error)
)


class dam_store(_Sized):
    _fields_ = [
        ("size", c_uint32), ("reserved", c_uint32), ("user_data", c_void_p),
        ("load", CFUNCTYPE(c_int32, c_void_p, c_char_p, c_uint64, record_p)),
        ("save", CFUNCTYPE(c_int32, c_void_p, c_char_p, c_void_p, c_size_t, c_uint64, c_uint64)),
        ("lock", CFUNCTYPE(c_int32, c_void_p, c_char_p, c_uint32, POINTER(c_void_p))),
        ("unlock", CFUNCTYPE(None, c_void_p, c_char_p, c_void_p)),
        ("list", CFUNCTYPE(c_int32, c_void_p, dam_name_callback, c_void_p)),
        ("remove", CFUNCTYPE(c_int32, c_void_p, c_char_p)),
    ]  # fmt: skip


STRUCTS: Final[tuple[type[ctypes.Structure], ...]] = (
    dam_error, dam_option, dam_prompt, dam_organization, dam_device_token, dam_stored_session, dam_session_state,
    dam_statistics, dam_header, dam_pair, dam_response_view, dam_request, dam_authorization_view,
    dam_observation, dam_store,
)  # fmt: skip

# ---- Functions -----------------------------------------------------------------------------------


class Function(NamedTuple):
    """How ctypes calls one function."""

    result: Any
    arguments: tuple[Any, ...]
    errcheck: Callable[..., Any] | None = None
    #: The call keeps the GIL. This is for functions that neither wait nor call back. To release the
    #: GIL would cost them more than the call, since a busy thread may return it milliseconds
    #: later. It would also let another thread change the environment meanwhile.
    holds_gil: bool = False


def _status(*arguments: Any, holds_gil: bool = False) -> Function:
    """A function that returns a `dam_status` and whose last argument is a `dam_error`."""
    return Function(c_int, (*arguments, POINTER(dam_error)), check, holds_gil)


def _static_text(*arguments: Any) -> Function:
    return Function(c_char_p, arguments)


_out = POINTER
_text_out = POINTER(c_char_p)  # the caller reads it and gives it to dam_string_free

FUNCTIONS: Final[dict[str, Function]] = {
    "dam_version": _static_text(),
    "dam_status_name": _static_text(c_int32),
    "dam_status_text": _static_text(c_int32),
    "dam_status_advice": _static_text(c_int32),
    "dam_string_free": Function(None, (c_char_p,)),
    "dam_option_count": Function(c_uint32, ()),
    "dam_option_get": _status(c_uint32, _out(dam_option)),
    "dam_config_new": _status(_out(config_p)),
    "dam_config_free": Function(None, (config_p,)),
    "dam_config_set": _status(config_p, c_char_p, c_char_p),
    "dam_config_get": _status(config_p, c_char_p, _text_out),
    "dam_config_get_source": _status(config_p, c_char_p, _out(c_int32)),
    "dam_config_load_environment": _status(config_p, holds_gil=True),
    "dam_config_load": _status(config_p, c_char_p),
    "dam_config_save": _status(config_p, c_char_p),
    "dam_name_set": _status(c_char_p, c_char_p, c_char_p),
    "dam_name_list": _status(dam_name_callback, c_void_p),
    "dam_name_remove": _status(c_char_p),
    "dam_config_set_credentials": _status(config_p, dam_credentials_callback, c_void_p),
    "dam_prompt_answer": _status(POINTER(dam_prompt), c_void_p, c_size_t),
    "dam_config_set_log": _status(config_p, c_int32, dam_log_callback, c_void_p),
    "dam_record_fill": _status(record_p, c_void_p, c_size_t),
    "dam_config_set_store": _status(config_p, POINTER(dam_store)),
    "dam_config_list_stored": _status(config_p, dam_stored_session_callback, c_void_p),
    "dam_config_remove_stored": _status(config_p, c_char_p),
    "dam_session_open": _status(config_p, _out(session_p)),
    "dam_session_open_named": _status(c_char_p, _out(session_p)),
    "dam_session_free": Function(None, (session_p,), surface),
    "dam_session_login": _status(session_p, c_uint32),
    "dam_session_keepalive": _status(session_p),
    "dam_consent_begin": _status(session_p, _text_out),
    "dam_consent_finish": _status(session_p, c_char_p),
    "dam_consent_begin_device": _status(session_p, _text_out, _text_out),
    "dam_consent_poll": _status(session_p),
    "dam_consent_export": _status(session_p, c_char_p, dam_sealed_callback, c_void_p),
    "dam_consent_import": _status(session_p, c_char_p, c_char_p),
    "dam_session_logout": _status(session_p, _out(c_int32)),
    "dam_session_forget": _status(session_p),
    "dam_session_list_organizations": _status(session_p, dam_organization_callback, c_void_p),
    "dam_session_list_headers": _status(session_p, dam_header_callback, c_void_p, _text_out),
    "dam_session_get_token": _status(session_p, _text_out),
    "dam_session_list_device_tokens": _status(session_p, dam_device_token_callback, c_void_p),
    "dam_session_get_state": _status(session_p, _out(dam_session_state)),
    "dam_session_get_statistics": _status(session_p, _out(dam_statistics)),
    "dam_path_with_query": _status(c_char_p, POINTER(dam_pair), c_size_t, _text_out),
    "dam_encode_form": _status(POINTER(dam_pair), c_size_t, _text_out),
    "dam_session_request": _status(session_p, POINTER(dam_request), _out(response_p)),
    "dam_response_get": _status(response_p, _out(dam_response_view), holds_gil=True),
    "dam_response_header": Function(c_char_p, (response_p, c_char_p), holds_gil=True),
    "dam_response_free": Function(None, (response_p,), holds_gil=True),
    "dam_session_download": _status(
        session_p, POINTER(dam_request), c_char_p, c_uint32, _out(response_p)
    ),
    "dam_canceller_new": _status(_out(canceller_p)),
    "dam_canceller_cancel": _status(canceller_p),
    "dam_canceller_free": Function(None, (canceller_p,), holds_gil=True),
    "dam_form_new": _status(_out(form_p)),
    "dam_form_add": _status(form_p, c_char_p, c_void_p, c_size_t, c_char_p, c_char_p),
    "dam_form_add_file": _status(form_p, c_char_p, c_char_p, c_char_p, c_char_p),
    "dam_form_free": Function(None, (form_p,)),
    "dam_loop_new": _status(_out(loop_p)),
    "dam_loop_free": Function(None, (loop_p,), surface),
    "dam_loop_fd": Function(c_int32, (loop_p,), holds_gil=True),
    "dam_loop_count": Function(c_uint32, (loop_p,), holds_gil=True),
    "dam_loop_request": _status(
        loop_p, session_p, POINTER(dam_request), dam_done_callback, c_void_p, _out(c_uint64)
    ),
    "dam_loop_download": _status(
        loop_p,
        session_p,
        POINTER(dam_request),
        c_char_p,
        c_uint32,
        dam_done_callback,
        c_void_p,
        _out(c_uint64),
    ),
    "dam_loop_login": _status(
        loop_p, session_p, c_uint32, dam_done_callback, c_void_p, _out(c_uint64)
    ),
    "dam_loop_keepalive": _status(loop_p, session_p, dam_done_callback, c_void_p, _out(c_uint64)),
    "dam_loop_logout": _status(
        loop_p, session_p, dam_done_callback, c_void_p, _out(c_int32), _out(c_uint64)
    ),
    "dam_loop_consent_begin": _status(
        loop_p, session_p, dam_done_callback, c_void_p, _text_out, _out(c_uint64)
    ),
    "dam_loop_consent_finish": _status(
        loop_p, session_p, c_char_p, dam_done_callback, c_void_p, _out(c_uint64)
    ),
    "dam_loop_consent_begin_device": _status(
        loop_p, session_p, dam_done_callback, c_void_p, _text_out, _text_out, _out(c_uint64)
    ),
    "dam_loop_consent_poll": _status(
        loop_p, session_p, dam_done_callback, c_void_p, _out(c_uint64)
    ),
    "dam_loop_dispatch": _status(loop_p),
    "dam_loop_cancel": _status(loop_p, c_uint64),
    "dam_loop_resume": _status(loop_p, c_uint64),
    "dam_session_authorize": _status(session_p, POINTER(dam_request), _out(authorization_p)),
    "dam_authorization_get": _status(authorization_p, _out(dam_authorization_view)),
    "dam_authorization_observe": _status(authorization_p, POINTER(dam_observation), _out(c_int32)),
    "dam_loop_authorize": _status(
        loop_p, session_p, POINTER(dam_request), dam_authorized_callback, c_void_p, _out(c_uint64)
    ),
    "dam_loop_observe": _status(
        loop_p,
        authorization_p,
        POINTER(dam_observation),
        dam_observed_callback,
        c_void_p,
        _out(c_uint64),
    ),
    "dam_authorization_free": Function(None, (authorization_p,), surface),
    "dam_session_observe": _status(session_p, c_char_p, POINTER(dam_observation), _out(c_int32)),
    "dam_session_bind_image": _status(session_p, c_char_p, c_uint64, _text_out),
    "dam_session_resolve_image": _status(session_p, c_char_p, _text_out),
}


def bind(library: ctypes.CDLL) -> None:
    """Gives every function of a loaded library its types. AttributeError: the library lacks one."""
    with_gil = ctypes.PyDLL(library._name, handle=library._handle)
    for name, function in FUNCTIONS.items():
        symbol = getattr(with_gil if function.holds_gil else library, name)
        symbol.argtypes = function.arguments
        symbol.restype = function.result
        if function.errcheck is not None:
            symbol.errcheck = function.errcheck
        setattr(library, name, symbol)
