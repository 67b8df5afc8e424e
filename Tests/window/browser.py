"""Debian's Chromium, driven through its own driver. Nothing is downloaded and no time is guessed: a
test waits for a change of the page, which the browser reports.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.remote.webelement import WebElement

CHROMIUM, DRIVER = "/usr/bin/chromium", "/usr/bin/chromedriver"
#: Of the screenshot, too.
WIDTH, HEIGHT = 1280, 860
_SECONDS = 20

# Resolves when `condition` is true of the page, looked at now and at every change.
_UNTIL = """
const condition = new Function("given", "return " + arguments[0]), given = arguments[1];
const done = arguments[arguments.length - 1];
const look = () => {
    const found = condition(given);
    if (found) { watcher.disconnect(); done(found); }
};
const watcher = new MutationObserver(look);
watcher.observe(document, {subtree: true, childList: true, attributes: true, characterData: true});
look();
"""


class Page:
    """A page in the browser."""

    def __init__(self, driver: Chrome) -> None:
        self.driver = driver

    def open(self, url: str) -> None:
        self.driver.get(url)

    def until(self, condition: str, given: Any = None) -> Any:
        """Waits until a JavaScript expression about the page is true; its value. In it, `given` is
        the second argument.
        """
        return self.driver.execute_async_script(_UNTIL, condition, given)

    def until_text(self, selector: str, text: str) -> None:
        """Waits until an element has a text in it."""
        self.until(
            "(document.querySelector(given[0]) ?? document.head).textContent.includes(given[1])",
            [selector, text],
        )

    def named(self, role: str, name: str) -> WebElement:
        """The one element with this role and name, as a screen reader finds it."""
        likely = self.run(_LIKELY, name)  # the browser is asked for the names of few
        found = [one for one in likely if one.accessible_name == name and one.aria_role == role]
        assert len(found) == 1, f"{len(found)} elements are a {role} with the name {name!r}"
        return found[0]

    def run(self, script: str, *given: Any) -> Any:
        return self.driver.execute_script(script, *given)

    def console(self) -> list[str]:
        """What the browser complained of: errors of scripts, refusals of the page's policy."""
        return [entry["message"] for entry in self.driver.get_log("browser")]


_LIKELY = """
const said = one => [one.getAttribute("aria-label") ?? "", one.textContent,
    ...[...one.labels ?? []].map(label => label.textContent)].map(text => text.trim());
return [...document.querySelectorAll("button, select, input, a")]
    .filter(one => said(one).includes(arguments[0]));
"""


@contextmanager
def browser(folder: str, scheme: str = "light") -> Iterator[Page]:
    """A browser with nothing in it, whose files are in `folder`."""
    options = ChromeOptions()
    options.binary_location = CHROMIUM
    for flag in (
        "headless=new",
        "no-sandbox",  # which needs a user other than root; only our own page is opened
        "disable-dev-shm-usage",
        "disable-gpu",
        "disable-lcd-text",  # whose coloured edges make pictures three times as large
        "hide-scrollbars",
        "force-device-scale-factor=1",
        "no-proxy-server",
        "host-resolver-rules=MAP *.example 127.0.0.1",  # hosts of pages that mean harm
        "lang=en-GB",
        f"user-data-dir={folder}",
        f"window-size={WIDTH},{HEIGHT}",
    ):
        options.add_argument(f"--{flag}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = Chrome(options, Service(DRIVER))
    try:
        driver.set_script_timeout(_SECONDS)
        size = {"width": WIDTH, "height": HEIGHT, "deviceScaleFactor": 1, "mobile": False}
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        prefer(driver, scheme)
        yield Page(driver)
    finally:
        driver.quit()


def prefer(driver: Chrome, scheme: str, motion: str = "reduce") -> None:
    """Sets what the user is said to prefer."""
    wishes = {"prefers-color-scheme": scheme, "prefers-reduced-motion": motion}
    features = [{"name": name, "value": value} for name, value in wishes.items()]
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
