"""The wheels as their users meet them: the binding with library and command, and the sandbox as a
distribution of its own, together and apart.
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from common import ROOT

SITE = f"lib/python{sys.version_info.major}.{sys.version_info.minor}/site-packages"
EXAMPLE = ROOT / "bindings" / "examples" / "test_sandbox.py"


def run(
    *command: str | Path, folder: Path = ROOT, code: int = 0, **more: str
) -> subprocess.CompletedProcess[str]:
    """What it says; it must end with the code. Nothing of the source tree is in reach."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": os.environ["HOME"],
        "LANG": "C.UTF-8",
        **more,
    }
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == code, done.stdout + done.stderr
    return done


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with both, as `make wheel` has them before it looks at their tag."""
    run("make", "-s", ".build/notices/NOTICES")
    place = tmp_path_factory.mktemp("wheels")
    pip = (sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation")
    run(*pip, "-w", place, "./bindings/python", "./bindings/sandbox")
    return place


def install(python: Path, wheels: Path, *more: str, names: str) -> None:
    """Installs one of them. What it needs must be there: there is no network."""
    (wheel,) = wheels.glob(f"{names}-*.whl")
    pip = (sys.executable, "-m", "pip", "--python", python)
    run(*pip, "install", "-q", "--no-index", "--no-compile", *more, wheel)


def environment(place: Path) -> Path:
    """A new environment's Python. Of the tests' packages it sees pytest and what the sandbox
    needs.
    """
    run(sys.executable, "-m", "venv", "--without-pip", place)
    others = sysconfig.get_paths()["purelib"]
    (place / SITE / "others.pth").write_text(f"{others}\n", "utf-8")
    return place / "bin" / "python"


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory, wheels: Path) -> Path:
    """The Python of an environment with the binding."""
    python = environment(tmp_path_factory.mktemp("environment"))
    install(python, wheels, names="damsession")
    return python


def names(wheels: Path, name: str) -> Iterator[zipfile.ZipInfo]:
    (wheel,) = wheels.glob(f"{name}-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        yield from archive.infolist()


def test_what_is_in_them(wheels: Path) -> None:
    binding = {each.filename: each for each in names(wheels, "damsession")}
    sandbox = {each.filename: each for each in names(wheels, "damsession_sandbox")}
    assert set(binding).isdisjoint(sandbox)
    assert not [name for name in binding if "sandbox" in name]
    assert {"damsession/NOTICES", "damsession/libdamsession.so.1"} <= set(binding)
    pages = {f"damsession/pages/{page.name}" for page in (ROOT / "bindings" / "pages").iterdir()}
    assert len(pages) > 5 and pages <= set(binding)
    assert "damsession/sandbox/window.html" in sandbox
    assert binding["damsession/bin/damsession"].external_attr >> 16 & 0o111 == 0o111
    for each in (binding, sandbox):
        assert [name for name in each if name.endswith(".dist-info/licenses/LICENSE")]
    assert [name for name in sandbox if name.startswith("damsession/")]
    assert not [name for name in sandbox if name.startswith("damsession/_")]


@pytest.mark.parametrize("binding", ["python", "sandbox"])
def test_a_module_that_was_removed_stays_away(tmp_path: Path, binding: str) -> None:
    """Not even if an earlier build has left it behind."""
    left = ROOT / "bindings" / binding / "build" / "lib" / "damsession" / "sandbox" / "gone.py"
    left.parent.mkdir(parents=True, exist_ok=True)
    left.write_text("", "ascii")
    pip = (sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation")
    run(*pip, "-w", tmp_path, f"./bindings/{binding}")
    assert not [each for each in names(tmp_path, "damsession*") if "gone" in each.filename]


@pytest.mark.parametrize("way", ["script", "module"])
def test_the_command(python: Path, tmp_path: Path, way: str) -> None:
    command = [python.with_name("damsession")] if way == "script" else [python, "-m", "damsession"]
    words = run(*command, "--version", folder=tmp_path).stdout.split()
    assert words[0] == "damsession" and words[3] == f"{words[1]})"
    said = run(*command, "get", "nobody", "x", folder=tmp_path, code=3)
    assert said.stderr.startswith("damsession: ")


def test_no_command_in_the_source_tree(tmp_path: Path) -> None:
    tree = {"PYTHONPATH": str(ROOT / "bindings" / "python")}
    said = run(sys.executable, "-m", "damsession", folder=tmp_path, code=1, **tree)
    assert "came without the command" in said.stderr


def test_the_binding_alone_changes_no_pytest(python: Path, tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text("def test_it(dam_sandbox): ...\n", "ascii")
    said = run(python, "-m", "pytest", "-q", tmp_path, folder=tmp_path, code=1)
    assert "fixture 'dam_sandbox' not found" in said.stdout
    said = run(python, "-m", "damsession.sandbox", folder=tmp_path, code=1)
    assert "No module named damsession.sandbox" in said.stderr


def test_the_sandbox_beside_it(python: Path, wheels: Path, tmp_path: Path) -> None:
    pip = (sys.executable, "-m", "pip", "--python", python)
    found = ("--no-index", f"--find-links={wheels}", "--no-compile")
    run(*pip, "install", "-q", *found, "damsession[sandbox]")
    pytest_ = (python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", os.devnull)
    said = run(*pytest_, f"--rootdir={tmp_path}", EXAMPLE, folder=tmp_path)
    assert "1 passed" in said.stdout
    run(*pip, "uninstall", "-q", "-y", "damsession-sandbox", folder=tmp_path)
    run(python, "-c", "import damsession; damsession.version()", folder=tmp_path)
    assert not list(python.parents[1].rglob("sandbox"))


@pytest.mark.parametrize("order", ["first", "last"])
def test_the_sandbox_in_another_folder(
    python: Path, wheels: Path, tmp_path: Path, order: str
) -> None:
    other = tmp_path / "other"
    install(python, wheels, "--no-deps", f"--target={other}", names="damsession_sandbox")
    where = 0 if order == "first" else 99
    program = f"""if True:
        import runpy, sys
        sys.path.insert({where}, {str(other)!r})
        sys.argv[1:] = ["--help"]
        runpy.run_module("damsession.sandbox", run_name="__main__")
    """
    assert "--until-eof" in run(python, "-c", program, folder=tmp_path).stdout


def test_the_sandbox_alone(wheels: Path, tmp_path: Path) -> None:
    python = environment(tmp_path / "environment")
    install(python, wheels, names="damsession_sandbox")
    (tmp_path / "test_it.py").write_text(
        "import urllib.request\n"
        "def test_it(dam_sandbox):\n"
        "    url = dam_sandbox.photoshelter_http + '/_sandbox/state'\n"
        "    assert urllib.request.urlopen(url).status == 200\n",
        "ascii",
    )
    pytest_ = (python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", os.devnull)
    said = run(*pytest_, f"--rootdir={tmp_path}", tmp_path / "test_it.py", folder=tmp_path)
    assert "1 passed" in said.stdout
    served = 'eval "$("$0" -m damsession.sandbox --env fotoweb --until-pid $$)" && echo "$DAMSESSION_URL"'
    said = run("sh", "-euc", served, python, folder=tmp_path)
    assert said.stdout.startswith("https://")


def test_what_the_sandbox_needs(wheels: Path) -> None:
    (wheel,) = wheels.glob("damsession_sandbox-*.whl")
    version = wheel.name.split("-")[1]
    with zipfile.ZipFile(wheel) as archive:
        metadata = archive.read(f"damsession_sandbox-{version}.dist-info/METADATA").decode()
        plugins = archive.read(f"damsession_sandbox-{version}.dist-info/entry_points.txt").decode()
    needed = [line for line in metadata.splitlines() if line.startswith("Requires-Dist: ")]
    assert [line.split()[1].partition(">=")[0] for line in needed] == ["aiohttp", "trustme"]
    assert "[pytest11]" in plugins
