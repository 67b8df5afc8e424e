"""A connection as a server has it, and the steps that are the same in every protocol.

A client that neither sends nor closes within PATIENCE is given up.
"""

from __future__ import annotations

import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable

from steps import Afterwards, Drip, End, Endless, Hear, Repeat, Step, Well

PATIENCE = 60.0

#: The steps for a request of a kind (early: before its body is read), or None where the server is
#: well.
Strike = Callable[[str, bool], tuple[Step, ...] | None]


class Gone(Exception):
    """The client has gone, or was turned away."""


class Wire:
    """Bytes over a socket, whatever it is wrapped in."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        connection.settimeout(PATIENCE)
        self.heard = b""

    def send(self, data: bytes) -> None:
        try:
            self.connection.sendall(data)
        except OSError as error:
            raise Gone from error

    def hear(self) -> bytes:
        """What comes next; Gone at the end."""
        try:
            data = self.connection.recv(65_536)
        except OSError as error:
            raise Gone from error
        if not data:
            raise Gone
        return data

    def end(self, how: End) -> None:
        if how is End.FAREWELL:
            self._say_farewell()
        if how in (End.SILENCE, End.FAREWELL):
            while True:
                self.hear()
        if how is End.RESET:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raise Gone

    def _say_farewell(self) -> None:
        try:
            if isinstance(self.connection, ssl.SSLSocket):
                self.connection = self.connection.unwrap()
            self.connection.shutdown(socket.SHUT_WR)
        except OSError as error:
            raise Gone from error


class Later:
    """What is to be said when the client has had its outcome, and before it asks again."""

    def __init__(self) -> None:
        self._has_come = threading.Event()
        self._waiting = 0
        self._changed = threading.Condition()

    def will_be(self) -> None:
        """Somebody is going to wait; said before the client can have its outcome."""
        with self._changed:
            self._waiting += 1

    def wait(self) -> None:
        self._has_come.wait(PATIENCE)

    def is_said(self) -> None:
        with self._changed:
            self._waiting -= 1
            self._changed.notify_all()

    def comes(self) -> None:
        """Returns when all of it is said."""
        self._has_come.set()
        with self._changed:
            self._changed.wait_for(lambda: self._waiting <= 0, PATIENCE)


class Player:
    """Takes steps. A protocol says what bytes a step is, and what the proper response is."""

    def __init__(self, wire: Wire, later: Later) -> None:
        self.wire = wire
        self.later = later

    def encode(self, step: Step) -> bytes:
        raise NotImplementedError

    def answer_well(self) -> None:
        raise NotImplementedError

    def play_all(self, steps: tuple[Step, ...]) -> None:
        if Afterwards.YES in steps:
            self.later.will_be()
        try:
            for step in steps:
                self.play(step)
        finally:
            if Afterwards.YES in steps:
                self.later.is_said()

    def play(self, step: Step) -> None:
        if isinstance(step, End):
            self.wire.end(step)
        elif isinstance(step, Repeat):
            # In large pieces: a hundred thousand headers are no hundred thousand writes.
            for begin in range(0, step.times, 1000):
                self.wire.send(
                    b"".join(self.encode(step.step) for _ in range(min(1000, step.times - begin)))
                )
        elif isinstance(step, Endless):
            while True:
                self.play(step.step)
        elif isinstance(step, Drip):
            for byte in step.data:
                self.wire.send(bytes([byte]))
                time.sleep(step.pause)
        elif isinstance(step, Hear):
            self.wire.heard += self.wire.hear()
        elif isinstance(step, Afterwards):
            self.later.wait()
        elif isinstance(step, Well):
            self.answer_well()
        else:
            self.wire.send(self.encode(step))
