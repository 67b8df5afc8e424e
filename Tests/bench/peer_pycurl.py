"""Small requests one after another, by pycurl.

    peer_pycurl.py kept|same

`kept` is what its users write: one handle, and the options that the request needs. `same` sets
those of damsession that pycurl has, and gives each request a handle where it must (see peer.h).
"""

from __future__ import annotations

import os
import sys
from io import BytesIO

import pycurl
from orders import HAS_TOKEN, HEADERS, URL, check, obey

LINES = [f"{name}: {value}" for name, value in HEADERS.items()]
IS_REUSABLE = not 0x075400 <= pycurl.version_info()[2] < 0x080100
CA_FILE = os.environ["BENCH_CA_FILE"]

multi, share, kept = pycurl.CurlMulti(), pycurl.CurlShare(), pycurl.Curl()


def prepare(curl: pycurl.Curl) -> None:
    for option, value in (
        (curl.NOSIGNAL, 1),
        (curl.FOLLOWLOCATION, 0),
        (curl.PATH_AS_IS, 1),
        (curl.NETRC, 0),
        (curl.TIMEOUT_MS, 0),
        (curl.CONNECTTIMEOUT_MS, 30_000),
        (curl.LOW_SPEED_LIMIT, 1),
        (curl.LOW_SPEED_TIME, 120),
        (curl.MAXFILESIZE_LARGE, (1 << 63) - 1),
        (curl.PROTOCOLS, curl.PROTO_HTTP | curl.PROTO_HTTPS),
        (curl.USERAGENT, "damsession/1.0.0"),
        (curl.SSLVERSION, curl.SSLVERSION_TLSv1_2),
        (curl.PROXY_SSLVERSION, curl.SSLVERSION_TLSv1_2),
        (curl.CAINFO, CA_FILE),
        (curl.PROXY, ""),
        (curl.PROXY_CAINFO, CA_FILE),
        (curl.ACCEPT_ENCODING, ""),
        (curl.XFERINFOFUNCTION, lambda *_: 0),
        (curl.NOPROGRESS, 0),
        (curl.CUSTOMREQUEST, "GET"),
        (curl.HTTPHEADER, [*LINES, "Expect:", "Content-Type:"]),
    ):
        curl.setopt(option, value)
    if not HAS_TOKEN:
        curl.setopt(curl.COOKIEFILE, "")


def run(curl: pycurl.Curl) -> None:
    """As `perform`, with the connections of the handles before it."""
    multi.add_handle(curl)
    while multi.perform()[1]:
        multi.select(1.0)
    multi.remove_handle(curl)


def ask_as_ours(count: int) -> None:
    for _ in range(count):
        curl = kept
        if not IS_REUSABLE:
            curl = pycurl.Curl()
            curl.setopt(curl.SHARE, share)
            prepare(curl)
        head: list[bytes] = []
        body = BytesIO()
        curl.setopt(curl.URL, URL)
        curl.setopt(curl.HEADERFUNCTION, head.append)
        curl.setopt(curl.WRITEDATA, body)
        run(curl)
        check(curl.getinfo(curl.RESPONSE_CODE), body.getvalue())
        if not IS_REUSABLE:
            curl.close()


def ask(count: int) -> None:
    for _ in range(count):
        body = BytesIO()
        kept.setopt(kept.URL, URL)
        kept.setopt(kept.WRITEDATA, body)
        kept.perform()
        check(kept.getinfo(kept.RESPONSE_CODE), body.getvalue())


if sys.argv[1] == "same":
    share.setopt(pycurl.SH_SHARE, pycurl.LOCK_DATA_SSL_SESSION)
    share.setopt(pycurl.SH_SHARE, pycurl.LOCK_DATA_COOKIE)
    prepare(kept)
    ask = ask_as_ours
else:
    kept.setopt(kept.HTTPHEADER, LINES)
    if not HAS_TOKEN:
        kept.setopt(kept.COOKIEFILE, "")
ask(2)
obey(ask)
