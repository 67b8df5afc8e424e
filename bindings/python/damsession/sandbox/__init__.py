"""Three servers to test programs against: PhotoShelter API v3 and v4, FotoWeb Archive Agent, and
FotoWare; PhotoShelter and FotoWare with OAuth2.

    with damsession.sandbox.Sandbox() as sandbox:
        ...  # sandbox.photoshelter, sandbox.fotoweb, sandbox.fotoware, sandbox.ca_file

From a shell, `python3 -m damsession.sandbox` starts them. They do strictly what the vendors
document. Where the documentation leaves something open, a setting (a "knob") chooses between the
possible behaviours. They share no code with the library that they are used to test.
"""

from __future__ import annotations

from .client import Sandbox, SandboxError

__all__ = ["Sandbox", "SandboxError"]
