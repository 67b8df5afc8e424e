"""Two servers to try programs against: PhotoShelter API v3 and FotoWeb.

    with damsession.sandbox.Sandbox() as sandbox:
        ...  # sandbox.photoshelter, sandbox.fotoweb, sandbox.ca_file

or, from a shell, `python3 -m damsession.sandbox`. They imitate what the
vendors document, strictly, and play every variant of what they leave open.
They share no code with the library they are used to test.
"""

from __future__ import annotations

from .client import Sandbox, SandboxError

__all__ = ["Sandbox", "SandboxError"]
