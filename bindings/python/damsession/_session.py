"""A session: it stays logged in and sends requests. It binds `dam_session` and decides nothing
itself.

This file is long because `help(Session)` is the manual of the class: half of it is what that shows.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, NoReturn

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
    DOWNLOAD_KEYWORDS,
    REQUEST_KEYWORDS,
    STREAM_KEYWORDS,
    HeaderFields,
    RequestOptions,
    ResponseOptions,
    StreamOptions,
    build,
    download_target,
)
from ._response import Response
from ._sink import Progress, Sink
from ._site import Asked, Site
from ._stream import Stream
from ._text import encoded, lent_text, taken, text_of, wiped
from ._unknown import check_keywords, unexpected
from ._values import DeviceConsent, DeviceToken, LogoutResult, Organization, State, Statistics

if TYPE_CHECKING:
    from typing_extensions import (
        Unpack,  # type checkers bring it along; it is not needed at run time
    )


def _taken(take: Callable[[str], object], line: str) -> None:
    """What `take` returns says nothing: a file's `write` returns a number."""
    take(line)


def stays_here() -> TypeError:
    """The error for copying and pickling a session."""
    return TypeError(
        "a session can be neither pickled nor copied; open a session in each process, with the same "
        "options: they share one login"
    )


class Session:
    """One identity (server, authentication, user, organization) at work. It is made by
    `damsession.open`.

    Any number of threads may use it at once. It is a context manager. Closing it keeps the stored
    session, so that the next program need not log in; using it afterwards is a ValueError. Every
    method raises `DamError` for what the library reports, and whatever a callback raised.

    A password is not looked at while there is a session of the identity, of an earlier program
    too: with a wrong one, requests and `login` succeed until the server ends that session. So this
    is no way to check what a user types, unless after `logout`.
    """

    def __init__(self, config: Config) -> None:
        self._library = library()
        #: The API: "photoshelter", "fotoweb" or "fotoware".
        self.system: str = config.get("system")
        #: The server, as the options name it; "" for the default of the system.
        self.url: str = config.get("url")
        #: The user who is logged in.
        self.user: str = config.get("user")
        self._handle = SessionHandle(config.open(), config.callbacks)
        self._site = Site(self.system, self.url, config.get("api-path"), config.secrets)

    def __enter__(self) -> Session:
        with self._handle:  # ValueError: it is closed
            return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Session {self.system} {self.url} {self.user!r}{' closed' if self.closed else ''}>"

    def __reduce_ex__(self, _: Any) -> NoReturn:
        raise stays_here()

    if not TYPE_CHECKING:  # a type checker would take any name for one that is here

        def __getattr__(self, name: str) -> Any:
            from ._missing import SESSION, absent

            return absent(self, name, SESSION)

    def close(self) -> None:
        """Closes the session. The stored session is kept. Calls of other threads that are under way
        end normally.
        """
        self._handle.close()

    @property
    def closed(self) -> bool:
        """Whether the session was closed."""
        return self._handle.closed

    # ---- Requests --------------------------------------------------------------------------------

    def request(
        self,
        method: str,
        path: str,
        *,
        params: str | Fields | None = None,
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
        **unknown: NoReturn,
    ) -> Response:
        """Sends a request with the session's secret and waits for the response, logging in first
        (or again) if needed.

        path: "mem/user/session" below the API's own path, "/x" below the server, or a whole URL of
            this server; percent-encoded, and "{image}" in it (or as a value in params) stands for
            the image ID of `image`.
        method: in any case.
        params: the query; appended, percent-encoded. None values are left out. A str is a query
            as a whole: "a=1&b=2".
        data: bytes as they are, a str as UTF-8, or fields as a form. The file at a path (a
            pathlib.Path), a file opened for reading bytes, or an iterable of bytes is read while
            it is sent. The Content-Type is `content_type`; the default is that of a form, and
            application/octet-stream for what is read while it is sent. A body that cannot begin
            anew (a pipe, a generator) cannot be sent again after a new login: ReplayImpossible.
        json: any value but None, sent as JSON. It cannot be combined with data.
        files: file parts of a multipart form, whose other fields are in data: {"file": "a.jpg"}, or
            for a part ("name.jpg", path, bytes or open file, "image/jpeg"). Paths, and files that
            are open at their beginning, are read from disk while they are sent; other open files
            are read into memory from their present position.
        image: an image handle from `bind_image`.
        timeout: seconds for each exchange with the server, in place of the option `timeout`.
        once: the server must not handle this GET, PUT or DELETE twice: it is not sent again when
            its response is lost.
        stream_to: a file or a callable that takes the body of a 2xx response while it comes;
            `content` is empty then.
        progress: called with (received, total, sent, total) several times a second; a total is None
            while unknown.
        canceller: ends the request from another thread. Ctrl-C ends it from the keyboard, within
            about a second.

        A 4xx of the application is a response, not an exception (see `Response.raise_for_status`);
        redirects are followed (option `redirects`). ArgumentError: a malformed path, method or
        header. Insecure: a URL of another server. Further errors: NetworkError,
        AuthenticationError, Throttled, ServerFault, HandleStale, StoreError. An exception of a
        callback, a file or an iterable ends the request and is raised as it is.
        """
        if unknown:
            raise unexpected("Session.request", unknown, REQUEST_KEYWORDS)
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
            is_blocking=True,
        )
        return self._send(self._library.dam_session_request, request, (), method)

    def _send(
        self, function: Any, request: _abi.dam_request, where: tuple[Any, ...], method: str
    ) -> Response:
        response, error = _abi.response_p(), _abi.dam_error()
        with self._handle as session:
            try:
                interruptible(function, session, request, *where, response, error)
                view = _abi.dam_response_view()
                self._library.dam_response_get(response, view, error)
                return Response(view, Asked(self._site, method, request.path))
            finally:
                self._library.dam_response_free(response)

    def get(self, path: str, **options: Unpack[RequestOptions]) -> Response:
        """`request("GET", ...)`."""
        check_keywords("Session.get", options, REQUEST_KEYWORDS)
        return self.request("GET", path, **options)

    def head(self, path: str, **options: Unpack[RequestOptions]) -> Response:
        """`request("HEAD", ...)`."""
        check_keywords("Session.head", options, REQUEST_KEYWORDS)
        return self.request("HEAD", path, **options)

    def post(self, path: str, **options: Unpack[RequestOptions]) -> Response:
        """`request("POST", ...)`."""
        check_keywords("Session.post", options, REQUEST_KEYWORDS)
        return self.request("POST", path, **options)

    def put(self, path: str, **options: Unpack[RequestOptions]) -> Response:
        """`request("PUT", ...)`."""
        check_keywords("Session.put", options, REQUEST_KEYWORDS)
        return self.request("PUT", path, **options)

    def patch(self, path: str, **options: Unpack[RequestOptions]) -> Response:
        """`request("PATCH", ...)`."""
        check_keywords("Session.patch", options, REQUEST_KEYWORDS)
        return self.request("PATCH", path, **options)

    def delete(self, path: str, **options: Unpack[RequestOptions]) -> Response:
        """`request("DELETE", ...)`."""
        check_keywords("Session.delete", options, REQUEST_KEYWORDS)
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

        Until then it is in `file`.part, and what is needed to go on with it in `file`.part.json;
        both are gone at the end. After an interruption they stay if more than 128 KiB had come,
        else nothing is kept. A second download to the same file while this one is under way, of any
        process, is refused: Locked, "`file`.part is being written by another download".

        resume: go on where an earlier download of the same file was interrupted.
        keep: if a file of this name exists, leave it alone and raise ArgumentError. The default is
        to replace the file and keep its mode.
        options: as for `request`. A response other than 2xx changes no file; `raise_for_status`
        tells. StoreError: the file cannot be written.
        """
        check_keywords("Session.download", options, DOWNLOAD_KEYWORDS)
        request = build("GET", path, **options, is_blocking=True)
        where = download_target(file, resume, keep)
        return self._send(self._library.dam_session_download, request, where, "GET")

    def stream(self, method: str, path: str, **options: Unpack[StreamOptions]) -> Stream:
        """A response whose body is read piece by piece, as fast as the program takes it: `with
        s.stream("GET", path) as response:`.

        This call sends nothing yet. What `request` raises is raised by `with`. If the body breaks
        off, the exception is raised where the next piece is read. The option `timeout` runs on
        while nothing is read.
        """
        check_keywords("Session.stream", options, STREAM_KEYWORDS)
        return Stream(self._handle, self._site, method, path, options)

    # ---- Logging in and out ----------------------------------------------------------------------

    def login(self, again: bool = False) -> None:
        """Makes sure that there is a session. Requests do this by themselves.

        again: try credentials once more that were refused before.

        AuthenticationError: the server does not let this identity in. StoreError: a new FotoWeb
        device token could not be saved; `token()` still returns it. It counts against the user's
        limit whether it is kept or not.
        """
        flags = _abi.DAM_LOGIN_AGAIN if again else _abi.DAM_LOGIN_IF_NEEDED
        with self._handle as session:
            self._library.dam_session_login(session, flags, _abi.dam_error())

    def begin_consent(self) -> str:
        """Asks for a person's consent to what the program does in their name (OAuth2). Returns the
        page that they open in a browser of theirs, on any machine.

        The server then sends the browser to the option `redirect_url`, where nobody need be: the
        address that the browser shows then is for `finish_consent`, in this process or another,
        within ten minutes. NotSupported: this authentication asks nobody.
        """
        with self._handle as session:
            return taken(self._library.dam_consent_begin, session)

    def finish_consent(self, redirected_url: str) -> None:
        """Takes the whole address to which the server has sent the person's browser. Then there is
        a session, which renews itself for as long as the server lets it.

        ConsentNeeded: the person has declined, or it is no answer to the last question; begin anew.
        """
        with self._handle as session:
            self._library.dam_consent_finish(
                session, encoded(redirected_url, "redirected_url"), _abi.dam_error()
            )

    def begin_device_consent(self) -> DeviceConsent:
        """`begin_consent` for a person at another machine, where the server offers it (RFC 8628):
        they open the URL in any browser and type the code there; then `poll_consent`.

        NotSupported: the option `device_path` is not set.
        """
        with self._handle as session, lent_text() as url, lent_text() as code:
            self._library.dam_consent_begin_device(
                session, ctypes.byref(url), ctypes.byref(code), _abi.dam_error()
            )
            return DeviceConsent(text_of(url), text_of(code))

    def poll_consent(self) -> None:
        """Asks the server whether the person has consented. Returns once there is a session.

        ConsentNeeded: not yet, if its `retry_after` is not None: ask again after so many seconds;
        else they have declined, or it is too late.
        """
        with self._handle as session:
            self._library.dam_consent_poll(session, _abi.dam_error())

    def export_consent(self, passphrase: str, take: Callable[[str], object]) -> None:
        """Gives what a person has consented to here to the same program on another machine: `take`
        is called with one line of text, sealed by `passphrase` (8 bytes or more). Once it has
        returned the session is forgotten here, since a refresh token may be good for one renewal
        only; if it raises, nothing has changed.

        `take` is called while the session is locked, and must not use it.
        """
        callback = _abi.dam_sealed_callback(guarded(lambda _, line: _taken(take, line.decode())))
        with self._handle as session, wiped(encoded(passphrase, "passphrase")) as phrase:
            self._library.dam_consent_export(session, phrase, callback, None, _abi.dam_error())

    def import_consent(self, sealed: str, passphrase: str) -> None:
        """Takes such a line. The session must have been opened for the same system, URL, user,
        authentication and organization; what it had is replaced.

        ArgumentError: another pass-phrase, another account, or not the whole line.
        """
        with self._handle as session, wiped(encoded(passphrase, "passphrase")) as phrase:
            self._library.dam_consent_import(
                session, encoded(sealed, "sealed"), phrase, _abi.dam_error()
            )

    def keepalive(self) -> None:
        """Makes sure that the server still has the session, and resets its idle clock: this sends
        one small request, and logs in if that is refused. The library does this by itself in one
        case only: before an upload of 64 KiB or more, when half of the idle limit has passed.
        """
        with self._handle as session:
            self._library.dam_session_keepalive(session, _abi.dam_error())

    def logout(self) -> LogoutResult:
        """Ends the session, first here and then at the server if that has a logout. The session may
        log in again later.

        StoreError: the stored secret could not be wiped.
        """
        result = ctypes.c_int32()
        with self._handle as session:
            self._library.dam_session_logout(session, result, _abi.dam_error())
        return LogoutResult(result.value)

    def forget(self) -> None:
        """Forgets the session's secrets in memory and store, without telling the server."""
        with self._handle as session:
            self._library.dam_session_forget(session, _abi.dam_error())

    @property
    def organizations(self) -> list[Organization]:
        """The organizations that the last login listed. It logs in if there was none. NotSupported:
        the system has no organizations.
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
        """The request headers that authenticate a request of another HTTP client. They are secret.
        This logs in if needed.

        In PhotoShelter's cookie mode they are valid until the server rotates the cookie:
        `damsession.requests` and `damsession.httpx` take care of that.

        NotSupported: the secret is sent in the URL.
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
        """The secret itself: PhotoShelter's auth token, FotoWeb's device token or the access token
        of OAuth2. This logs in if needed.

        NotSupported: this authentication has no token.
        """
        with self._handle as session:
            return taken(self._library.dam_session_get_token, session)

    @property
    def device_tokens(self) -> list[DeviceToken]:
        """The FotoWeb device tokens that this store obtained for the user, oldest first. An
        administrator needs them before revoking some. This sends nothing. NotSupported: this
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
        """The state known here, without asking the server."""
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

        response: the response that had the ID; or `generation`: that of the response; or neither:
        the present token.

        A handle is a short printable text without secrets, which processes that share the session
        may exchange. It is temporary, as the ID is. HandleStale: the token is not in use any more.
        NotSupported: IDs are not bound to a token here.
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
        """The image ID of a handle. This sends nothing. HandleStale: its device token is not in use
        any more. ArgumentError: the text is no handle.
        """
        with self._handle as session:
            return taken(
                self._library.dam_session_resolve_image, session, encoded(handle, "handle")
            )

    def stale(self, handles: Iterable[str]) -> list[str]:
        """Those of `handles` whose device token is not in use any more, as after a revocation. This
        sends nothing.
        """
        return [handle for handle in handles if self._is_stale(handle)]

    def _is_stale(self, handle: str) -> bool:
        try:
            self.resolve_image(handle)
        except HandleStale:
            return True
        return False
