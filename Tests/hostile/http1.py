"""HTTP/1.1 as the server speaks it while it is well, and as a fault does: the bytes of the row."""

from __future__ import annotations

from steps import Step
from well import Reply, Request, Site
from wire import Gone, Later, Player, Strike, Wire

PHRASES = {200: "OK", 206: "Partial Content", 302: "Found", 401: "Unauthorized", 403: "Forbidden"}


class Http1(Player):
    """One connection. `strike` gives the steps for a request, or None for the proper response."""

    def __init__(self, wire: Wire, later: Later, site: Site, strike: Strike) -> None:
        super().__init__(wire, later)
        self._site = site
        self._strike = strike
        self._request: Request | None = None

    def serve(self) -> None:
        while True:
            head = self._until(b"\r\n\r\n")
            lines = head.decode("latin-1").split("\r\n")
            method, target, _ = lines[0].split(" ")
            headers = [
                (name, value.strip())
                for name, _, value in (line.partition(":") for line in lines[1:] if line)
            ]
            self._request = Request(method, target, headers, b"")
            kind = self._site.kind(self._request)
            steps = self._strike(kind, True)
            if steps is None:
                self._request = self._request._replace(body=self._body(self._request))
                self._site.hear(self._request)
                steps = self._strike(kind, False)
            else:
                self._site.hear(self._request)
            if steps is None:
                self.answer_well()
            else:
                self.play_all(steps)

    def _until(self, end: bytes) -> bytes:
        while end not in self.wire.heard:
            self.wire.heard += self.wire.hear()
        head, _, self.wire.heard = self.wire.heard.partition(end)
        return head + end

    def _exactly(self, size: int) -> bytes:
        while len(self.wire.heard) < size:
            self.wire.heard += self.wire.hear()
        data, self.wire.heard = self.wire.heard[:size], self.wire.heard[size:]
        return data

    def _body(self, request: Request) -> bytes:
        if request.header("transfer-encoding") != "chunked":
            return self._exactly(int(request.header("content-length") or 0))
        body = b""
        while size := int(self._until(b"\r\n"), 16):
            body += self._exactly(size + 2)[:-2]
        self._until(b"\r\n")
        return body

    # ---- What is said ----------------------------------------------------------------------------

    def encode(self, step: Step) -> bytes:
        if not isinstance(step, bytes):  # frames are HTTP/2's: this client has come back with less
            raise Gone
        return (
            self._site.fill(step.decode("latin-1"), self._request).encode("latin-1")
            if b"@" in step
            else step
        )

    def answer_well(self) -> None:
        assert self._request is not None
        reply = self._site.answer(self._request)
        body = reply.body if self._request.method != "HEAD" else b""
        self.wire.send(head(reply) + body[: reply.cut])
        if reply.cut is not None:
            raise Gone


def head(reply: Reply) -> bytes:
    lines = [
        f"HTTP/1.1 {reply.status} {PHRASES[reply.status]}",
        f"Content-Length: {len(reply.body)}",
    ]
    lines += [f"{name}: {value}" for name, value in reply.headers]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")
