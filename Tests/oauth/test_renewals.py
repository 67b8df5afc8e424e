"""The renewal by refresh tokens that are good for one use, at servers that were not written for
this project: many processes at once, and whatever can go wrong in between.
"""

from __future__ import annotations

import os
import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from issuer import Issuer
from load import load
from table import play

SEED = int(os.environ.get("OAUTH_SEED", random.randrange(1 << 32)))
RENEWALS, KILLS = 3, 20


@pytest.mark.parametrize("issuer", ["glewlwyd", "synapse"])
def test_many_processes_renew_once_for_each_expiry(
    request: pytest.FixtureRequest, tmp_path: Path, capsys: pytest.CaptureFixture[str], issuer: str
) -> None:
    server: Issuer = request.getfixturevalue(issuer)
    tally = load(server, tmp_path / "sessions", lambda renewals: renewals < RENEWALS)
    with capsys.disabled():
        print("", f"{server.name}: {tally}", sep="\n")
    assert not tally.wrong, tally.failed[:3]


def test_nobody_is_asked_where_the_refresh_token_survived(
    glewlwyd: Issuer, synapse: Issuer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with ThreadPoolExecutor(2) as pool:  # most of it is waiting
        played = pool.map(lambda issuer: play(issuer, tmp_path, SEED, KILLS), (glewlwyd, synapse))
        rows = [row for table in played for row in table]
    with capsys.disabled():
        print("", f"OAUTH_SEED={SEED}", *rows, sep="\n")
    assert not [str(row) for row in rows if row.wrong]
