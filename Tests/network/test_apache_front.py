"""Apache in front of Apache: a balancer whose nodes cannot read each other's cookies, and pages
that say "try again later".

The log of the front counts the logins. The library cannot tell a cookie that one node does not know
from a session that has ended. So a refusal costs a login, and the request is sent again. If that is
refused too, it fails with DAM_ERR_SESSION_INVALID, and the new session is kept for the next
request. There is no further login until it works.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from apache import Apache, Entry, logins
from apache_conf import REFUSAL, Front, Members
from certificates import Certificates
from crowds import Crowd
from processes import held_ports
from ways import WAYS, Blocking, InLoop

PAGE = "mem/gallery"
ROTATIONS = ["serialize", "newest"]


class Nodes:
    """Two of them behind a balancer that asks them by turns, as it would a node that was just
    added.
    """

    def __init__(
        self, certificates: Certificates, port: int, behind: tuple[int, int], refusal: str | None
    ) -> None:
        self.port, self._behind, self._refusal = port, behind, refusal
        self.apache = Apache(certificates, *self._hosts("one", "another"))

    def _hosts(self, *passphrases: str) -> list[Any]:
        nodes = [
            Members(port, passphrase, refusal=self._refusal, encrypted=False)
            for port, passphrase in zip(self._behind, passphrases)
        ]
        return [Front(self.port, self._behind), *nodes]

    def agree(self) -> None:
        self.apache.restart(*self._hosts("one", "one"))

    def arrived(self) -> list[Entry]:
        return [entry for entry in self.apache.arrived() if entry["port"] == str(self.port)]


@pytest.fixture(params=[REFUSAL, None], ids=["class", "page"])
def nodes(request: pytest.FixtureRequest, certificates: Certificates) -> Iterator[Nodes]:
    with held_ports(3) as (port, one, other):
        made = Nodes(certificates, port, (one, other), request.param)
        with made.apache:
            yield made


@pytest.mark.parametrize("rotation", ROTATIONS)
def test_nodes_that_disagree_cost_at_most_two_logins_a_request(
    nodes: Nodes, folder: Path, rotation: str
) -> None:
    with Crowd(folder, nodes.apache.options(nodes.port, rotation=rotation)) as crowd:
        count = 3 * crowd.size
        found = crowd.ask(PAGE, rounds=3)
        # How many are answered is up to the turns: a refusal without a class costs a question,
        # which takes one as well.
        assert found.total() == count and set(found) <= {"200", "401", "DAM_ERR_SESSION_INVALID"}
        asked = nodes.arrived()
        print(f"\n{rotation}: {dict(found)}, {logins(asked)} logins, {len(asked)} exchanges")
        assert logins(asked) <= 2 * count + 1 and len(asked) <= 8 * count + 2
        nodes.agree()
        before = logins(nodes.arrived())
        assert crowd.ask(PAGE, rounds=3) == {"200": count} and logins(nodes.arrived()) - before <= 1


class Outage:
    """A member host that comes and goes, behind a front that stays.

    Its statuses are those of HTTP/1.1: with HTTP/2, Apache makes a 500 of a 502 and notes it as two
    requests.
    """

    def __init__(self, front: Apache, port: int, behind: Apache, behind_port: int) -> None:
        self.front, self.port = front, port
        self._behind, self._behind_port = behind, behind_port

    @contextmanager
    def refusing(self) -> Iterator[None]:
        """Nothing listens behind the front, which sends a 503."""
        self._behind.stop()
        yield
        self._behind.start()

    @contextmanager
    def hanging_up(self) -> Iterator[None]:
        """Another server listens there and hangs up, for which the front sends a 502."""
        with self.refusing(), socket.create_server(("127.0.0.1", self._behind_port)) as other:
            thread = threading.Thread(target=self._hang_up, args=(other,))
            thread.start()
            try:
                yield
            finally:
                other.shutdown(socket.SHUT_RDWR)  # accept fails then
                thread.join()

    @staticmethod
    def _hang_up(listener: socket.socket) -> None:
        while True:
            try:
                listener.accept()[0].close()
            except OSError:
                return

    def logins(self) -> int:
        return logins(self.front.arrived())

    def statuses(self) -> list[str]:
        """Without repetitions: for who has asked before, the front hangs up as well, and libcurl
        asks again.
        """
        return [status for status, _ in groupby(entry["status"] for entry in self.front.log())]


@pytest.fixture
def outage(certificates: Certificates) -> Iterator[Outage]:
    with held_ports(2) as (port, behind_port):
        with Apache(certificates, Members(behind_port, encrypted=False)) as behind:
            with Apache(certificates, Front(port, (behind_port,))) as front:
                yield Outage(front, port, behind, behind_port)


@pytest.mark.parametrize("way", WAYS)
def test_an_outage_leaves_the_session_alone(outage: Outage, way: type[Any]) -> None:
    with closing(way(outage.front.options(outage.port, http="1.1"))) as session:
        assert session.get(PAGE) == "200"
        for trouble in (outage.refusing, outage.hanging_up):
            with trouble():
                assert [session.get(PAGE) for _ in range(3)] == ["SERVER"] * 3
            assert session.get(PAGE) == "200"
    assert outage.statuses() == ["200", "503", "200", "502", "200"] and outage.logins() == 1


@pytest.mark.parametrize("way", WAYS)
def test_an_outage_at_the_login_is_no_refusal(outage: Outage, way: type[Any]) -> None:
    with closing(way(outage.front.options(outage.port, http="1.1"))) as session:
        for trouble in (outage.refusing, outage.hanging_up):
            with trouble():
                assert session.get(PAGE) == "SERVER"
        assert session.get(PAGE) == "200"
    assert outage.statuses() == ["503", "502", "200"] and outage.logins() == 3


@pytest.mark.parametrize("way", [Blocking, InLoop])
def test_a_login_goes_over_a_connection_of_its_own(outage: Outage, way: type[Any]) -> None:
    """On one that has served before, this front hangs up without a response, so that the client
    may try again.
    """
    with closing(way(outage.front.options(outage.port, http="1.1"))) as session:
        assert session.get(PAGE) == "200" and session.logout() == "SERVER"
        with outage.hanging_up():
            assert session.get(PAGE) == "SERVER"
        assert outage.logins() == 2
        assert session.get(PAGE) == "200" and outage.logins() == 3


def test_an_outage_for_many_costs_no_login(outage: Outage, folder: Path) -> None:
    with Crowd(folder, outage.front.options(outage.port)) as crowd:
        assert crowd.ask(PAGE) == {"200": crowd.size}
        with outage.refusing():
            assert crowd.ask(PAGE, rounds=2) == {"DAM_ERR_SERVER": 2 * crowd.size}
        assert crowd.ask(PAGE) == {"200": crowd.size}
    assert outage.logins() == 1
