"""Redirects: in circles, to nowhere, to plain HTTP, to another server, with a secret in every
spelling.
"""

from __future__ import annotations

from steps import Fault
from well import SPELLINGS


def to(location: bytes, status: int = 302) -> tuple[bytes]:
    return (
        b"HTTP/1.1 %d There\r\nLocation: " % status + location + b"\r\nContent-Length: 0\r\n\r\n",
    )


ALL = "request/cookie/http request/token/http request/device-token/http request/query/http"
FEW = "request/token/http request/device-token/http"
ONCE = {"times": 1, "adopts": None}


def _nowhere(name: str, location: bytes, ends: str = "PROTOCOL") -> Fault:
    return Fault(f"to-{name}", FEW, to(location), ends)


WAYS = [
    Fault("in-circles", f"{ALL} download/token/http stream/cookie/http", to(b"?again"), "PROTOCOL"),
    Fault("in-growing-circles", "request/token/http request/query/http", to(b"@TARGET@&more=@TARGET:percent@"),
          "PROTOCOL|TOO_LARGE"),
    Fault("without-location", FEW, (b"HTTP/1.1 302 There\r\nContent-Length: 0\r\n\r\n",), "302"),
    Fault("with-two-locations", FEW, to(b"target\r\nLocation: @OTHER@/x"), "200|PROTOCOL", ONCE),
    Fault("of-status-300", FEW, to(b"target", 300), "300"),
    Fault("of-status-304", FEW, to(b"target", 304), "304"),
    Fault("of-status-399", FEW, to(b"target", 399), "399"),
    Fault("to-a-login-page", f"{ALL} request/token/https", to(b"/fotoweb/views/login?to=x"), "302|200", ONCE),
    Fault("to-a-name-with-login-in-it", FEW, to(b"loginventory/target?n=4"), "200", ONCE),
    Fault("at-home", f"{ALL} request/cookie/https request/token/https", to(b"@ORIGIN@@TARGET@"), "200", ONCE),
    Fault("post-307", "post/token/http post/cookie/http post/token/https", to(b"@TARGET@", 307), "200", ONCE),
    Fault("post-303", "post/token/http", to(b"@TARGET@", 303), "200", ONCE),
    Fault("post-307-elsewhere", "post/token/http post/token/https", to(b"@OTHER@/x", 307), "307"),
    Fault("upload-308", "upload/token/http upload/cookie/http", to(b"@TARGET@", 308), "200", ONCE),
    Fault("upload-308-elsewhere", "upload/token/http", to(b"@OTHER@/x", 308), "308"),
    Fault("elsewhere", f"{ALL} request/token/https request/cookie/https", to(b"@OTHER@/x?y=z"), "200"),
    Fault("elsewhere-download", "download/token/http", to(b"@OTHER@/x", 307), "200", {"is_another_file": True}),
    Fault("elsewhere-by-scheme", "request/token/https request/token/http", to(b"//localhost:1/x"), "CONNECT"),
    Fault("elsewhere-silent", "request/token/http request/cookie/https", to(b"@SILENT@/x"), "TIMEOUT"),
    Fault("elsewhere-closed", FEW, to(b"@CLOSED@/x"), "CONNECT"),
    Fault("elsewhere-unknown", FEW, to(b"https://nobody.invalid/x"), "CONNECT"),
    Fault("to-plain-http", "request/token/https request/cookie/https request/query/https download/token/https",
          to(b"@PLAIN@/x"), "INSECURE"),
    Fault("to-plain-http-at-home", "request/token/https", to(b"http:@TARGET@"), "INSECURE|PROTOCOL"),
    Fault("keepalive-redirected", "keepalive/cookie/http keepalive/device-token/http keepalive/token/https",
          to(b"@OTHER@/x"), "200|PROTOCOL|SERVER"),
    Fault("step-redirected", "organization/token/https", to(b"@OTHER@/x"), "PROTOCOL|SERVER"),
    Fault("logout-redirected", "logout/cookie/http logout/token/https", to(b"@OTHER@/x"), "200"),
]  # fmt: skip

