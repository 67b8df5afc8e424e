"""The fixtures of the window's tests: one browser for all of them, and programs that log in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from browser import Page, browser

import damsession
from damsession.sandbox import Sandbox

ADA = "ada@example.com"


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with browser(str(tmp_path_factory.mktemp("chromium"))) as page:
        yield page


@pytest.fixture
def window(chromium: Page, dam_sandbox: Sandbox) -> Iterator[Page]:
    """The window, when it is connected. Whatever the browser complains of fails the test."""
    chromium.open(dam_sandbox.window)
    chromium.until_text("#connection", "Connected")
    chromium.until("document.querySelectorAll('#user-rows tr').length")
    chromium.console()
    yield chromium
    assert chromium.console() == []
    chromium.open("about:blank")


def photoshelter(sandbox: Sandbox, **options: Any) -> damsession.Session:
    return damsession.open(
        system="photoshelter",
        url=sandbox.photoshelter,
        user=ADA,
        password=sandbox.accounts["photoshelter"][ADA]["password"],
        api_key=sandbox.api_key,
        ca_file=sandbox.ca_file,
        **options,
    )


def fotoweb(sandbox: Sandbox, **options: Any) -> damsession.Session:
    return damsession.open(
        system="fotoweb",
        url=sandbox.fotoweb,
        user="ada",
        password="ada-password",
        ca_file=sandbox.ca_file,
        **options,
    )
