"""The long proof: C programs, Python programs and the wrapper on one identity of each system, while
sessions expire, device tokens are revoked, clocks are set and processes are killed at random. `make
soak`, or

    soak.py [MINUTES] [--seed N]

First without kills, when every forced expiry must cost exactly one login, then with them, then 8
processes x 16 threads x 200 requests at a server that refuses every superseded cookie. Ends with
one table, and with 1 if a promise was broken.
The counting rule stands in soak_count.py. The seed replays the choices, not the schedule of the
operating system.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[1:1] = [str(ROOT / "Tests"), str(ROOT / "bindings" / "python")]
os.environ["PYTHONPATH"] = sys.path[2]

from judge import Judge  # noqa: E402
from soak_cast import Player, Seen, compiled, environment  # noqa: E402
from soak_count import Reader  # noqa: E402

from damsession.sandbox import Sandbox  # noqa: E402

PLAYERS, SETTLED = 5, 1.5
PROCESSES, THREADS, REQUESTS = 8, 16, 200
PATHS = {"photoshelter": "mem/user/session", "fotoweb": "Information"}


def identities(sandbox: Sandbox, folder: Path) -> list[tuple[dict[str, str], str]]:
    """One identity of each system; FotoWeb's is reached by both ways that yield a device token."""
    shared = {"store": str(folder), "ca_file": sandbox.ca_file}
    account = sandbox.accounts["photoshelter"]["ada@example.com"]
    photoshelter = {
        "user": "ada@example.com",
        "password": account["password"],
        "api_key": sandbox.api_key,
    }
    photoshelter.update(
        shared, system="photoshelter", url=sandbox.photoshelter, authentication="cookie"
    )
    fotoweb = {
        **shared,
        "system": "fotoweb",
        "url": sandbox.fotoweb,
        "user": "ada",
        "token_limit": "10000",
    }
    password = {**fotoweb, "authentication": "device-token", "password": "ada-password"}
    signed = {
        **fotoweb,
        "authentication": "login-token",
        "encryption_secret": sandbox.encryption_secret,
    }
    return [
        (photoshelter, PATHS["photoshelter"]),
        (photoshelter, PATHS["photoshelter"]),
        (password, PATHS["fotoweb"]),
        (signed, PATHS["fotoweb"]),
    ]


