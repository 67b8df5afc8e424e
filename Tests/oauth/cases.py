"""What can go wrong while a session is renewed, one function a case.

Each begins with a lane whose session has to be renewed, and leaves an ordinary program in it. It
tells whether what the store had in the end was still good at the server (before anybody tried), and
whether a person had to consent again. The rule: nobody is asked where the refresh token had
survived.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import NamedTuple

import trouble
from common import ROOT, compile_c
from crew import Crew
from gate import ANSWER, REQUEST
from lane import ANSWERED, CONSENT, Lane

#: A file system without locks.
SHIM = ROOT / "Tests" / "sharing" / "shim.c"


class End(NamedTuple):
    survived: bool
    consent: bool


class Case(NamedTuple):
    name: str
    play: Callable[[Lane, random.Random], End]
    #: Whether what the store has survives at a server that ends the family, and at one that
    #: forgives. None: it depends on the instant.
    survives: tuple[bool | None, bool | None]
    #: Whether it is played many times.
    is_random: bool = False


def _end(lane: Lane) -> End:
    """Looks, and then lets the lane's program try."""
    survived = lane.issuer.takes(lane.refresh_token)
    found = lane.ask()
    assert found in (ANSWERED, CONSENT), found
    return End(survived, found == CONSENT)


def _killed(lane: Lane, chance: random.Random, what: str) -> End:
    catch = lane.gate.catch(what)
    lane.tell()
    catch.wait()
    lane.worker.kill()
    catch.let_go()
    lane.start()
    return _end(lane)


def killed_before_the_request_arrives(lane: Lane, chance: random.Random) -> End:
    return _killed(lane, chance, REQUEST)


def killed_before_the_answer_arrives(lane: Lane, chance: random.Random) -> End:
    return _killed(lane, chance, ANSWER)


def killed_at_any_instant(lane: Lane, chance: random.Random) -> End:
    """From the request's arrival on, or from the answer's: while the server acts, on the way, in
    the save, and after it.
    """
    what, longest = chance.choice([(REQUEST, 0.05), (ANSWER, 0.01), (ANSWER, 0.1)])
    catch = lane.gate.catch(what, share=1)
    lane.tell()
    catch.wait()
    catch.go()
    time.sleep(chance.uniform(0, longest))  # for nothing: the instant is the point
    lane.worker.kill()
    catch.let_go()
    lane.start()
    return _end(lane)


def killed_among_others(lane: Lane, chance: random.Random) -> End:
    """The others wait for it, and then one of them renews the session."""
    catch = lane.gate.catch(REQUEST)
    lane.tell()
    catch.wait()
    survived = lane.issuer.takes(lane.refresh_token)
    with Crew(3, lane.options) as others:
        others.tell("get", lane.issuer.path, threads=4)
        lane.worker.kill()
        catch.let_go()
        found = others.hear()
        assert len(found.values) + len(found.errors) == 12
        assert {name for name, _ in found.errors} <= {CONSENT}
        assert others.total("renewals") == (0 if found.errors else 1)
    lane.start()
    return End(survived, bool(found.errors))


def _cut(lane: Lane, what: str, share: float) -> End:
    """The program that lost the answer asks again."""
    catch = lane.gate.catch(what, share)
    lane.tell()
    catch.wait()
    catch.let_go()
    assert lane.hear() not in (ANSWERED, CONSENT)
    return _end(lane)


def cut_before_the_server_has_it(lane: Lane, chance: random.Random) -> End:
    return _cut(lane, REQUEST, 0)


def cut_when_the_server_has_acted(lane: Lane, chance: random.Random) -> End:
    return _cut(lane, ANSWER, 0)


def cut_within_the_answer(lane: Lane, chance: random.Random) -> End:
    return _cut(lane, ANSWER, chance.uniform(0.2, 0.9))


def late_answer(lane: Lane, chance: random.Random) -> End:
    """It comes when the program has given up."""
    lane.start(timeout=1)
    catch = lane.gate.catch(ANSWER)
    lane.tell()
    catch.wait()
    assert lane.hear() == "Timeout"
    catch.let_go()
    lane.start()
    return _end(lane)


def store_that_is_read_only(lane: Lane, chance: random.Random) -> End:
    lane.start(before=trouble.obey_modes)
    lane.folder.chmod(0o500)
    assert lane.ask() == "StoreError"
    lane.folder.chmod(0o700)
    return _end(lane)


def store_on_a_full_disk(lane: Lane, chance: random.Random) -> End:
    """Records that are there have their place: it may be renewed all the same."""
    lane.disk.fill()
    lane.start(before=lane.disk.before)
    assert lane.ask() in (ANSWERED, "StoreError")
    lane.disk.relieve()
    lane.start()
    return _end(lane)


def store_whose_files_may_not_grow(lane: Lane, chance: random.Random) -> End:
    lane.start(before=trouble.limit_files)
    assert lane.ask() == "StoreError"
    lane.start()
    return _end(lane)


def store_without_locks(lane: Lane, chance: random.Random) -> End:
    """Two of them could spend the same token."""
    shim = compile_c(lane.folder.with_suffix(".so"), SHIM, flags=("-shared", "-fPIC"))
    lane.start(environment={"LD_PRELOAD": shim, "SHIM_NO_LOCKS": "1"})
    assert lane.ask() == "StoreError"
    lane.start()
    return _end(lane)


def _renewed_without_a_store(lane: Lane) -> None:
    """The mark was saved, and what was renewed cannot be. It lives in this program."""
    lane.start(before=trouble.obey_modes)
    catch = lane.gate.catch(ANSWER, share=1)
    lane.tell()
    catch.wait()
    lane.folder.chmod(0o500)
    catch.let_go()
    assert lane.hear() == ANSWERED


def store_fails_in_between(lane: Lane, chance: random.Random) -> End:
    """The program saves it as soon as it can."""
    _renewed_without_a_store(lane)
    lane.folder.chmod(0o700)
    assert lane.ask() == ANSWERED
    lane.start()
    return _end(lane)


def store_fails_and_the_program_ends(lane: Lane, chance: random.Random) -> End:
    """The program ends while the store is out of order."""
    _renewed_without_a_store(lane)
    lane.worker.kill()
    lane.folder.chmod(0o700)
    lane.start()
    return _end(lane)


CASES = [
    Case("killed at any instant", killed_at_any_instant, (None, None), is_random=True),
    Case("killed, request not yet there", killed_before_the_request_arrives, (True, True)),
    Case("killed, and others wait for it", killed_among_others, (True, True)),
    Case("killed, answer on its way", killed_before_the_answer_arrives, (False, True)),
    Case("cut before the server has it", cut_before_the_server_has_it, (True, True)),
    Case("cut when the server has acted", cut_when_the_server_has_acted, (False, True)),
    Case("cut within the answer", cut_within_the_answer, (False, True)),
    Case("the answer comes too late", late_answer, (False, True)),
    Case("the store is read-only", store_that_is_read_only, (True, True)),
    Case("the store's disk is full", store_on_a_full_disk, (True, True)),
    Case("the store's files may not grow", store_whose_files_may_not_grow, (True, True)),
    Case("the store has no locks", store_without_locks, (True, True)),
    Case("the store fails in between", store_fails_in_between, (True, True)),
    Case("the same, and the program ends", store_fails_and_the_program_ends, (False, False)),
]
