"""FotoWare's page of consent in a browser, for people with a keyboard or a screen reader, too."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from browser import Page, prefer
from conftest import consent_url, consented
from selenium.webdriver import ActionChains, Keys
from selenium.webdriver.support.expected_conditions import url_contains
from selenium.webdriver.support.select import Select
from selenium.webdriver.support.wait import WebDriverWait
from test_access import AXE, RULES

from damsession.sandbox import Sandbox


@pytest.fixture(scope="module")
def open_sandbox() -> Iterator[Sandbox]:
    """Without TLS, whose certificate authority the browser does not know."""
    with Sandbox("--plain-http") as sandbox:
        yield sandbox


@pytest.fixture
def page(chromium: Page, open_sandbox: Sandbox) -> Iterator[Page]:
    chromium.console()
    chromium.open(consent_url(open_sandbox))
    yield chromium
    chromium.open("about:blank")
    chromium.console()


def arrived(page: Page) -> dict[str, list[str]]:
    """What the application is told. Nothing listens there; the address is enough."""
    begin = "http://localhost:9876/callback?"
    WebDriverWait(page.driver, 20).until(url_contains(begin))
    return parse_qs(urlsplit(page.driver.current_url).query)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_rule_of_axe_is_broken(page: Page, scheme: str) -> None:
    prefer(page.driver, scheme)
    page.run(AXE)
    report = page.driver.execute_async_script(
        "axe.run(document, {runOnly: arguments[0]}).then(arguments[1])", RULES
    )
    prefer(page.driver, "light")
    assert [one["id"] for one in report["violations"]] == []
    assert {"select-name", "button-name", "html-has-lang"} <= {
        one["id"] for one in report["passes"]
    }
    # The page's style is applied, and nothing was refused by its policy.
    assert page.run("return getComputedStyle(document.body).maxWidth") == "544px"
    assert page.console() == []


def test_a_person_allows(page: Page, open_sandbox: Sandbox) -> None:
    Select(page.named("combobox", "You are")).select_by_visible_text("kåre.øst")
    page.named("button", "Allow").click()
    arrived(page)
    tokens = consented(open_sandbox, page.driver.current_url)
    assert tokens["token_type"] == "Bearer"
    assert open_sandbox.log()[-1]["user"] == "kåre.øst"


def test_a_person_denies_with_the_keyboard(page: Page) -> None:
    for name in ("You are", "Allow", "Deny"):
        ActionChains(page.driver).send_keys(Keys.TAB).perform()
        assert page.driver.switch_to.active_element.accessible_name == name
    ActionChains(page.driver).send_keys(Keys.SPACE).perform()
    assert arrived(page)["error"] == ["access_denied"]
