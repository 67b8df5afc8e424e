"""Finds out who sent a request to FotoWeb, by the three methods of the guide, and refuses who may
not.

These are the methods of "User authentication with the Archive Agent API". Method 1 sends the
credentials with every request, method 2 posts them once for a device token, method 3 sends a login
token once for a device token.
"""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import quote

from .accounts import ENCRYPTION_SECRET, FOTOWEB_USERS, FotoWebUser
from .archive import GUEST, Visitor
from .exchange import HTML, TEXT, Exchange, Response, not_found
from .fotoweb_devices import Device
from .fotoweb_site import Site
from .login_token import LoginToken, LoginTokenError
from .pages import login_page, maintenance_page

LOGIN = "/fotoweb/cmdrequest/Login.fwx"
LOGOUT = "/fotoweb/cmdrequest/Logout.fwx"
DEVICE_COOKIE = "FWSession"
SECOND_COOKIE = "SandboxSecond"

_ATTRIBUTES = {
    "plain": "",
    "path": "; Path=/",
    "full": "; Path=/; HttpOnly; Secure; Expires=Tue, 19 Jan 2038 03:14:07 GMT",
}
_GONE = "; Expires=Thu, 01 Jan 1970 00:00:00 GMT"


class Logins:
    """The logins of a site, whose counters and locks they use."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._knobs = site.knobs

    def login(self, exchange: Exchange) -> Response:
        """The login of method 2."""
        if self._knobs.login != "ok":
            exchange.user = exchange.field("u")
            exchange.verdict = "login-down"
            return outage(self._knobs.login)
        user = self._authenticated(exchange, exchange.field("u"), exchange.field("p"))
        if isinstance(user, Response):
            return user
        device = self._new_device(exchange, user)
        if isinstance(device, Response):
            return device
        response = Response(200, b"", TEXT)
        self.add_cookies(response, device)
        return response

    def logout(self, exchange: Exchange) -> Response:
        """The logout that older pages link to. The device token stays valid, as the guide says,
        unless a knob says otherwise.
        """
        if self._knobs.logout_fotoweb == "absent":
            return not_found(exchange)
        if self._knobs.logout_fotoweb == "revoke":
            self._site.end_session(exchange)
        self._site.counters["logouts"] += 1
        path = "" if self._knobs.cookie_attributes == "plain" else "; Path=/"
        return Response(200, b"", TEXT, [("Set-Cookie", f"{DEVICE_COOKIE}={path}{_GONE}")])

    def visitor(self, exchange: Exchange) -> tuple[Visitor, Device | None] | Response:
        """Who sent the request, and the device whose cookies the response sets; or a refusal."""
        token = exchange.cookie(DEVICE_COOKIE)
        device = self._valid_device(exchange, token) if token else None
        login_token = exchange.query.get("lt")
        if login_token is not None:
            exchange.flag("login-token-in-url")
        fresh = False
        if device is not None:
            self._note_ignored(login_token)
        elif self._query_credential("p", exchange) is not None:
            return self._by_query(exchange)
        elif login_token is not None and (not token or self._knobs.dead_cookie_with_lt == "use-lt"):
            result = self._device_by_login_token(exchange, login_token)
            if isinstance(result, Response):
                return result
            device, fresh = result, True
        else:
            self._note_ignored(login_token)
            return self._unknown(exchange, token is not None)
        exchange.user = device.user
        tell = fresh or self._knobs.resend_token == "same"
        return Visitor(device.user, device.token), device if tell else None

    def add_cookies(self, response: Response, device: Device) -> None:
        attributes = _ATTRIBUTES[self._knobs.cookie_attributes]
        response.headers.append(("Set-Cookie", f"{DEVICE_COOKIE}={device.token}{attributes}"))
        if device.second:
            response.headers.append(("Set-Cookie", f"{SECOND_COOKIE}={device.second}{attributes}"))

    def _note_ignored(self, login_token: str | None) -> None:
        if login_token is not None:
            self._site.counters["login_tokens_ignored"] += 1

    def _valid_device(self, exchange: Exchange, token: str) -> Device | None:
        device = self._site.devices.find(token)
        if device is None:
            exchange.verdict = "refused"
            return None
        self._site.pass_storm(device)
        if not device.live:
            exchange.verdict = "revoked"
            return None
        if device.second and exchange.cookie(SECOND_COOKIE) != device.second:
            exchange.verdict = "second-cookie-missing"
            return None
        return device

    def _query_credential(self, name: str, exchange: Exchange) -> str | None:
        value = exchange.query.get(name)
        if value is None and self._knobs.legacy_query_names == "on":
            return exchange.query.get({"u": "username", "p": "password"}[name])
        return value

    def _by_query(self, exchange: Exchange) -> tuple[Visitor, None] | Response:
        """The credentials of method 1."""
        exchange.flag("password-in-url")
        exchange.verdict = "ok"
        name = self._query_credential("u", exchange) or ""
        password = self._query_credential("p", exchange) or ""
        user = self._authenticated(exchange, name, password)
        if isinstance(user, Response):
            return user
        self._site.counters["query_authentications"] += 1
        return Visitor(user.name), None

    def _device_by_login_token(self, exchange: Exchange, text: str) -> Device | Response:
        """The login of method 3."""
        exchange.verdict = "ok"
        knobs, lockout = self._knobs, self._site.lockout
        try:
            token = LoginToken.parse(text)
        except LoginTokenError as error:
            exchange.flag(f"login token: {error}")
            return self._refused(exchange)
        exchange.user = token.user
        user = FOTOWEB_USERS.get(token.user)
        if user is None or user.owner:
            exchange.flag("login token: site owner or unknown user")
            return self._refused(exchange)
        if lockout.locked(user.name):
            return self._refused(exchange, "locked")
        now = self._site.clock.now()
        try:
            token.check(
                ENCRYPTION_SECRET, now, knobs.login_token_tolerance, knobs.login_token_max_life
            )
        except LoginTokenError as error:
            exchange.flag(f"login token: {error}")
            return self._failed(exchange, user)
        lockout.succeeded(user.name)
        return self._new_device(exchange, user)

    def _authenticated(
        self, exchange: Exchange, name: str, password: str
    ) -> FotoWebUser | Response:
        exchange.user = name
        user = FOTOWEB_USERS.get(name)
        if user is None:
            return self._refused(exchange)
        if self._site.lockout.locked(name):
            return self._refused(exchange, "locked")
        if password != user.password:
            return self._failed(exchange, user)
        self._site.lockout.succeeded(name)
        return user

    def _new_device(self, exchange: Exchange, user: FotoWebUser) -> Device | Response:
        device = self._site.devices.issue(user.name)
        if device is not None:
            self._site.counters["logins_ok"] += 1
            return device
        self._site.counters["limit_refusals"] += 1
        exchange.verdict = "limit"
        text = "This user has the maximum number of devices."
        if self._knobs.limit_reached == "403-text":
            return Response(403, text.encode("utf-8"), TEXT)
        if self._knobs.limit_reached == "200-html":
            return Response(200, login_page(LOGIN, text), HTML)
        return _refusal(exchange, self._knobs.login_refused)

    def _failed(self, exchange: Exchange, user: FotoWebUser) -> Response:
        if self._site.lockout.failed(user.name):
            self._site.counters["lockouts"] += 1
        return self._refused(exchange)

    def _refused(self, exchange: Exchange, verdict: str = "refused") -> Response:
        self._site.counters["logins_refused"] += 1
        failed = self._site.failed_logins
        if exchange.user:
            failed[exchange.user] = failed.get(exchange.user, 0) + 1
        exchange.verdict = verdict
        return _refusal(exchange, self._knobs.login_refused)

    def _unknown(self, exchange: Exchange, had_cookie: bool) -> tuple[Visitor, None] | Response:
        if not had_cookie:
            exchange.verdict = "no-session"
        as_guest = self._knobs.revoked == "guest" or (
            not had_cookie and self._knobs.missing_session_fotoweb == "guest"
        )
        if as_guest:
            self._site.counters["guest_answers"] += 1
            if not had_cookie:
                exchange.verdict = "guest"
            return GUEST, None
        self._site.counters["refused"] += 1
        return _refusal(exchange, self._knobs.revoked)


def outage(variant: str) -> Response:
    """The response of a part that is down, by the value of its knob."""
    if variant == "redirect":
        return Response(302, b"", TEXT, [("Location", "/fotoweb/offline")])
    if variant == "login-page":
        return Response(200, login_page(LOGIN, "Please log in."), HTML)
    if variant == "maintenance-page":
        return Response(200, maintenance_page(), HTML)
    return _plain(int(variant))


def _refusal(exchange: Exchange, variant: str) -> Response:
    if variant in ("401", "403"):
        return _plain(int(variant))
    page = login_page(LOGIN, "Login failed")
    headers = []
    if variant == "302-login":
        headers = [("Location", "/fotoweb/views/login?to=" + quote(exchange.path, safe=""))]
    return Response(int(variant[:3]), page, HTML, headers)


def _plain(status: int) -> Response:
    return Response(status, f"{HTTPStatus(status).phrase}\n".encode("ascii"), TEXT)
