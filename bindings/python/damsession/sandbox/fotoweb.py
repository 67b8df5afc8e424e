"""FotoWeb as the Archive Agent's clients see it: three ways to authenticate.

Written from the vendor's guide and the public record. Method 1 sends the
credentials with every request, method 2 posts them once for a device token,
method 3 sends a login token once for a device token. There is no logout. What
the Archive Agent itself answers stands in `archive`.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from .accounts import ENCRYPTION_SECRET, FOTOWEB_USERS, FotoWebUser
from .archive import GUEST, ArchiveAgent, Visitor
from .clock import Clock
from .exchange import HTML, TEXT, Answer, Exchange
from .fotoweb_devices import Device, DeviceTable, ImageIds
from .knobs import Knobs
from .lockout import Lockout
from .login_token import LoginToken, LoginTokenError
from .pages import login_page, maintenance_page

LOGIN = "/fotoweb/cmdrequest/Login.fwx"
AGENT = "/fotoweb/fwbin/fotoweb_isapi.dll/ArchiveAgent"
DEVICE_COOKIE = "FWSession"
SECOND_COOKIE = "SandboxSecond"

COUNTERS = (
    "requests", "logins_ok", "logins_refused", "lockouts", "limit_refusals",
    "query_authentications", "login_tokens_ignored", "refused", "guest_answers",
    "throttled", "faults",
)  # fmt: skip

_FULL = "; Path=/; HttpOnly; Secure; Expires=Tue, 19 Jan 2038 03:14:07 GMT"


class FotoWeb:
    """The application; one for the whole life of the process."""

    name = "fotoweb"

    def __init__(self, knobs: Knobs, clock: Clock) -> None:
        self.knobs = knobs
        self.clock = clock
        self.reset()

    def reset(self) -> None:
        self.counters: dict[str, int] = dict.fromkeys(COUNTERS, 0)
        self.devices = DeviceTable(self.knobs)
        self.lockout = Lockout(self.knobs, self.clock)
        self._agent = ArchiveAgent(ImageIds(), self.clock)
        self.failed_logins: dict[str, int] = {}
        self._storm = 0

    def state(self) -> dict[str, Any]:
        live = self.devices.live_by_user()
        return {
            **self.counters,
            "tokens_live": sum(live.values()),
            "tokens_live_by_user": live,
            "tokens_created": self.devices.created,
            "tokens_revoked": self.devices.revoked,
            "failed_logins_by_user": dict(self.failed_logins),
        }

    def is_login(self, exchange: Exchange) -> bool:
        """Whether the request serves to log in, and so is never throttled."""
        return exchange.path == LOGIN

    def stages(self, exchange: Exchange) -> tuple[str, ...]:
        """What the request may be for: words of `STAGES`. Of credentials in the query, both."""
        if exchange.path == LOGIN or "lt" in exchange.query:
            return ("login",)
        if exchange.path != AGENT + "/Information":
            return ("request",)
        return ("keepalive", "login") if "p" in exchange.query else ("keepalive",)

    def end_session(self, exchange: Exchange) -> None:
        """Revoke the device token that a request comes with."""
        device = self.devices.find(exchange.cookie(DEVICE_COOKIE) or "")
        if device is not None and device.live:
            self.devices.revoke_one(device)

    def serves(self, exchange: Exchange) -> bool:
        return exchange.path.startswith("/fotoweb/")

    def throttled(self, exchange: Exchange) -> Answer:
        return Answer(429, b"Too many requests\n", TEXT)

    async def answer(self, exchange: Exchange) -> Answer:
        if exchange.path == LOGIN:
            return self._login(exchange)
        if exchange.path == AGENT or exchange.path.startswith(AGENT + "/"):
            if exchange.method not in ("GET", "HEAD"):
                exchange.verdict = "method"
                return Answer(405, b"Method not allowed\n", TEXT, [("Allow", "GET, HEAD")])
            return self._archive_agent(exchange)
        exchange.verdict = "not-found"
        return Answer(404, b"Not found\n", TEXT)

    def _login(self, exchange: Exchange) -> Answer:
        if exchange.method != "POST":
            exchange.verdict = "method"
            return Answer(405, b"Method not allowed\n", TEXT, [("Allow", "POST")])
        if self.knobs.login != "ok":
            exchange.user = exchange.field("u")
            exchange.verdict = "login-down"
            return _outage(self.knobs.login)
        user = self._authenticated(exchange, exchange.field("u"), exchange.field("p"))
        if isinstance(user, Answer):
            return user
        device = self._new_device(exchange, user)
        if isinstance(device, Answer):
            return device
        answer = Answer(200, b"", TEXT)
        self._add_cookies(answer, device)
        return answer

    def _archive_agent(self, exchange: Exchange) -> Answer:
        """Find out who asks, let the Archive Agent answer, add the cookies."""
        token = exchange.cookie(DEVICE_COOKIE)
        device = self._valid_device(exchange, token) if token else None
        login_token = exchange.query.get("lt")
        if login_token is not None:
            exchange.flag("login-token-in-url")
        fresh = False
        if device is not None:
            self._note_ignored(login_token)
        elif self._query_credential("p", exchange) is not None:
            return self._with_query_credentials(exchange)
        elif login_token is not None and (not token or self.knobs.dead_cookie_with_lt == "use-lt"):
            result = self._device_by_login_token(exchange, login_token)
            if isinstance(result, Answer):
                return result
            device, fresh = result, True
        else:
            self._note_ignored(login_token)
            return self._unknown_visitor(exchange, token is not None)
        exchange.user = device.user
        answer = self._from_agent(exchange, Visitor(device.user, "device:" + device.token))
        if fresh or self.knobs.resend_token == "same":
            self._add_cookies(answer, device)
        return answer

    def _note_ignored(self, login_token: str | None) -> None:
        if login_token is not None:
            self.counters["login_tokens_ignored"] += 1

    def _valid_device(self, exchange: Exchange, token: str) -> Device | None:
        device = self.devices.find(token)
        if device is None:
            exchange.verdict = "refused"
            return None
        if device.live and self.knobs.storm:
            self._storm += 1
            if self._storm >= self.knobs.storm:
                self._storm = 0
                self.devices.revoke_one(device)
        if not device.live:
            exchange.verdict = "revoked"
            return None
        if device.second and exchange.cookie(SECOND_COOKIE) != device.second:
            exchange.verdict = "second-cookie-missing"
            return None
        return device

    def _query_credential(self, name: str, exchange: Exchange) -> str | None:
        value = exchange.query.get(name)
        if value is None and self.knobs.legacy_query_names == "on":
            return exchange.query.get({"u": "username", "p": "password"}[name])
        return value

    def _with_query_credentials(self, exchange: Exchange) -> Answer:
        exchange.flag("password-in-url")
        exchange.verdict = "ok"
        name = self._query_credential("u", exchange) or ""
        password = self._query_credential("p", exchange) or ""
        user = self._authenticated(exchange, name, password)
        if isinstance(user, Answer):
            return user
        self.counters["query_authentications"] += 1
        return self._from_agent(exchange, Visitor(user.name, "user:" + user.name))

    def _from_agent(self, exchange: Exchange, visitor: Visitor) -> Answer:
        if self.knobs.archive == "ok":
            return self._agent.answer(exchange, visitor)
        exchange.verdict = "archive-down"
        return _outage(self.knobs.archive)

    def _device_by_login_token(self, exchange: Exchange, text: str) -> Device | Answer:
        exchange.verdict = "ok"
        knobs = self.knobs
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
        if self.lockout.locked(user.name):
            return self._refused(exchange, "locked")
        now = self.clock.now()
        try:
            token.check(
                ENCRYPTION_SECRET, now, knobs.login_token_tolerance, knobs.login_token_max_life
            )
        except LoginTokenError as error:
            exchange.flag(f"login token: {error}")
            return self._failed(exchange, user)
        self.lockout.succeeded(user.name)
        return self._new_device(exchange, user)

    def _authenticated(self, exchange: Exchange, name: str, password: str) -> FotoWebUser | Answer:
        exchange.user = name
        user = FOTOWEB_USERS.get(name)
        if user is None:
            return self._refused(exchange)
        if self.lockout.locked(name):
            return self._refused(exchange, "locked")
        if password != user.password:
            return self._failed(exchange, user)
        self.lockout.succeeded(name)
        return user

    def _new_device(self, exchange: Exchange, user: FotoWebUser) -> Device | Answer:
        device = self.devices.issue(user.name)
        if device is not None:
            self.counters["logins_ok"] += 1
            return device
        self.counters["limit_refusals"] += 1
        exchange.verdict = "limit"
        text = "This user has the maximum number of devices."
        if self.knobs.limit_reached == "403-text":
            return Answer(403, text.encode("utf-8"), TEXT)
        if self.knobs.limit_reached == "200-html":
            return Answer(200, login_page(LOGIN, text), HTML)
        return _refusal(exchange, self.knobs.login_refused)

    def _failed(self, exchange: Exchange, user: FotoWebUser) -> Answer:
        if self.lockout.failed(user.name):
            self.counters["lockouts"] += 1
        return self._refused(exchange)

    def _refused(self, exchange: Exchange, verdict: str = "refused") -> Answer:
        self.counters["logins_refused"] += 1
        if exchange.user:
            self.failed_logins[exchange.user] = self.failed_logins.get(exchange.user, 0) + 1
        exchange.verdict = verdict
        return _refusal(exchange, self.knobs.login_refused)

    def _unknown_visitor(self, exchange: Exchange, had_cookie: bool) -> Answer:
        if not had_cookie:
            exchange.verdict = "no-session"
        as_guest = self.knobs.revoked == "guest" or (
            not had_cookie and self.knobs.missing_session_fotoweb == "guest"
        )
        if as_guest:
            self.counters["guest_answers"] += 1
            if not had_cookie:
                exchange.verdict = "guest"
            return self._from_agent(exchange, GUEST)
        self.counters["refused"] += 1
        return _refusal(exchange, self.knobs.revoked)

    def _add_cookies(self, answer: Answer, device: Device) -> None:
        attributes = _FULL if self.knobs.cookie_attributes == "full" else ""
        answer.headers.append(("Set-Cookie", f"{DEVICE_COOKIE}={device.token}{attributes}"))
        if device.second:
            answer.headers.append(("Set-Cookie", f"{SECOND_COOKIE}={device.second}{attributes}"))


def _refusal(exchange: Exchange, variant: str) -> Answer:
    if variant in ("401", "403"):
        return _plain(int(variant))
    page = login_page(LOGIN, "Login failed")
    headers = []
    if variant == "302-login":
        headers = [("Location", "/fotoweb/views/login?to=" + quote(exchange.path, safe=""))]
    return Answer(int(variant[:3]), page, HTML, headers)


def _outage(variant: str) -> Answer:
    """The answer of what is down, by knob value."""
    if variant == "redirect":
        return Answer(302, b"", TEXT, [("Location", "/fotoweb/offline")])
    if variant == "login-page":
        return Answer(200, login_page(LOGIN, "Please log in."), HTML)
    if variant == "maintenance-page":
        return Answer(200, maintenance_page(), HTML)
    return _plain(int(variant))


def _plain(status: int) -> Answer:
    return Answer(status, f"{HTTPStatus(status).phrase}\n".encode("ascii"), TEXT)
