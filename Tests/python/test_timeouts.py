"""Times in seconds: numbers with a fraction, as Python has them, and what others give as a
timeout.
"""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from conftest import Opener

import damsession
from damsession._config import Config

SECONDS = [option.keyword for option in damsession.options() if option.kind == "seconds"]


def taken(keyword: str, value: Any) -> str:
    with Config() as config:
        config.set(keyword, value)
        return config.get(keyword.replace("_", "-"))


@pytest.mark.parametrize("keyword", SECONDS)
def test_a_fraction_is_the_next_whole_second(keyword: str) -> None:
    assert len(SECONDS) > 4
    found = [taken(keyword, value) for value in (60, 60.0, 60.000001, 60.5)]
    assert found == ["60", "60", "61", "61"]


def test_a_fraction_is_remembered_so() -> None:
    damsession.save("desk", system="photoshelter", user="ada", timeout=2.5)
    damsession.update("desk", idle_timeout=1.5)
    with Config() as config:
        config.load("desk")
        assert (config.get("timeout"), config.get("idle-timeout")) == ("3", "2")


def test_it_counts(photoshelter: Opener) -> None:
    assert taken("timeout", 0.1) == "1"
    with pytest.raises(damsession.Timeout, match='"timeout"'):
        photoshelter(timeout=0.5).get("mem/slow?seconds=30")


@pytest.mark.parametrize("value", [-0.5, -1.0, float("nan"), float("inf"), 1e300])
def test_what_is_no_time_is_refused(value: float) -> None:
    """Rounded up, -0.5 would be 0, which is no limit at all."""
    with pytest.raises(damsession.OptionError, match='"timeout" takes .* seconds from 0'):
        taken("timeout", value)


@pytest.mark.parametrize("keyword", ["retries", "redirects", "response_limit"])
def test_a_fraction_of_what_is_counted_is_refused(keyword: str) -> None:
    with pytest.raises(damsession.OptionError):
        taken(keyword, 2.5)


@pytest.mark.parametrize("value", [(3.05, 27), [3.05, 27], {"read": 27}, httpx.Timeout(5)])
def test_timeouts_of_others_are_told_by_our_options(photoshelter: Opener, value: Any) -> None:
    session = photoshelter()
    for use in (
        lambda: damsession.open(system="photoshelter", timeout=value),
        lambda: damsession.aopen(system="photoshelter", timeout=value),
        lambda: damsession.save("desk", timeout=value),
        lambda: session.get("mem/user/session", timeout=value),
    ):
        with pytest.raises(TypeError, match="timeout is one number of seconds, not ") as caught:
            use()
        assert "damsession.open(connect_timeout=..., idle_timeout=...)" in str(caught.value)
        assert "3.05" not in str(caught.value)
