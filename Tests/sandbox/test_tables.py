"""README.md of the sandbox is what the servers' tables print, and every row has a source."""

from __future__ import annotations

import subprocess
import sys

import pytest
from test_process import ENVIRONMENT, ROOT

from damsession.sandbox.endpoints import ANY, Endpoint, Endpoints
from damsession.sandbox.knobs import TABLE

SOURCES = ("guide, ", "public record, ", "assumption: ")


def test_the_readme_is_up_to_date() -> None:
    command = [sys.executable, "-m", "damsession.sandbox", "--print-tables"]
    done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=True)
    assert done.stdout == (ROOT / "damsession" / "sandbox" / "README.md").read_text()


def test_every_row_says_what_it_rests_on() -> None:
    text = (ROOT / "damsession" / "sandbox" / "README.md").read_text()
    rows = [line.split(" | ") for line in text.splitlines() if line.startswith("| ")]
    rows = [row for row in rows if row[-1] != "source |"]
    assert len(rows) > len(TABLE)
    assert [row for row in rows if not row[-1].startswith(SOURCES)] == []


@pytest.mark.parametrize(
    ("method", "path", "found"),
    [
        ("GET", "image/new", ("new", ())),
        ("HEAD", "image/new", ("new", ())),
        ("POST", "image/new", "GET"),
        ("POST", "image/I1", ("image", ("I1",))),
        ("GET", "image/new/iptc", None),
        ("GET", "image/I1/iptc", ("part", ("I1", "iptc"))),
        ("GET", "image/I1/license", None),
        ("PUT", "image/I1/iptc", "GET, POST, DELETE"),
        ("PUT", "image/new", "GET"),
        ("DELETE", "image/I1/exif", ("drop", ("I1", "exif"))),
        ("GET", "list", ("list", ())),
        ("GET", "list/of/it", ("list", ("it",))),
        ("GET", "list/of", None),
        ("GET", "image/I1/iptc/more", None),
    ],
)
def test_routing(method: str, path: str, found: object) -> None:
    table = Endpoints(
        (
            Endpoint(ANY, "image/I{id}", "image", "", ""),
            Endpoint("GET", "image/new", "new", "", ""),
            Endpoint("GET, POST", "image/I{id}/{iptc,exif}", "part", "", ""),
            Endpoint("DELETE", "image/I{id}/{iptc,exif}", "drop", "", ""),
            Endpoint("GET", "list[/of/{id}]", "list", "", ""),
        )
    )
    assert table.find(method, path) == found
