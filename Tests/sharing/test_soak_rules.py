"""The soak's rules for renewals notice what breaks them: a client without lock and memory, played
with a session's own refresh tokens.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import records
import requests
from conftest import Stage
from soak_count import Reader
from soak_renewals import TOKEN, Person


class Client:
    """The program at the same site, which renews whenever it is told to."""

    def __init__(self, stage: Stage, folder: Path) -> None:
        self._sandbox = stage.sandbox
        self._folder = folder
        self._client_id = stage.sandbox.clients["native"]["id"]
        options = {
            "system": "fotoware",
            "url": stage.sandbox.fotoware,
            "client_id": self._client_id,
            "ca_file": stage.sandbox.ca_file,
            "store": str(folder),
        }
        self.person = Person(stage.sandbox, options)
        self.person.look()
        self.access, self.refresh = self.stored()

    def stored(self) -> tuple[str, str]:
        secret = records.read(records.session(self._folder))["secret"]
        return secret["token"], secret["refresh_token"]

    def renew(self, refresh: str) -> dict[str, Any]:
        form = {
            "grant_type": "refresh_token",
            "refresh_token": refresh,
            "client_id": self._client_id,
        }
        url = self._sandbox.fotoware + TOKEN
        given: dict[str, Any] = requests.post(url, form, verify=self._sandbox.ca_file).json()
        return given

    def use(self, access: str) -> None:
        url, headers = (
            self._sandbox.fotoware + "/fotoweb/me",
            {"Authorization": f"Bearer {access}"},
        )
        requests.get(url, headers=headers, verify=self._sandbox.ca_file)


@pytest.fixture
def client(alone: Stage, folder: Path) -> Client:
    return Client(alone, folder)


def test_a_renewal_with_a_cause_is_none_too_many(alone: Stage, client: Client) -> None:
    client.use(client.access)
    alone.sandbox.expire(system="fotoware")
    client.use(client.access)
    client.use(client.renew(client.refresh)["access_token"])
    reader = Reader(alone.sandbox)
    reader.read()
    found = reader.renewals
    assert (found.renewals, found.causes, found.unheard, found.stale) == (1, 1, 0, 0)


def test_a_renewal_without_a_cause_is_noticed(alone: Stage, client: Client) -> None:
    client.use(client.access)
    client.use(client.renew(client.refresh)["access_token"])
    reader = Reader(alone.sandbox)
    reader.read()
    assert reader.renewals.renewals > reader.renewals.causes


def test_an_old_refresh_token_is_noticed(alone: Stage, client: Client, folder: Path) -> None:
    client.use(client.access)
    reader = Reader(alone.sandbox)
    reader.read()
    assert reader.renewals.is_kept(folder)
    given = client.renew(client.refresh)
    client.renew(client.refresh)  # as whoever heard no answer
    reader.read()
    assert (reader.renewals.stale, reader.renewals.unheard) == (0, 1)
    client.use(given["access_token"])
    client.renew(client.refresh)  # as whoever did not look
    reader.read()
    assert (reader.renewals.stale, reader.renewals.unheard) == (1, 0)
    assert not reader.renewals.is_kept(folder)  # nobody has saved the next one


def test_one_that_is_answered_late_is_not_old(alone: Stage, client: Client) -> None:
    """It arrived before its successor was used: a killed process cannot take it back."""
    client.use(client.access)
    is_there = alone.delay("oauth2/token", seconds=1.0)
    with ThreadPoolExecutor(1) as pool:
        late = pool.submit(client.renew, client.refresh)
        is_there()
        client.use(client.renew(client.refresh)["access_token"])
        late.exception()  # the server may refuse it by then
    arrivals = [entry["arrival"] for entry in alone.sandbox.log()]
    assert arrivals[-1] < max(arrivals)  # it was answered last
    reader = Reader(alone.sandbox)
    reader.read()
    assert reader.renewals.stale == 0
