"""The long proof: C programs, Python programs and the wrapper on one identity of each system, while
sessions expire, device tokens are revoked, clocks are set, answers are lost and processes are
killed at random. `make soak`, or

    soak.py [MINUTES] [--seed N]

First without kills, when every forced expiry must cost exactly one login or renewal, then with
them, while FotoWare takes each refresh token once, and then while it forgives; then 8 processes x
16 threads x 200 requests at a server that refuses every superseded cookie. Ends with one table, and
with 1 if a promise was broken.
The counting rules stand in soak_count.py and soak_renewals.py. The seed replays the choices, not
the schedule of the operating system.
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

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[1:1] = [str(ROOT / "Tests"), str(ROOT / "bindings" / "python")]
os.environ["PYTHONPATH"] = sys.path[2]

from judge import Judge  # noqa: E402
from soak_cast import Player, Seen, compiled, environment  # noqa: E402
from soak_count import Reader  # noqa: E402
from soak_renewals import LIFE, Person  # noqa: E402
from soak_table import Row, table  # noqa: E402
from soak_weather import Weather  # noqa: E402

from damsession.sandbox import Sandbox  # noqa: E402

PLAYERS = 5
PROCESSES, THREADS, REQUESTS = 8, 16, 200
PATHS = {"photoshelter": "mem/user/session", "fotoweb": "Information", "fotoware": "me"}


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
    fotoware = {
        **shared,
        "system": "fotoware",
        "url": sandbox.fotoware,
        "client_id": sandbox.clients["native"]["id"],
    }
    chosen = (photoshelter, photoshelter, password, signed, fotoware, fotoware)
    return [(options, PATHS[options["system"]]) for options in chosen]


def rage(minutes: float, kill_chance: float, stage: Stage) -> None:
    """Lets the players play for so long."""
    stage.weather.is_rough = kill_chance > 0
    stage.person.look()
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
            stage.person.look()
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
        self.person = Person(sandbox, self.identities[-1][0])
        self.seen = Seen()
        #: For each part of the run, whether the store had FotoWare's newest refresh token at its
        #: end.
        self.kept: list[bool] = []
        #: How many consents the server had revoked by then.
        self.revoked: list[int] = []
        #: FotoWare's renewals without kills, and their causes.
        self.calm = 0, 0

    def sweep(self) -> None:
        """One more request of each identity, so that the last blow is noticed and the last yield
        is sent. That may cost FotoWare's consent; the session that it has then renews itself.
        """
        for options, path in self.identities:  # FotoWare's twice: its first answer may get lost
            self._ask(options, path, self.weather.is_rough and options["system"] == "fotoware")
        self.person.look()
        self._ask(*self.identities[-1], may_be_cut=False)
        self.reader.read()
        self.judge.look()
        self.kept.append(self.reader.renewals.is_kept(self.folder))
        self.revoked.append(self.sandbox.state()["fotoware"]["families_revoked"])

    def _ask(self, options: dict[str, str], path: str, may_be_cut: bool) -> None:
        command = [str(self.program), "1", "1", path]
        done = subprocess.run(
            command, env=environment(options), capture_output=True, text=True, check=True
        )
        self.seen.add("C", json.loads(done.stdout), may_be_cut)


def full_run(stage: Stage) -> Row:
    """8 x 16 x 200 with one cookie: every request is answered, after one login."""
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
    failed += state["refused"]
    logins, seconds = state["logins_ok"], time.monotonic() - began
    return (
        f"{PROCESSES} x {THREADS} x {REQUESTS}: answered, refused or failed, logins, seconds",
        f"{answered}, {failed}, {logins}, {seconds:.0f}",
        (answered, failed, logins) == (PROCESSES * THREADS * REQUESTS, 0, 1),
    )


def main() -> int:
    flags = argparse.ArgumentParser(description="Soaks sessions that processes share.")
    flags.add_argument("minutes", nargs="?", type=float, default=5.0)
    flags.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    chosen = flags.parse_args()
    print(f"seed {chosen.seed}, {chosen.minutes:g} minutes", flush=True)
    with (
        tempfile.TemporaryDirectory() as scratch,
        Sandbox(old_cookie="refuse", token_limit=10_000, access_life=LIFE) as sandbox,
    ):
        stage = Stage(sandbox, Path(scratch), chosen.seed)
        rage(chosen.minutes * 0.4, 0.0, stage)
        counts = stage.reader.counts
        kills_free = {
            system: (stage.weather.blows[system], counts[system].logins) for system in counts
        }
        stage.calm = stage.reader.renewals.renewals, stage.reader.renewals.causes
        rage(chosen.minutes * 0.3, 0.8, stage)
        sandbox.knobs(refresh_tokens="single-use-grace")
        rage(chosen.minutes * 0.3, 0.8, stage)
        state = sandbox.state()
        return 0 if table(stage, state, kills_free, full_run(stage)) else 1


if __name__ == "__main__":
    sys.exit(main())
