"""Pages of other origins in the same browser: they neither read the sandbox nor change it."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import urlsplit

import pytest
from browser import Page
from conftest import photoshelter

from damsession.sandbox import Sandbox


class Stranger(BaseHTTPRequestHandler):
    """A page with nothing in it."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!DOCTYPE html><title>stranger</title><form method=post></form>")

    def log_message(self, format: str, *arguments: object) -> None:
        pass


@pytest.fixture
def stranger() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Stranger) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def changeable(sandbox: Sandbox) -> list[object]:
    """What the control interface changes. The browser itself asks for an icon, which is logged."""
    state = sandbox.state()
    return [
        state["photoshelter"]["sessions_live"],
        state["knobs"],
        state["faults"],
        [entry for entry in sandbox.log() if entry["path"] != "/favicon.ico"],
    ]


@pytest.mark.parametrize("host", ["evil.example", "localhost", "127.0.0.1"])
def test_a_page_of_another_origin_changes_nothing(
    chromium: Page, dam_sandbox: Sandbox, stranger: int, host: str
) -> None:
    with photoshelter(dam_sandbox) as session:
        session.login()
    before = changeable(dam_sandbox)
    chromium.open(f"http://{host}:{stranger}/")
    answers = chromium.driver.execute_async_script(
        """
        const [sandbox, done] = arguments, plain = {"Content-Type": "text/plain"};
        const tries = [
            [{method: "POST", mode: "no-cors", headers: plain, body: "{}"}, "expire"],
            [{method: "POST", headers: {"Content-Type": "application/json"}, body: "{}"}, "reset"],
            [{method: "DELETE"}, "faults"],
            [{}, "log"],
            [{}, "events"],
        ];
        Promise.all(tries.map(([options, name]) => fetch(sandbox + name, options).then(
            response => response.type, error => error.name))).then(done);
        """,
        dam_sandbox.window,
    )
    assert answers == ["TypeError"] * 5  # none was answered, or not to this page
    chromium.run("document.forms[0].action = arguments[0]; document.forms[0].submit()",
                 dam_sandbox.window + "expire")  # fmt: skip
    chromium.until("document.body?.textContent.includes('may not use the sandbox')")
    assert changeable(dam_sandbox) == before


def test_a_host_name_that_was_rebound_reads_nothing(chromium: Page, dam_sandbox: Sandbox) -> None:
    port = urlsplit(dam_sandbox.window).port
    chromium.open(f"http://evil.example:{port}/_sandbox/state")
    text = chromium.run("return document.body.textContent")
    assert "the host 'evil.example' is not this sandbox" in text
    chromium.open(f"http://localhost:{port}/_sandbox/state")  # typed in by the user
    assert "photoshelter" in chromium.run("return document.body.textContent")


def test_no_page_puts_the_window_into_a_frame(
    chromium: Page, dam_sandbox: Sandbox, stranger: int
) -> None:
    chromium.open(f"http://localhost:{stranger}/")
    chromium.driver.execute_async_script(
        "const frame = document.createElement('iframe'); frame.onload = () => arguments[1]();"
        "frame.src = arguments[0]; document.body.append(frame);",
        dam_sandbox.window,
    )
    chromium.driver.switch_to.frame(0)
    assert "damsession" not in chromium.run("return document.title")
    chromium.driver.switch_to.default_content()
