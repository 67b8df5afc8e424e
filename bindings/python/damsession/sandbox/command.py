"""The command line of the servers.

The program prints one line of JSON when all servers accept requests, and then serves; with `--env`
it prints variables, and serves in the background. An unknown flag or value ends it with exit code 2
and a message that says what is allowed.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import sys
from pathlib import Path
from textwrap import fill
from typing import Any, Callable

from . import faults
from .environment import CHOICES, exports, in_background
from .exchange import STAGES
from .knob_kinds import Knob, KnobError
from .knobs import TABLE, Knobs, change
from .previous import end_previous
from .server import Announce, Settings, print_line, serve
from .tables import readme
from .world import World

_DESCRIPTION = """\
Three servers on loopback that strictly imitate PhotoShelter API v3 and v4, FotoWeb
Archive Agent, and FotoWare's API; the first and the last with OAuth2. They print one
line of JSON (URLs, CA file, accounts, clients) when they are ready, and serve until
SIGTERM or SIGINT. They log every secret that they receive: use made-up ones. The URL
"window" is a page that shows them at work.

As variables of a shell, with a user or client of one system and a store of their own:
  eval "$(python3 -m damsession.sandbox --env photoshelter --until-pid $$)"
The servers then live on in the background, until that shell ends or they are told
to: kill "$DAMSESSION_SANDBOX_PID". Those that the shell had before are ended."""

_CONTROL = """\
control interface, in JSON, the same on every port, without authentication, not logged; pages of
other origins are kept out:
  GET    /_sandbox/ (a page for people), /_sandbox/state|log[?since=N]|knobs|faults
  POST   /_sandbox/knobs|expire|revoke|faults|lock|unlock|reset
  DELETE /_sandbox/faults

"""


def _port(text: str) -> int:
    if text.isascii() and text.isdigit() and int(text) <= 65535:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not allowed; allowed: 0 to 65535")


def _pid(text: str) -> int:
    if text.isascii() and text.isdigit() and int(text) > 0:
        with contextlib.suppress(OSError, OverflowError):
            os.close(os.pidfd_open(int(text)))
            return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is no process; a PID is needed, such as $$")


def _entries(text: str) -> int:
    if text.isascii() and text.isdigit() and int(text) > 0:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not allowed; allowed: a whole number from 1")


def _value_of(knob: Knob) -> Callable[[str], object]:
    def parsed(text: str) -> object:
        try:
            return knob.parsed(text)
        except KnobError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return parsed


def parser() -> argparse.ArgumentParser:
    """All flags. Those of the knobs are made from the table of knobs."""
    flags = argparse.ArgumentParser(
        prog="python3 -m damsession.sandbox",
        description=_DESCRIPTION,
        epilog=_CONTROL + _faults_help(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = flags.add_argument
    add("--host", default="localhost", help="host name in the URLs and the certificate")
    add("--photoshelter-port", type=_port, default=0, metavar="PORT", help="0: any free port")
    add("--photoshelter-http-port", type=_port, default=0, metavar="PORT", help="0: any free port")
    add("--fotoweb-port", type=_port, default=0, metavar="PORT", help="0: any free port")
    add("--fotoware-port", type=_port, default=0, metavar="PORT", help="0: any free port")
    add("--fotoware-http-port", type=_port, default=0, metavar="PORT", help="0: any free port")
    add("--ca-file", default="", metavar="PATH", help="where to write the CA certificate")
    add("--plain-http", action="store_true", help="serve all without TLS, for benchmarks")
    add("--until-eof", action="store_true", help="also stop when standard input ends")
    add("--until-pid", type=_pid, default=0, metavar="PID", help="also stop when this process ends")
    add(
        "--env",
        choices=CHOICES,
        help="print export lines for a shell, and serve in the background until told to end",
    )
    add("--log-limit", type=_entries, default=200_000, metavar="N", help="entries kept in the log")
    add("--print-tables", action="store_true", help="print README.md: endpoints, knobs, sources")
    groups = {}
    for knob in TABLE.values():
        if knob.system not in groups:
            groups[knob.system] = flags.add_argument_group(f"knobs: {knob.system}")
        groups[knob.system].add_argument(
            f"--{knob.name}",
            type=_value_of(knob),
            metavar="N" if isinstance(knob.default, int) else "VALUE",
            help=f"{knob.help}: {knob.allowed_text} (default {knob.default})",
        )
    return flags


def _faults_help() -> str:
    lines = [
        "faults, queued with POST /_sandbox/faults. A fault applies to the next `count` requests (0: to",
        "all, until a reset) whose path contains `match`, of one `system` or of all, at one `stage` or",
        f"at all ({', '.join(STAGES)}):",
    ]
    for kind in faults.TABLE.values():
        arguments = f" ({', '.join(kind.arguments)})" if kind.arguments else ""
        text = f"{kind.name}{arguments}: {kind.help}"
        lines.append(fill(text, 98, initial_indent="  ", subsequent_indent="      "))
    return "\n".join(lines)


def _knobs(given: argparse.Namespace) -> Knobs:
    knobs = Knobs()
    chosen = {name: getattr(given, knob.attribute) for name, knob in TABLE.items()}
    change(knobs, {name: value for name, value in chosen.items() if value is not None})
    return knobs


def main(arguments: list[str] | None = None) -> int:
    flags = parser()
    given: Any = flags.parse_args(arguments)
    if given.print_tables:
        print(readme())
        return 0
    if given.env is not None and given.until_eof:
        flags.error("--env serves in the background, without standard input: not with --until-eof")
    if given.env is None:
        return _serve(given, print_line)
    end_previous()
    return in_background(
        lambda announce: _serve(
            given, lambda ready, folder: announce(_exports(given, ready, folder))
        )
    )


def _exports(given: Any, ready: dict[str, Any], folder: Path) -> str:
    store = folder / "sessions"
    store.mkdir(mode=0o700)
    return exports(given.env, ready, str(store))


def _serve(given: Any, announce: Announce) -> int:
    settings = Settings(
        host=given.host,
        photoshelter_port=given.photoshelter_port,
        photoshelter_http_port=given.photoshelter_http_port,
        fotoweb_port=given.fotoweb_port,
        fotoware_port=given.fotoware_port,
        fotoware_http_port=given.fotoware_http_port,
        ca_file=given.ca_file,
        plain_http=given.plain_http,
        until_eof=given.until_eof,
        until_pid=given.until_pid,
    )
    try:
        asyncio.run(serve(settings, World(_knobs(given), given.log_limit), announce))
    except OSError as error:
        print(f"damsession.sandbox: {error}", file=sys.stderr)
        return 1
    return 0
