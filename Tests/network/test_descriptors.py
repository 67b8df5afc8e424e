"""However a request ends, it leaves nothing behind: no descriptor, no thread and no memory, over
200 repetitions.

Requests are made blocking, from several threads, and in the event loop, each in a process of its
own (outcomes.py), which counts. Memory is what malloc has given out, so that a few bytes a request
are seen: a leak is in every round of repetitions, a new table or connection only in some. What
grows with the number of repetitions is a leak, however small.
"""

from __future__ import annotations

import json
import statistics
from pathlib import Path
from typing import Any

import pytest
from conftest import Site
from outcomes import OUTCOMES, REPEATED, ROUNDS
from processes import free_ports
from programs import compiled, environment, python, run

MOST = 25 * REPEATED  # bytes a round
ALL = ROUNDS * REPEATED

MODES = [(name, "blocking") for name in OUTCOMES] + [
    (name, "loop") for name, one in OUTCOMES.items() if one.loops
]


@pytest.mark.parametrize("name, mode", MODES)
def test_nothing_is_left(site: Site, tmp_path: Path, name: str, mode: str) -> None:
    outcome, sandbox = OUTCOMES[name], site.sandbox
    sandbox.knobs(**outcome.knobs)
    if outcome.fault:
        sandbox.fault(count=10**6, match=outcome.path.partition("?")[0], **outcome.fault)
    places = {"closed": free_ports(1)[0], "expired_certificate": site.expired_url}
    options: dict[str, Any] = {
        "url": sandbox.photoshelter,
        "store": tmp_path / "sessions",
        "authentication": "token",
    }
    options["ca_file"] = site.ca_file if name == "tls-refused" else sandbox.ca_file
    options.update({key: str(value).format_map(places) for key, value in outcome.options.items()})
    # What malloc keeps for each thread would count as given out.
    exact = {"GLIBC_TUNABLES": "glibc.malloc.tcache_count=0"}
    command = [*python("outcomes.py"), name, mode, str(tmp_path / "file")]
    done = run(command, {**environment(site, **options), **exact})
    assert (done.returncode, done.stderr) == (0, b"")
    told = json.loads(done.stdout)
    rounds = told["rounds"]
    grown = [later["bytes"] - sooner["bytes"] for sooner, later in zip(rounds, rounds[1:])]
    print(
        f"\n{name} {mode}: {told['ends']}, {grown} bytes, {len(rounds[-1]['descriptors'])} descriptors",
        end="",
    )
    assert set(told["ends"]) == outcome.ends and sum(told["ends"].values()) == ALL
    assert min(told["ends"].values()) > ALL // 4
    assert told["end"]["descriptors"] == told["before"]["descriptors"]
    assert told["end"]["threads"] == told["before"]["threads"] == 1
    assert len(rounds[-1]["descriptors"]) <= len(rounds[0]["descriptors"]) + 1
    assert statistics.median(grown) < MOST
    assert (told["replays"] >= ALL // 2 - 1) == (name in ("replay", "replay-with-cookies"))


@pytest.mark.parametrize("mode", ["blocking", "loop"])
def test_idle_connections_make_room(site: Site, tmp_path: Path, folder: Path, mode: str) -> None:
    """Each identity keeps a connection for its next request, and there are descriptors for half."""
    command = [compiled(folder, "many_identities.c"), mode, str(tmp_path)]
    done = run(command, environment(site))
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout.split() == [b"60", b"60"]
