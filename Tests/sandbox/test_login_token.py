"""The arithmetic of the login token against computed vectors, and strict parsing."""

from __future__ import annotations

from base64 import b64decode, b64encode
from calendar import timegm
from time import strptime

import pytest

from damsession.sandbox.login_token import LoginToken, LoginTokenError, make

LEAP = ("2024-02-29 23:59:30", "2024-03-01 00:30:30")
YEAR_2020 = ("2020-01-01 00:00:00", "2020-01-01 00:31:00")
NEW_YEAR = ("2023-12-31 23:59:00", "2024-01-01 00:30:00")
NORDIC = "nøkkel-ключ-ß"

VECTORS = {
    "V1": (
        YEAR_2020, False, "user1", "secret", "aa0DHacjf4k4ZKxnrg1L1w==",
        "cz0yMDIwLTAxLTAxIDAwOjAwOjAwO2U9MjAyMC0wMS0wMSAwMDozMTowMDt3PWZhbHNlO3U9dXNlcjE7"
        "bT1hYTBESGFjamY0azRaS3hucmcxTDF3PT07",
    ),
    "V2": (
        YEAR_2020, True, "user1", "secret", "+SSQqDNmsnnHzTxiuwpMPg==",
        "cz0yMDIwLTAxLTAxIDAwOjAwOjAwO2U9MjAyMC0wMS0wMSAwMDozMTowMDt3PXRydWU7dT11c2VyMTtt"
        "PStTU1FxRE5tc25uSHpUeGl1d3BNUGc9PTs=",
    ),
    "V3": (
        LEAP, False, "kåre.øst", NORDIC, "YNzGU5yNJHYePod6X63NbA==",
        "cz0yMDI0LTAyLTI5IDIzOjU5OjMwO2U9MjAyNC0wMy0wMSAwMDozMDozMDt3PWZhbHNlO3U9a8OlcmUu"
        "w7hzdDttPVlOekdVNXlOSkhZZVBvZDZYNjNOYkE9PTs=",
    ),
    "V3L": (
        LEAP, False, "kåre.øst".encode().decode("latin-1"), NORDIC.encode().decode("latin-1"),
        "8CuxPvEfK5uWB8quOZmAkw==",
        "cz0yMDI0LTAyLTI5IDIzOjU5OjMwO2U9MjAyNC0wMy0wMSAwMDozMDozMDt3PWZhbHNlO3U9a8ODwqVy"
        "ZS7Dg8K4c3Q7bT04Q3V4UHZFZks1dVdCOHF1T1ptQWt3PT07",
    ),
    "V4": (
        LEAP, False, "a~b?c", "s;e=x", "F7XiH0kR3EVta8QQa8AH3w==",
        "cz0yMDI0LTAyLTI5IDIzOjU5OjMwO2U9MjAyNC0wMy0wMSAwMDozMDozMDt3PWZhbHNlO3U9YX5iP2M7"
        "bT1GN1hpSDBrUjNFVnRhOFFRYThBSDN3PT07",
    ),
    "V5": (
        LEAP, False, "~~~???", "secret", "uKf/pGITIpl3En7kG7BMjg==",
        "cz0yMDI0LTAyLTI5IDIzOjU5OjMwO2U9MjAyNC0wMy0wMSAwMDozMDozMDt3PWZhbHNlO3U9fn5+Pz8/"
        "O209dUtmL3BHSVRJcGwzRW43a0c3Qk1qZz09Ow==",
    ),
    "V6": (
        LEAP, False, "user 1@example.com", "a=b;c", "Mm9VlByy+AOqEmmCLGjYkw==",
        "cz0yMDI0LTAyLTI5IDIzOjU5OjMwO2U9MjAyNC0wMy0wMSAwMDozMDozMDt3PWZhbHNlO3U9dXNlciAx"
        "QGV4YW1wbGUuY29tO209TW05VmxCeXkrQU9xRW1tQ0xHallrdz09Ow==",
    ),
    "V7": (
        NEW_YEAR, True, "DOMAIN\\user", "", "K3ahGIEcPOAap6AHfbLlKg==",
        "cz0yMDIzLTEyLTMxIDIzOjU5OjAwO2U9MjAyNC0wMS0wMSAwMDozMDowMDt3PXRydWU7dT1ET01BSU5c"
        "dXNlcjttPUszYWhHSUVjUE9BYXA2QUhmYkxsS2c9PTs=",
    ),
}  # fmt: skip


def seconds(text: str) -> int:
    return timegm(strptime(text, "%Y-%m-%d %H:%M:%S"))


@pytest.mark.parametrize("name", VECTORS)
def test_vectors(name: str) -> None:
    (first, last), widget, user, secret, seal, text = VECTORS[name]
    assert make(user, seconds(first), seconds(last), secret, widget) == text
    token = LoginToken.parse(text)
    assert (token.user, token.widget, token.seal) == (user, widget, seal)
    assert (token.start, token.end) == (seconds(first), seconds(last))
    if widget:
        with pytest.raises(LoginTokenError, match="widgets"):
            token.check(secret, token.start, 0, 3600)
    else:
        token.check(secret, token.start, 0, 3600)


@pytest.mark.parametrize(
    ("now", "tolerance", "longest", "secret", "reason"),
    [
        (1000, 0, 3600, "secret", None),
        (2000, 0, 3600, "secret", None),
        (999, 0, 3600, "secret", "not valid yet"),
        (2001, 0, 3600, "secret", "no longer valid"),
        (990, 10, 3600, "secret", None),
        (2010, 10, 3600, "secret", None),
        (2011, 10, 3600, "secret", "no longer valid"),
        (1500, 0, 999, "secret", "too long"),
        (1500, 0, 3600, "secreT", "seal"),
    ],
)
def test_window_and_seal(
    now: float, tolerance: int, longest: int, secret: str, reason: str
) -> None:
    token = LoginToken.parse(make("ada", 1000, 2000, "secret"))
    if reason is None:
        token.check(secret, now, tolerance, longest)
        return
    with pytest.raises(LoginTokenError, match=reason):
        token.check(secret, now, tolerance, longest)


def test_reversed_window() -> None:
    with pytest.raises(LoginTokenError, match="reversed"):
        LoginToken.parse(make("ada", 2000, 1000, "s")).check("s", 1500, 0, 3600)


def encoded(text: str) -> str:
    return b64encode(text.encode("utf-8")).decode("ascii")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not base64",
        VECTORS["V5"][5].replace("+", " "),
        VECTORS["V5"][5].rstrip("="),
        encoded("u=ada;"),
        encoded(b64decode(VECTORS["V1"][5]).decode().replace("u=user1;", "u=a;u=user1;")),
        encoded(b64decode(VECTORS["V1"][5]).decode().replace("2020-01-01", "2020-13-01")),
        encoded(b64decode(VECTORS["V1"][5]).decode().replace("w=false", "w=no")),
        encoded(b64decode(VECTORS["V1"][5]).decode() + "x=y;"),
        b64encode(b"\xff\xfe").decode("ascii"),
    ],
)
def test_malformed(text: str) -> None:
    with pytest.raises(LoginTokenError):
        LoginToken.parse(text)
