"""The pages of the manual, for `help`: `help("damsession.guide.troubleshooting")`.

The README links to the same pages, and `man damsession-troubleshooting` shows them. `dir` of this
module lists them.
"""

from __future__ import annotations

from importlib.resources import files
from types import ModuleType

_PAGES = {
    file.name[: -len(".md")].replace("-", "_"): file
    for file in files("damsession").joinpath("pages").iterdir()
    if file.name.endswith(".md")
}


def __getattr__(name: str) -> ModuleType:
    """A page, as a module whose docstring it is: that is what `help` shows whole. Its name may be
    spelled as everywhere else ("coming-from"), or as Python wants it.
    """
    page = _PAGES.get(name.replace("-", "_"))
    if page is None:
        raise AttributeError(f"module {__name__!r} has no page {name!r}; it has {__dir__()}")
    return ModuleType(f"{__name__}.{name}", page.read_text(encoding="utf-8"))


def __dir__() -> list[str]:
    return sorted(_PAGES)
