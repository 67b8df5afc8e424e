"""A session: stays logged in and sends requests. The Python face of `dam_session`; it decides
nothing.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from . import _abi
from ._body import Body, Fields
from ._cancel import Canceller
from ._check import guarded
from ._config import Config
from ._errors import HandleStale
from ._form import Files
from ._handle import SessionHandle
from ._interrupt import interruptible
from ._library import library
from ._request import (
    HeaderFields,
    RequestOptions,
    ResponseOptions,
    StreamOptions,
    build,
    download_target,
    named,
)
from ._response import Response
from ._sink import HEARTBEAT, Progress, Sink
from ._stream import Stream
from ._text import encoded, taken
from ._values import DeviceToken, LogoutResult, Organization, State, Statistics

if TYPE_CHECKING:
    from typing_extensions import (
        Unpack,  # type checkers bring it along; nothing needs it at run time
    )


class Session:
    """One identity (server, authentication, user, organization) at work. Made by `damsession.open`.

    Any number of threads may use it at once. A context manager; closing it keeps the stored
    session, so that the next program need not log in. Using it after that is a ValueError. Every
    method raises `DamError` for what the library reports, and whatever a callback raised.
    """

    def __init__(self, config: Config) -> None:
        self._library = library()
        #: Which API: "photoshelter" or "fotoweb".
        self.system: str = config.get("system")
        #: The server, as the options name it; "" for the system's usual one.
        self.url: str = config.get("url")
        #: Who is logged in.
        self.user: str = config.get("user")
        self._handle = SessionHandle(config.open(), config.callbacks)

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Session {self.system} {self.url} {self.user!r}{' closed' if self.closed else ''}>"

    def close(self) -> None:
        """Closes the session; what is stored stays stored. Calls of other threads that are under
        way end normally.
        """
        self._handle.close()

    @property
    def closed(self) -> bool:
        """Whether it was closed."""
        return self._handle.closed

    # ---- Requests --------------------------------------------------------------------------------

    def request(
        self,
        method: str,
        path: str,
        *,
        params: Fields | None = None,
        headers: HeaderFields | None = None,
        data: Body | None = None,
        json: Any = None,
        files: Files | None = None,
        content_type: str | None = None,
        image: str | None = None,
        timeout: float | None = None,
        once: bool = False,
        stream_to: Sink | None = None,
        progress: Progress | None = None,
        canceller: Canceller | None = None,
    ) -> Response:
        """Sends a request with the session's secret and waits for the response, logging in first
        (or again) if needed.

        path: "mem/user/session" below the API's own path, "/x" below the server, or a whole URL of
            this server; percent-encoded, and "{image}" in it (or as a value in params) stands for
            the image ID of `image`.
        params: the query; appended, percent-encoded. None values are left out.
        data: bytes as they are, a str as UTF-8, or fields as a form; a path (a pathlib.Path), a
            file opened for reading bytes or an iterable of bytes is read while it is sent. Its
            Content-Type is `content_type`, else a form's, for a stream application/octet-stream. A
            stream that cannot begin anew (a pipe, a generator) cannot be sent again after a new
            login: ReplayImpossible.
        json: any value but None, sent as JSON. Not together with data.
        files: file parts of a multipart form, whose other fields are in data: {"file": "a.jpg"}, or
            for a part ("name.jpg", path, bytes or open file, "image/jpeg"). Paths, and files that
            are open at their beginning, are read from disk while they are sent; other open files
            are read into memory from where they stand.
        image: an image handle from `bind_image`.
        timeout: seconds for each exchange with the server; else the option `timeout` holds.
        once: a GET, PUT or DELETE that must not be worked on twice: it is not sent again when its
            response is lost.
        stream_to: a file or a callable that takes the body of a 2xx response while it comes;
            `content` is empty then.
        progress: called with (received, total, sent, total) several times a second; a total is None
            while unknown.
        canceller: ends the request from another thread; Ctrl-C does so from the keyboard, within a
            second or so.

        A 4xx of the application is a response, not an exception (see `Response.raise_for_status`);
        redirects are followed (option `redirects`). ArgumentError: a malformed path, method or
        header. Insecure: a URL of another server. Besides: NetworkError, AuthenticationError,
        Throttled, ServerFault, HandleStale, StoreError. What a callback, a file or an iterable
        raises ends the request and is raised as it is.
        """
        request = build(
            method,
            path,
            params=params,
            headers=headers,
            data=data,
            json=json,
            files=files,
            content_type=content_type,
            image=image,
            timeout=timeout,
            once=once,
            stream_to=stream_to,
            progress=progress,
            canceller=canceller,
        )
        return self._send(self._library.dam_session_request, request, (), named(method, path))

    def _send(
        self, function: Any, request: _abi.dam_request, where: tuple[Any, ...], what: str
    ) -> Response:
        response, view = _abi.response_p(), _abi.dam_response_view()
        if not request.progress:
            request.progress = HEARTBEAT
        with self._handle as session:
            try:
                with interruptible():
                    function(session, request, *where, ctypes.byref(response), _abi.dam_error())
                self._library.dam_response_get(response, view, _abi.dam_error())
                return Response(view, what)
            finally:
                self._library.dam_response_free(response)

    def get(self, path: str, **options: Unpack[RequestOptions]) -> Response:
        """`request("GET", ...)`."""
        return self.request("GET", path, **options)

    def head(self, path: str, **options: Unpack[RequestOptions]) -> Response:
        """`request("HEAD", ...)`."""
        return self.request("HEAD", path, **options)

    def post(self, path: str, **options: Unpack[RequestOptions]) -> Response:
        """`request("POST", ...)`."""
        return self.request("POST", path, **options)

    def put(self, path: str, **options: Unpack[RequestOptions]) -> Response:
        """`request("PUT", ...)`."""
        return self.request("PUT", path, **options)

    def patch(self, path: str, **options: Unpack[RequestOptions]) -> Response:
        """`request("PATCH", ...)`."""
        return self.request("PATCH", path, **options)

    def delete(self, path: str, **options: Unpack[RequestOptions]) -> Response:
        """`request("DELETE", ...)`."""
        return self.request("DELETE", path, **options)

    def download(
        self,
        path: str,
        file: str | os.PathLike[str],
        *,
        resume: bool = False,
        keep: bool = False,
        **options: Unpack[ResponseOptions],
    ) -> Response:
        """Sends a GET and writes the body of a 2xx response to `file`, which appears only when it
        is whole.

        resume: go on where an earlier download of the same thing was interrupted (`file`.part).
        keep: leave a file of this name alone: ArgumentError. Else it is replaced, and its mode
        stays.
        options: as for `request`. Another response than 2xx touches no file: `raise_for_status`.
        StoreError: the file cannot be written.
        """
        request = build("GET", path, **options)
        where = download_target(file, resume, keep)
        return self._send(self._library.dam_session_download, request, where, named("GET", path))

    def stream(self, method: str, path: str, **options: Unpack[StreamOptions]) -> Stream:
        """A response whose body is taken as fast as it is asked for: `with s.stream("GET", path) as
        response:`.

        Sends nothing yet. What `request` raises is raised by `with`, or, if the body breaks off, by
        what asks for the next piece. The option `timeout` counts on while nobody asks.
        """
        return Stream(self._handle, method, path, options)

    # ---- Logging in and out ----------------------------------------------------------------------

    def login(self, again: bool = False) -> None:
        """Makes sure that there is a session; not needed before requests.

        again: try credentials that were refused before once more.
        AuthenticationError: the server keeps this identity out. StoreError: a new FotoWeb device
        token could not be saved; `token()` still gives it, and it counts against the user's limit
        whether it is kept or not.
        """
        flags = _abi.DAM_LOGIN_AGAIN if again else _abi.DAM_LOGIN_IF_NEEDED
        with self._handle as session:
            self._library.dam_session_login(session, flags, _abi.dam_error())

    def keepalive(self) -> None:
        """Makes sure that the server still has the session, and resets its idle clock: sends one
        small request and logs in if that is refused. Nothing does this by itself, but for one case:
        before an upload of 64 KiB or more, when half of the idle limit has gone by.
        """
        with self._handle as session:
            self._library.dam_session_keepalive(session, _abi.dam_error())

    def logout(self) -> LogoutResult:
        """Ends the session, here first and then at the server where it has a logout. It may log in
        again later.

        StoreError: the stored secret could not be wiped.
        """
        result = ctypes.c_int32()
        with self._handle as session:
            self._library.dam_session_logout(session, result, _abi.dam_error())
        return LogoutResult(result.value)

    def forget(self) -> None:
        """Forgets the session's secrets in memory and store, without a word to the server."""
        with self._handle as session:
            self._library.dam_session_forget(session, _abi.dam_error())

    @property
    def organizations(self) -> list[Organization]:
        """The organizations that the last login named; logs in if there was none. NotSupported:
        the system has none.
        """
        found: list[Organization] = []
        callback = _abi.dam_organization_callback(
            guarded(lambda _, given: found.append(Organization._read(given.contents)))
        )
        with self._handle as session:
            self._library.dam_session_list_organizations(session, callback, None, _abi.dam_error())
        return found

    # ---- For requests of the application's own ---------------------------------------------------

    def headers(self) -> dict[str, str]:
        """The request headers that authenticate a request made with another client, logging in if
        needed. Secret.

        In PhotoShelter's cookie mode they are good until the server rotates the cookie:
        `damsession.requests` and `damsession.httpx` see to that.
        NotSupported: the secret travels in the URL.
        """
        found: dict[str, str] = {}
        callback = _abi.dam_header_callback(
            guarded(
                lambda _, header: found.update(
                    {header.contents.name.decode(): header.contents.value.decode()}
                )
            )
        )
        with self._handle as session:
            self._library.dam_session_list_headers(session, callback, None, None, _abi.dam_error())
        return found

    def token(self) -> str:
        """The bare secret: the PhotoShelter auth token or the FotoWeb device token, logging in if
        needed.

        NotSupported: this authentication has no token.
        """
        with self._handle as session:
            return taken(self._library.dam_session_get_token, session)

    @property
    def device_tokens(self) -> list[DeviceToken]:
        """The FotoWeb device tokens that this store obtained for the user, oldest first: what an
        administrator needs to see before revoking. Asks no server. NotSupported: this
        authentication has none.
        """
        found: list[DeviceToken] = []
        callback = _abi.dam_device_token_callback(
            guarded(lambda _, given: found.append(DeviceToken._read(given.contents)))
        )
        with self._handle as session:
            self._library.dam_session_list_device_tokens(session, callback, None, _abi.dam_error())
        return found

    # ---- What is known ---------------------------------------------------------------------------

    @property
    def state(self) -> State:
        """What is known here, without asking the server."""
        state = _abi.dam_session_state()
        with self._handle as session:
            self._library.dam_session_get_state(session, state, _abi.dam_error())
        return State._read(state)

    @property
    def statistics(self) -> Statistics:
        """Counters since this identity was first opened in this process."""
        statistics = _abi.dam_statistics()
        with self._handle as session:
            self._library.dam_session_get_statistics(session, statistics, _abi.dam_error())
        return Statistics._read(statistics)

    # ---- Image handles ---------------------------------------------------------------------------

    def bind_image(
        self, image_id: str, response: Response | None = None, *, generation: int = 0
    ) -> str:
        """An image handle: the image ID, bound to the device token that it came with.

        response: the response that the ID was read from; or `generation`: that response's; or
        neither: the present token. Short printable text without a secret, for processes that share
        the session; temporary, as the IDs are.
        HandleStale: that token is not in use any more. NotSupported: IDs are not bound to a token
        here.
        """
        if response is not None:
            generation = response.generation
        with self._handle as session:
            return taken(
                self._library.dam_session_bind_image,
                session,
                encoded(image_id, "image_id"),
                generation,
            )

    def resolve_image(self, handle: str) -> str:
        """The image ID of a handle. Sends nothing. HandleStale: its device token is gone.
        ArgumentError: no handle.
        """
        with self._handle as session:
            return taken(
                self._library.dam_session_resolve_image, session, encoded(handle, "handle")
            )

    def stale(self, handles: Iterable[str]) -> list[str]:
        """Those of `handles` whose device token is gone, as after a revocation. Sends nothing."""
        return [handle for handle in handles if self._is_stale(handle)]

    def _is_stale(self, handle: str) -> bool:
        try:
            self.resolve_image(handle)
        except HandleStale:
            return True
        return False
