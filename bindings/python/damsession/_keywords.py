"""The keywords of `damsession.open` and their types, one for each option of the library.

Printed by Tests/types/keywords.py from the library's option table; do not edit. Programs that wrap
`open` use it as `**options: Unpack[damsession.OpenOptions]`. It is for type checkers: nothing loads
it at run time, unless a program asks for its classes.
"""

from __future__ import annotations

import logging
import os
from typing import Literal, TypedDict, Union

from ._callbacks import Credentials
from ._store import Store

Text = Union[str, None]
#: A whole number, also as text.
Number = Union[int, str, None]
#: A time, which is rounded up to whole seconds; as text, a whole number.
Seconds = Union[float, str, None]
#: 401, or more of them as text: "401,403".
Statuses = Union[int, str, None]
Path = Union[str, "os.PathLike[str]", None]
#: Also "yes" and "no".
Boolean = Union[bool, str, None]


class Options(TypedDict, total=False):
    """The options, but for `store`. None counts as not given."""

    #: The DAM system to talk to.
    system: Literal["photoshelter", "fotoweb", "fotoware"] | None
    #: Where it is: https://host[:port]. PhotoShelter's default is https://www.photoshelter.com.
    url: Text
    #: E-mail address (PhotoShelter) or user name (FotoWeb) or any name for whoever consents
    #: (FotoWare).
    user: Text
    #: The user's password. Better: answer the prompt, or password-command.
    password: Text
    #: A shell command whose first line of output is the password, encryption or client secret.
    password_command: Text
    #: PhotoShelter: cookie (default), token, token-in-url, oauth. FotoWeb: device-token (default),
    #: login-token, query. FotoWare: native (default), web, script.
    authentication: (
        Literal[
            "cookie",
            "token",
            "token-in-url",
            "oauth",
            "device-token",
            "login-token",
            "query",
            "native",
            "web",
            "script",
        ]
        | None
    )
    #: The ID of the organization to act for, where the system has any.
    organization: Text
    #: PhotoShelter: the program's API key.
    api_key: Text
    #: PhotoShelter: a shell command whose first line of output is the API key.
    api_key_command: Text
    #: PhotoShelter: where the API key travels.
    api_key_in: Literal["header", "parameter"] | None
    #: PhotoShelter: the API's version: 4 takes "authentication" token and oauth.
    api_version: Literal["3", "4", 3, 4] | None
    #: PhotoShelter: method of the organization step.
    organization_method: Literal["post", "get"] | None
    #: PhotoShelter: method of the logout request.
    logout_method: Literal["post", "get"] | None
    #: PhotoShelter: error classes that mean the session is invalid.
    invalid_class: Text
    #: FotoWeb: the site's encryption secret, for login-token.
    encryption_secret: Text
    #: FotoWeb: names of the credentials in requests.
    query_names: Literal["u,p", "username,password"] | None
    #: FotoWeb: text in a refused login that means too many device tokens.
    token_limit_text: Text
    #: FotoWeb: how long a login token may be used.
    login_token_life: Seconds
    #: FotoWeb: legacy encodes user names twice.
    login_token_encoding: Literal["utf-8", "legacy"] | None
    #: FotoWeb: device tokens that the server allows a user.
    token_limit: Number
    #: FotoWeb: how many of these are left to the user's other devices.
    token_reserve: Number
    #: OAuth2: the program's ID, from its registration at the server.
    client_id: Text
    #: OAuth2: the program's secret, where its registration has one.
    client_secret: Text
    #: OAuth2: where the client secret travels; in a header it is form-encoded, which not all
    #: servers undo.
    client_secret_in: Literal["body", "header"] | None
    #: OAuth2: where the browser is sent after consent, as registered; nobody need be there.
    redirect_url: Text
    #: OAuth2: what the program asks for, words parted by blanks.
    scope: Text
    #: OAuth2: the path of the page for consent, where it is not the usual one.
    authorize_path: Text
    #: OAuth2: the path that gives tokens, where it is not the usual one.
    token_path: Text
    #: OAuth2: the path at which a logout revokes tokens, where there is one.
    revoke_path: Text
    #: OAuth2: the path that gives codes for a person to type elsewhere, where there is one.
    device_path: Text
    #: Rotated cookies: one request at a time, or parallel for servers that accept older cookies.
    rotation: Literal["serialize", "newest"] | None
    #: The API's path at the server, where it is not the usual one.
    api_path: Text
    #: HTTP statuses that mean the session is invalid.
    invalid_status: Statuses
    #: Text in a response's beginning that means it, such as a guest's name.
    invalid_text: Text
    #: How long to wait for another process that uses the session.
    lock_timeout: Seconds
    #: How long a login may take in all, since others wait for it.
    login_timeout: Seconds
    #: Without the store: stop, or go on in memory where a login costs nothing.
    store_down: Literal["memory", "stop"] | None
    #: Inactivity after which the server ends a session; 0: unknown.
    idle_limit: Seconds
    #: CA certificates to trust instead of the system's.
    ca_file: Path
    #: A PEM file with the client's certificate, for servers that ask for one.
    client_certificate: Path
    #: A PEM file with its private key, where it is not in the same file.
    client_key: Path
    #: The server's public key: sha256//BASE64, more than one parted by ";".
    pinned_key: Text
    #: http://, https:// or socks5h://host:port; none: no proxy, whatever the environment says.
    proxy: Text
    #: For tests: a Unix socket that stands for the server.
    unix_socket: Path
    #: The versions of IP to use.
    ip: Literal["any", "4", "6", 4, 6] | None
    #: The newest version of HTTP to offer.
    http: Literal["2", "1.1", 2] | None
    #: How many redirects to follow; 0: they are responses like others.
    redirects: Number
    #: How often to try again what certainly was not acted upon.
    retries: Number
    #: How long to wait if the server asks for it; 0: not at all.
    retry_after: Seconds
    #: How long one request may take in all; 0: no limit.
    timeout: Seconds
    #: How long a transfer may stand still; 0: no limit.
    idle_timeout: Seconds
    #: How long connecting may take.
    connect_timeout: Seconds
    #: The largest response that is kept in memory; streams have no limit.
    response_limit: Number
    #: For tests: plain HTTP to this very machine.
    allow_loopback_http: Boolean


class StoredOptions(Options, total=False):
    """All options: the keywords of `damsession.save`."""

    store: Path


class OpenOptions(Options, total=False):
    """The keywords of `damsession.open` and `damsession.aopen`."""

    store: Path | Store
    credentials: Credentials | None
    log: logging.Logger | bool | None
    environment: bool
