"""The window for people who use a keyboard, a screen reader, large print or a dark screen: the
rules of axe-core up to WCAG 2.1 AA, and what such rules cannot tell.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import axe_core_python
import pytest
from browser import HEIGHT, WIDTH, Page, prefer
from conftest import ADA, consent_url, consented, fotoweb, photoshelter
from selenium.webdriver import ActionChains, Keys

from damsession.sandbox import Sandbox

AXE = Path(axe_core_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]


@pytest.fixture
def busy(window: Page, dam_sandbox: Sandbox) -> Iterator[Page]:
    """A window with something in every list, a refusal included."""
    with photoshelter(dam_sandbox) as session, fotoweb(dam_sandbox) as other:
        session.get("mem/nothing")
        other.get("Information")
    consented(dam_sandbox, dam_sandbox.consent(consent_url(dam_sandbox)))
    dam_sandbox.lock(ADA)
    dam_sandbox.knobs(latency=1)
    dam_sandbox.fault("reset", match="none")
    window.until_text("#user-rows", "locked")
    window.until_text("#fault-total", "1")
    window.until_text("#session-count", "1")
    window.until_text("#token-count", "1")
    window.until_text("#family-count", "1")
    yield window


@pytest.fixture
def any_size(window: Page) -> Iterator[Any]:
    def resize(width: int) -> None:
        size = {"width": width, "height": HEIGHT, "deviceScaleFactor": 1, "mobile": False}
        window.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)

    yield resize
    resize(WIDTH)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [WIDTH, 360])
def test_no_rule_of_axe_is_broken(busy: Page, any_size: Any, scheme: str, width: int) -> None:
    any_size(width)
    prefer(busy.driver, scheme)
    busy.run("at('error').textContent = 'A value was refused.'")
    busy.run(AXE)
    report = busy.driver.execute_async_script(
        "axe.run(document, {runOnly: arguments[0]}).then(arguments[1])", RULES
    )
    prefer(busy.driver, "light")
    broken = [(one["id"], [node["html"] for node in one["nodes"]]) for one in report["violations"]]
    assert broken == []
    assert {
        "color-contrast", "button-name", "label", "select-name", "html-has-lang", "region", "heading-order",
    } <= {one["id"] for one in report["passes"]}  # fmt: skip


def test_axe_would_find_something(busy: Page) -> None:
    busy.run(AXE)
    busy.run("at('pause').parentElement.replaceWith(at('pause'))")
    report = busy.driver.execute_async_script(
        "axe.run({runOnly: {type: 'rule', values: ['label']}}).then(arguments[0])"
    )
    assert [one["id"] for one in report["violations"]] == ["label"]


def test_a_narrow_window_needs_no_sideways_scrolling(busy: Page, any_size: Any) -> None:
    any_size(360)
    assert busy.run("return document.documentElement.scrollWidth") <= 360


def press(page: Page, *keys: str) -> None:
    ActionChains(page.driver).send_keys(*keys).perform()


def test_it_works_without_a_mouse(busy: Page, dam_sandbox: Sandbox) -> None:
    names = []
    press(busy, Keys.TAB)
    assert busy.driver.switch_to.active_element.text == "Skip to the requests"
    for _ in range(40):
        press(busy, Keys.TAB)
        focused = busy.driver.switch_to.active_element
        names.append(focused.accessible_name)
        outline = busy.run("return getComputedStyle(arguments[0]).outlineStyle", focused)
        assert outline == "solid", names[-1]
        if names[-1] == f"Expire session 1 of {ADA}":
            break
    press(busy, Keys.SPACE)
    busy.until_text("#session-count", "0")
    # The button has gone; the focus stays in its list.
    assert busy.driver.switch_to.active_element.accessible_name.startswith("PhotoShelter sessions")
    busy.named("button", f"Unlock {ADA} at photoshelter").send_keys(Keys.ENTER)
    busy.until_text("#events", f"{ADA} is unlocked.")
    busy.until("document.activeElement.textContent === 'Lock'")


def test_the_skip_link_leads_to_the_requests(busy: Page) -> None:
    press(busy, Keys.TAB, Keys.ENTER)
    assert busy.run("return document.activeElement.id") == "requests"


def test_news_are_announced(busy: Page) -> None:
    roles = busy.run(
        "return Object.fromEntries([...document.querySelectorAll('[role]')]"
        ".filter(one => one.id).map(one => [one.id, one.role]))"
    )
    assert roles == {"connection": "status", "error": "alert", "events": "log"}


def test_requests_are_announced_if_wished(busy: Page, dam_sandbox: Sandbox) -> None:
    busy.named("checkbox", "Announce each request").click()
    with fotoweb(dam_sandbox) as session:
        session.get("Information")
    busy.until_text("#events", "/ArchiveAgent/Information: 200, ok.")


@pytest.mark.parametrize(("motion", "name"), [("reduce", "none"), ("no-preference", "fresh")])
def test_nothing_moves_for_those_who_do_not_want_it(busy: Page, motion: str, name: str) -> None:
    prefer(busy.driver, "light", motion)
    script = "return getComputedStyle(document.querySelector('tr.fresh')).animationName"
    assert busy.run(script) == name
    prefer(busy.driver, "light")


def test_the_colours_follow_the_user(busy: Page) -> None:
    seen = []
    for scheme in ("light", "dark"):
        prefer(busy.driver, scheme)
        seen.append(busy.run("return getComputedStyle(document.body).backgroundColor"))
    prefer(busy.driver, "light")
    assert seen == ["rgb(255, 255, 255)", "rgb(21, 22, 26)"]
