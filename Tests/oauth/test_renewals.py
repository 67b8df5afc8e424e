"""The renewal by refresh tokens that are good for one use, at servers that were not written for
this project, by many processes at once.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from issuer import Issuer
from load import load

RENEWALS = 3


@pytest.mark.parametrize("issuer", ["glewlwyd", "synapse"])
def test_many_processes_renew_once_for_each_expiry(
    request: pytest.FixtureRequest, tmp_path: Path, capsys: pytest.CaptureFixture[str], issuer: str
) -> None:
    server: Issuer = request.getfixturevalue(issuer)
    tally = load(server, tmp_path / "sessions", lambda renewals: renewals < RENEWALS)
    with capsys.disabled():
        print("", f"{server.name}: {tally}", sep="\n")
    assert not tally.wrong, tally.failed[:3]