NOWHERE = [
    _nowhere("nothing", b"", "PROTOCOL|302"),
    _nowhere("brackets", b"http://[::1"),
    _nowhere("no-host", b"https://"),
    _nowhere("no-host-but-a-path", b"https:///x", "PROTOCOL|CONNECT"),
    _nowhere("port-99999", b"https://localhost:99999/"),
    _nowhere("port-word", b"https://localhost:http/"),
    _nowhere("port-0", b"http://localhost:0/", "PROTOCOL|CONNECT"),
    _nowhere("javascript", b"javascript:alert(1)"),
    _nowhere("data", b"data:text/html,planted"),
    _nowhere("file", b"file:///etc/passwd"),
    _nowhere("ftp", b"ftp://localhost/x"),
    _nowhere("gopher", b"gopher://localhost/x"),
    _nowhere("odd-scheme", b"ht!tp://localhost/x", "PROTOCOL|404|200|INSECURE|302"),
    _nowhere("control", b"/a\x01b"),
    _nowhere("return", b"/a\rSet-Cookie: x=y", "PROTOCOL|200"),
    _nowhere("blank", b"/a b", "PROTOCOL|200"),
    _nowhere("8-bit", b"/caf\xe9", "PROTOCOL|200"),
    _nowhere("utf-8", "/café?n=4".encode(), "PROTOCOL|200"),
    _nowhere("backslash", b"\\\\localhost:1\\x", "PROTOCOL|CONNECT|200"),
    _nowhere("userinfo", b"https://ada:planted@localhost:1/", "PROTOCOL|INSECURE|CONNECT"),
    _nowhere("userinfo-at-home", b"http://ada:planted@localhost/", "PROTOCOL|INSECURE|CONNECT"),
    _nowhere("host-with-nul", b"https://local%00host/", "PROTOCOL|CONNECT"),
    _nowhere("host-with-line", b"https://local%0d%0ahost/", "PROTOCOL|CONNECT"),
    _nowhere("dots", b"/../../../../etc/passwd?n=4", "200|PROTOCOL"),
    _nowhere("70-KiB", b"/" + b"a" * 70_000, "PROTOCOL|TOO_LARGE"),
    _nowhere("1-MiB", b"/" + b"a" * (1 << 20), "TOO_LARGE|TRANSFER"),
    _nowhere("fragment", b"target#planted", "200|PROTOCOL"),
]  # fmt: skip

#: Who proves himself with what: the password, the token or cookie that the request carried, the API
#: key.
SECRETS = {"PASSWORD": "request/query/http", "SENT": "request/token/http request/cookie/http request/device-token/http",
           "KEY": "request/token/http"}  # fmt: skip
#: What nobody spells otherwise has no "+", no "/" and nothing to encode: only some spellings make a
#: difference.
ANYHOW = ("every", "hex", "base64", "bare64", "url64")

LEAKS = [
    Fault(f"leak-{word.lower()}-{spelling or 'raw'}", where,
          to(b"@OTHER@/x?seen=@%s%s@" % (word.encode(), b":" + spelling.encode() if spelling else b"")), "INSECURE", {},
          {})
    for word, where in SECRETS.items() for spelling in SPELLINGS
    if (word == "PASSWORD" and spelling) or (word != "PASSWORD" and (spelling is None or spelling in ANYHOW))
] + [
    Fault(f"leak-in-{place}", "request/query/http", to(location), ends)
    for place, location, ends in (
        ("path", b"@OTHER@/@PASSWORD:double@/x", "INSECURE"),
        ("host", b"https://@SENT@@KEY:hex@.invalid/", "INSECURE|PROTOCOL|CONNECT"),
        ("fragment", b"@OTHER@/x#@PASSWORD:percent@", "INSECURE|200"),
        ("userinfo", b"https://ada:@PASSWORD:percent@@localhost:1/", "INSECURE|PROTOCOL"),
        ("middle", b"@OTHER@/x?a=b&c=d@PASSWORD:plus@e&f", "INSECURE"),
    )
] + [
    # Whatever their values are, these names have no business elsewhere.
    Fault(f"leak-named-{name}", "request/token/http request/query/http",
          to(b"@OTHER@/x?a=b&%s=whatever" % name.encode()), "INSECURE")
    for name in ("u", "p", "lt", "auth_token", "api_key")
]  # fmt: skip

FAULTS = WAYS + NOWHERE + LEAKS
