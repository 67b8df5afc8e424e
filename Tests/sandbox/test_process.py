"""The process: ready line, good and bad flags, certificate, how it ends."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from conftest import FotoWebClient, PhotoShelterClient
from fotoware_client import FotoWareClient

from damsession.sandbox import Sandbox, SandboxError
from damsession.sandbox.faults import TABLE as FAULTS
from damsession.sandbox.knobs import TABLE, Knobs, current

ROOT = Path(__file__).resolve().parents[2] / "bindings" / "python"
COMMAND = [sys.executable, "-m", "damsession.sandbox"]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}


def run(*flags: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *flags], env=ENVIRONMENT, capture_output=True, text=True, timeout=20
    )


def test_ready_line(dam_sandbox: Sandbox) -> None:
    assert list(dam_sandbox.ready) == [
        "photoshelter", "fotoweb", "fotoware", "photoshelter_http", "fotoware_http", "window",
        "ca_file", "api_key", "accounts", "clients", "encryption_secret",
    ]  # fmt: skip
    assert dam_sandbox.photoshelter.startswith("https://localhost:")
    assert dam_sandbox.photoshelter_http.startswith("http://localhost:")
    assert dam_sandbox.fotoware.startswith("https://localhost:")
    assert dam_sandbox.fotoware_http.startswith("http://localhost:")


def test_plain_http() -> None:
    with Sandbox("--plain-http", clock_skew=5) as sandbox:
        assert sandbox.photoshelter.startswith("http://")
        assert sandbox.photoshelter_http == sandbox.photoshelter
        assert PhotoShelterClient(sandbox).login().whoami()["user"] == "ada@example.com"
        assert FotoWebClient(sandbox).login().agent().status_code == 200
        assert sandbox.fotoware == sandbox.fotoware_http
        assert FotoWareClient(sandbox).login().get().status_code == 200
        # A reset restores the knobs of the start, not the defaults.
        sandbox.knobs(clock_skew=0)
        sandbox.reset()
        assert sandbox.state()["knobs"]["clock-skew"] == 5


def test_own_ports_host_and_ca_file(tmp_path: Path) -> None:
    ports: list[int] = []
    for _ in range(4):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            ports.append(probe.getsockname()[1])
    ca_file = tmp_path / "ca.pem"
    flags = [f"--photoshelter-port={ports[0]}", f"--fotoweb-port={ports[1]}"]
    flags += [f"--fotoware-port={ports[2]}", f"--fotoware-http-port={ports[3]}"]
    with Sandbox(*flags, f"--ca-file={ca_file}", "--host=photos.example.com") as sandbox:
        assert sandbox.photoshelter == f"https://photos.example.com:{ports[0]}"
        assert sandbox.fotoweb == f"https://photos.example.com:{ports[1]}"
        assert sandbox.fotoware == f"https://photos.example.com:{ports[2]}"
        assert sandbox.fotoware_http == f"http://photos.example.com:{ports[3]}"
        assert sandbox.ca_file == str(ca_file)
        name = ["--resolve", f"photos.example.com:{ports[0]}:127.0.0.1"]
        url = f"{sandbox.photoshelter}/cdn/x"
        subprocess.run(["curl", "-sSf", "--cacert", str(ca_file), *name, url], check=True,
                       stdout=subprocess.DEVNULL)  # fmt: skip
        second = run(*flags)
        assert second.returncode == 1
        assert "damsession.sandbox: " in second.stderr and "Traceback" not in second.stderr
    assert ca_file.exists()


def test_certificate_is_checked(dam_sandbox: Sandbox) -> None:
    with pytest.raises(requests.exceptions.SSLError):
        requests.get(dam_sandbox.photoshelter)


@pytest.mark.parametrize(
    ("flag", "named"),
    [
        ("--expired=nonsense", "allowed: 400-class|401-class|401-empty|403-class"),
        ("--idle-limit=-1", "allowed: a whole number from 0 to 1000000000 (seconds, 0 = no limit)"),
        ("--token-limit=0", "allowed: a whole number from 1"),
        ("--photoshelter-port=70000", "allowed: 0 to 65535"),
        ("--log-limit=0", "allowed: a whole number from 1"),
        ("--nonsense=1", "unrecognized arguments: --nonsense=1"),
        ("--expire=400-class", "unrecognized arguments"),
    ],
)
def test_bad_flags(flag: str, named: str) -> None:
    done = run(flag)
    assert done.returncode == 2 and done.stdout == ""
    assert named in done.stderr


def test_a_client_says_that_the_servers_did_not_start(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SandboxError, match="exit code 2"):
        Sandbox("--expired=nonsense").start()


def test_help_knows_every_knob_and_fault() -> None:
    text = " ".join(run("--help").stdout.split())
    for row in TABLE.values():
        assert f"--{row.name}" in text
    for name in FAULTS:
        assert name in text


def test_table_and_settings_agree() -> None:
    assert current(Knobs()) == {name: row.default for name, row in TABLE.items()}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signals_end_it_with_exit_code_0(number: int) -> None:
    process = subprocess.Popen(
        COMMAND, env=ENVIRONMENT, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    ca_file = Path(line.partition('"ca_file": "')[2].partition('"')[0])
    assert ca_file.exists()
    process.send_signal(number)
    assert process.wait(10) == 0
    process.stdout.close()
    assert not ca_file.exists()


def test_signal_while_a_request_is_being_answered() -> None:
    with Sandbox() as sandbox:
        client = PhotoShelterClient(sandbox).login(mode="token")
        sandbox.fault("delay", seconds=600)
        with pytest.raises(requests.ReadTimeout):
            client.call("mem/user/session", timeout=0.05)
        process = sandbox._process
        assert process is not None
        process.terminate()
        assert process.wait(5) == 0


def test_it_ends_with_its_parent() -> None:
    program = (
        "import os, signal\n"
        "from damsession.sandbox import Sandbox\n"
        "sandbox = Sandbox().start()\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", program], env=ENVIRONMENT, stderr=subprocess.PIPE
    )
    # The servers hold the other end of this pipe too: it ends when they do.
    parent.communicate(timeout=10)
    assert parent.returncode == -signal.SIGKILL


def test_importing_the_client_needs_no_server_packages() -> None:
    program = (
        "import sys; import damsession.sandbox; "
        "sys.exit('aiohttp' in sys.modules or 'trustme' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], env=ENVIRONMENT).returncode == 0
