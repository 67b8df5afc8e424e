"""Where the responses of a session come from, and what the server's words must not hold in errors.

The library says neither: `dam_response_view` has a URL only after redirects, and messages of the
library hold no words of servers about a response that is delivered.
A third system needs a row in `_DEFAULTS`. A test compares the rows with the library.
"""

from __future__ import annotations

from ._secrets import Secrets

# What the options `url` and `api-path` are by default.
_DEFAULTS = {
    "photoshelter": ("https://www.photoshelter.com", "/psapi/v3/"),
    "fotoweb": ("", "/fotoweb/fwbin/fotoweb_isapi.dll/ArchiveAgent/"),
    "fotoware": ("", "/fotoweb/"),
}


class Site:
    """The server of one session. Responses share it, and it outlives the session with them."""

    __slots__ = ("_api_path", "_origin", "secrets")

    def __init__(self, system: str, url: str, api_path: str, secrets: Secrets) -> None:
        """Values of options; "": the default of the system."""
        default_url, default_path = _DEFAULTS[system]
        self._origin = (url or default_url).rstrip("/")
        self._api_path = (api_path or default_path).rstrip("/") + "/"
        #: The secrets of the session, as far as they went through Python.
        self.secrets = secrets

    def url(self, path: str) -> str:
        """The whole URL of a path in the words of `Session.request`."""
        if path.startswith("/"):
            return self._origin + path
        scheme, separator, _ = path.partition("?")[0].partition("://")
        if separator and "/" not in scheme:
            return path
        return self._origin + self._api_path + path


class Asked:
    """The request that a response belongs to. It is made for every request, so it only keeps."""

    __slots__ = ("method", "path", "site")

    def __init__(self, site: Site, method: str, path: bytes) -> None:
        """`path` with its query, as it goes to the library."""
        self.site, self.method, self.path = site, method, path

    @property
    def name(self) -> str:
        """The request in messages: without its query, which may hold secrets."""
        return f"{self.method.upper()} {self.path.decode().partition('?')[0]}"

    @property
    def url(self) -> str:
        """The whole URL, with the query that the program gave."""
        return self.site.url(self.path.decode())
