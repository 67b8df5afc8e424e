"""The two callbacks of a configuration: who answers for credentials, and who gets the log lines.

They run on the thread that is inside a damsession call. An exception in one of them stops the call
and is raised from it. Neither may use the session that it is called for: the login waits for the
answer.
"""

from __future__ import annotations

import enum
import logging
import subprocess
from typing import Any, Callable, NamedTuple, Union

from . import _abi
from ._check import guarded
from ._errors import CredentialsNeeded, Status
from ._library import library
from ._text import encoded, wiped


class PromptKind(enum.IntEnum):
    """What a login asks for."""

    PASSWORD = 1  #: the user's password
    ENCRYPTION_SECRET = 2  #: the FotoWeb site's encryption secret


class Prompt(NamedTuple):
    """One question of a login."""

    kind: PromptKind
    user: str  #: whose
    origin: str  #: at which server, "https://www.photoshelter.com"


#: Answers a prompt, or returns None for no answer.
Credentials = Callable[[Prompt], Union[str, bytes, None]]

_LEVELS = {
    _abi.DAM_LOG_ERROR: logging.ERROR,
    _abi.DAM_LOG_WARNING: logging.WARNING,
    _abi.DAM_LOG_INFO: logging.INFO,
    _abi.DAM_LOG_DEBUG: logging.DEBUG,
}


def credentials_callback(ask: Credentials) -> Any:
    """The C callback that asks `ask`. The caller keeps it alive for as long as the session."""

    def call(_: Any, pointer: Any) -> int:
        question = pointer.contents
        prompt = Prompt(PromptKind(question.kind), question.user.decode(), question.origin.decode())
        answer = ask(prompt)
        if answer is not None:
            secret = (
                answer if isinstance(answer, bytes) else encoded(answer, "the answer to a prompt")
            )
            with wiped(secret) as buffer:
                library().dam_prompt_answer(pointer, buffer, len(secret), _abi.dam_error())
        return Status.OK

    return _abi.dam_credentials_callback(guarded(call))


def log_callback(logger: logging.Logger) -> Any:
    """The C callback that hands lines to `logger`, whose own level is asked at each line. To be
    kept alive likewise.
    """

    def call(_: Any, level: int, message: bytes) -> None:
        logger.log(_LEVELS.get(level, logging.DEBUG), "%s", message.decode("utf-8", "replace"))

    return _abi.dam_log_callback(guarded(call))


def password_command(command: str) -> Credentials:
    """Credentials from the first line that a shell command prints, as the option
    `password-command` has it.
    """

    def ask(prompt: Prompt) -> bytes | None:
        ended = subprocess.run(
            ["/bin/sh", "-c", command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            check=False,
        )
        if ended.returncode != 0:
            raise _no_answer(f"the password-command failed (exit status {ended.returncode})")
        line = ended.stdout.split(b"\n", 1)[0]
        line = line[:-1] if line.endswith(b"\r") else line  # a file written on Windows
        if not line:
            raise _no_answer("the password-command printed nothing")
        return line

    return ask


def _no_answer(message: str) -> CredentialsNeeded:
    return CredentialsNeeded(Status.CREDENTIALS_NEEDED, None, None, message)
