"""HTTP/2 as the server speaks it while it is well, with the library h2, and as a fault does: frames
that h2 would refuse to send.

The header blocks of a fault go through the connection's own encoder, so that both sides agree on
its table afterwards. They are not checked.
"""

from __future__ import annotations

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import DataReceived, Event, RequestReceived, StreamEnded, StreamReset
from h2.exceptions import ProtocolError
from steps import Data, Frame, Head, Step
from well import Reply, Request, Site
from wire import Gone, Later, Player, Strike, Wire

DATA, HEADERS, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = (
    0,
    1,
    3,
    4,
    5,
    6,
    7,
    8,
    9,
)
END_STREAM, END_HEADERS = 0x1, 0x4


def frame(kind: int, flags: int, payload: bytes, stream: int) -> bytes:
    return (
        len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload
    )


class Http2(Player):
    """One connection. `strike` gives the steps for a request, or None for the proper response."""

    def __init__(self, wire: Wire, later: Later, site: Site, strike: Strike) -> None:
        super().__init__(wire, later)
        self._site = site
        self._strike = strike
        self._h2 = H2Connection(H2Configuration(client_side=False, header_encoding=None))
        self._open: dict[int, Request] = {}
        self._stream = 0
        self._request: Request | None = None

    def serve(self) -> None:
        self.play_all(self._strike("preface", True) or ())
        self._h2.initiate_connection()
        self._flush()
        while True:
            for event in self._hear():
                self._take(event)
            self._flush()

    def _hear(self) -> list[Event]:
        try:
            return self._h2.receive_data(self.wire.hear())
        except ProtocolError as error:
            # A fault has left the two with different ideas of the connection.
            raise Gone from error

    def _flush(self) -> None:
        if data := self._h2.data_to_send():
            self.wire.send(data)

    def _take(self, event: Event) -> None:
        if isinstance(event, RequestReceived):
            decoded = [
                (name.decode("latin-1"), value.decode("latin-1")) for name, value in event.headers
            ]
            fields = {name: value for name, value in decoded if name.startswith(":")}
            headers = [(name, value) for name, value in decoded if not name.startswith(":")]
            # A client may send its cookies in several fields (RFC 9113, 8.2.3).
            if cookie := "; ".join(value for name, value in headers if name == "cookie"):
                headers = [*(pair for pair in headers if pair[0] != "cookie"), ("cookie", cookie)]
            request = Request(fields[":method"], fields[":path"], headers, b"")
            self._open[event.stream_id] = request
            self._react(event.stream_id, self._strike(self._site.kind(request), True))
        elif isinstance(event, DataReceived) and event.stream_id in self._open:
            request = self._open[event.stream_id]
            self._open[event.stream_id] = request._replace(body=request.body + event.data)
            self._h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
        elif isinstance(event, StreamEnded) and event.stream_id in self._open:
            request = self._open[event.stream_id]
            steps = self._strike(self._site.kind(request), False)
            self._react(event.stream_id, steps)
            if steps is None:
                self._hear_of(event.stream_id)
                self.answer_well()
        elif isinstance(event, StreamReset):
            self._open.pop(event.stream_id, None)

    def _react(self, stream: int, steps: tuple[Step, ...] | None) -> None:
        if steps is not None:
            self._hear_of(stream)
            self._flush()
            self.play_all(steps)

    def _hear_of(self, stream: int) -> None:
        self._stream, self._request = stream, self._open.pop(stream)
        self._site.hear(self._request)

    # ---- What is said ----------------------------------------------------------------------------

    def encode(self, step: Step) -> bytes:
        if isinstance(step, bytes):
            return step
        if isinstance(step, Frame):
            return frame(
                step.kind,
                step.flags,
                step.payload,
                self._stream if step.stream is None else step.stream,
            )
        if isinstance(step, Data):
            data = self._site.fill(step.data.decode("latin-1"), self._request).encode("latin-1")
            return frame(DATA, END_STREAM if step.ends else 0, data, self._stream)
        assert isinstance(step, Head), step
        return self._block(self._h2.encoder.encode(self._fields(step), huffman=False), step.ends)

    def _fields(self, step: Head) -> list[tuple[bytes, bytes]]:
        fields: list[tuple[str, str]] = []
        for name, value in step.fields:
            filled = self._site.fill(value, self._request)
            if name == "@SET@":
                fields += [("set-cookie", line.partition(": ")[2]) for line in filled.splitlines()]
            else:
                fields.append((name, filled))
        return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in fields]

    def _block(self, block: bytes, ends: bool) -> bytes:
        """One HEADERS frame, and CONTINUATION frames for what does not fit into it."""
        pieces = [block[begin : begin + 16_384] for begin in range(0, len(block), 16_384)] or [b""]
        kinds = [(HEADERS, END_STREAM if ends else 0), *[(CONTINUATION, 0)] * (len(pieces) - 1)]
        kinds[-1] = (kinds[-1][0], kinds[-1][1] | END_HEADERS)
        return b"".join(
            frame(kind, flags, piece, self._stream) for (kind, flags), piece in zip(kinds, pieces)
        )

    def answer_well(self) -> None:
        assert self._request is not None
        self._send(self._site.answer(self._request), self._stream, self._request.method == "HEAD")

    def _send(self, reply: Reply, stream: int, is_bare: bool) -> None:
        fields = [(":status", str(reply.status)), ("content-length", str(len(reply.body)))]
        self._h2.send_headers(
            stream, fields + [(name.lower(), value) for name, value in reply.headers], is_bare
        )
        left = b"" if is_bare else reply.body[: reply.cut]
        while left:
            room = min(self._h2.local_flow_control_window(stream), self._h2.max_outbound_frame_size)
            if room > 0:
                piece, left = left[:room], left[room:]
                self._h2.send_data(stream, piece, end_stream=not left and reply.cut is None)
                self._flush()
                continue
            for event in self._hear():
                self._take(event)
        if reply.cut is not None:
            self._h2.reset_stream(stream, 2)
        self._flush()