class Weather:
    """What happens to the sessions. The next blow falls only when the last one has been noticed and
    dealt with: a request is sent again once, and two expiries within it would be the weather's
    fault.
    """

    def __init__(self, sandbox: Sandbox, chance: random.Random) -> None:
        self._sandbox, self._chance = sandbox, chance
        self.blows = {"photoshelter": 0, "fotoweb": 0}
        self._clear = dict.fromkeys(self.blows, 0.0)
        self._logins: dict[str, int] = {}

    def pass_time(self) -> None:
        state = self._sandbox.state()
        now = time.monotonic()
        for system in self.blows:
            logins = state[system]["logins_ok"]
            if system not in self._logins:
                self._logins[system] = 0  # nobody has logged in yet
            if logins > self._logins[system]:
                self._logins[system] = logins
                self._clear[system] = now + SETTLED + self._chance.uniform(0, 1)
            if 0 < self._clear[system] < now:
                self._clear[system] = 0.0  # until the next login
                self._strike(system, state["knobs"]["clock-skew"])

    def _strike(self, system: str, skew: int) -> None:
        kind = self._chance.choice(
            ["end", "end", "step", "idle"] if system == "photoshelter" else ["end"]
        )
        if kind == "step":
            self._sandbox.knobs(clock_skew=self._chance.randrange(-600, 600) + skew // 2)
        if kind == "idle":  # longer than the server's idle limit
            self._sandbox.knobs(clock_skew=skew + 7300)
            ended = 1
        else:
            ended = self._sandbox.expire() if system == "photoshelter" else self._sandbox.revoke()
        self.blows[system] += 1 if ended else 0


def rage(minutes: float, kill_chance: float, stage: Stage) -> None:
    """Lets the players play for so long."""
    players = [
        Player(
            stage.chance.randrange(1 << 30),
            stage.program,
            stage.identities,
            kill_chance,
            stage.seen,
        )
        for _ in range(PLAYERS)
    ]
    for player in players:
        player.start()
    end = time.monotonic() + minutes * 60
    try:
        while time.monotonic() < end:
            time.sleep(0.1)
            stage.weather.pass_time()
            stage.reader.read()
            if stage.folder.exists():
                stage.judge.look()
    finally:
        for player in players:
            player.stop.set()
        for player in players:
            player.join()
    stage.sweep()


class Stage:
    """Everything that one run shares."""

    def __init__(self, sandbox: Sandbox, scratch: Path, seed: int) -> None:
        self.sandbox = sandbox
        self.scratch = scratch
        self.folder = scratch / "sessions"
        self.chance = random.Random(seed)
        self.program = compiled(scratch)
        self.identities = identities(sandbox, self.folder)
        self.weather = Weather(sandbox, self.chance)
        self.reader = Reader(sandbox)
        self.judge = Judge(self.folder)
        self.seen = Seen()

    def sweep(self) -> None:
        """One more request of each identity, so that the last blow is noticed and the last yield
        is sent.
        """
        for options, path in self.identities:
            command = [str(self.program), "1", "1", path]
            done = subprocess.run(
                command, env=environment(options), capture_output=True, text=True, check=True
            )
            self.seen.add("C", json.loads(done.stdout))
        self.reader.read()
        self.judge.look()


def full_run(stage: Stage) -> tuple[int, int, int, float]:
    """8 x 16 x 200 with one cookie; answered, failed, logins, seconds."""
    stage.sandbox.reset()
    stage.sandbox.knobs(old_cookie="refuse")
    options, path = identities(stage.sandbox, stage.scratch / "full")[0]
    command = [str(stage.program), str(THREADS), str(REQUESTS), path]
    began = time.monotonic()
    crew = [
        subprocess.Popen(command, env=environment(options), stdout=subprocess.PIPE, text=True)
        for _ in range(PROCESSES)
    ]
    told = [json.loads(process.communicate()[0]) for process in crew]
    answered = sum(one["answered"] for one in told)
    failed = sum(len(one["failures"]) + one["others"] for one in told)
    state = stage.sandbox.state()["photoshelter"]
    return answered, failed + state["refused"], state["logins_ok"], time.monotonic() - began


def table(
    stage: Stage,
    state: dict[str, Any],
    kills_free: dict[str, tuple[int, int]],
    full: tuple[int, int, int, float],
) -> bool:
    """Prints what came of it; True when every promise was kept."""
    seen, counts = stage.seen, stage.reader.counts
    marks = sum(count.lost + count.interrupted for count in counts.values())
    rows: list[tuple[str, object, bool]] = [
        (
            "processes that ended by themselves",
            " ".join(f"{n} {c}" for c, n in sorted(seen.processes.items())),
            True,
        ),
        ("processes that were killed", seen.kills, True),
        ("requests answered", seen.answered, seen.answered > 0),
        (
            "authentication and other failures seen by callers",
            dict(seen.failures) or 0,
            not seen.failures,
        ),
    ]
    for system, (blows, logins) in kills_free.items():
        name = f"{system}, no kills: expiries forced, logins after the first"
        rows.append((name, f"{blows}, {logins - 1}", blows == logins - 1))
    for system, count in counts.items():
        logins = state[system]["logins_ok"]
        text = f"{logins} = 1 + {len(count.refused)} refused secrets + {count.interrupted} cut off by a kill"
        rows.append(
            (
                f"{system}, all: logins against their causes",
                text,
                logins == count.logins == count.causes,
            )
        )
        rows.append(
            (f"{system}, all: lock-outs", state[system]["lockouts"], state[system]["lockouts"] == 0)
        )
    rows += [
        ("cookies and logins lost to kills (at most the kills)", marks, marks <= seen.kills),
        ("device tokens used", state["fotoweb"]["tokens_created"], True),
        ("records damaged", seen.records_damaged, seen.records_damaged == 0),
        (
            f"{PROCESSES} x {THREADS} x {REQUESTS}: answered, refused or failed, logins, seconds",
            "{}, {}, {}, {:.0f}".format(*full),
            full[:3] == (PROCESSES * THREADS * REQUESTS, 0, 1),
        ),
    ]
    for name, value, is_kept in rows:
        print(f"{'ok    ' if is_kept else 'BROKEN'} {name:<64} {value}")
    return all(is_kept for _, _, is_kept in rows)


def main() -> int:
    flags = argparse.ArgumentParser(description="Soaks sessions that processes share.")
    flags.add_argument("minutes", nargs="?", type=float, default=5.0)
    flags.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    chosen = flags.parse_args()
    print(f"seed {chosen.seed}, {chosen.minutes:g} minutes", flush=True)
    with (
        tempfile.TemporaryDirectory() as scratch,
        Sandbox(old_cookie="refuse", token_limit=10_000) as sandbox,
    ):
        stage = Stage(sandbox, Path(scratch), chosen.seed)
        rage(chosen.minutes * 0.4, 0.0, stage)
        counts = stage.reader.counts
        kills_free = {
            system: (stage.weather.blows[system], counts[system].logins) for system in counts
        }
        rage(chosen.minutes * 0.6, 0.8, stage)
        state = sandbox.state()
        return 0 if table(stage, state, kills_free, full_run(stage)) else 1


if __name__ == "__main__":
    sys.exit(main())
