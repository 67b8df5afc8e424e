"""The two callbacks of a configuration: one gives credentials, one takes log lines.

They run on the thread that is in a damsession call. An exception in one of them ends the call,
which raises it. Neither may use the session that it is called for, because the login waits for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, NamedTuple, Union

from . import _abi
from ._check import guarded
from ._errors import Status, found_here
from ._library import library
from ._secrets import Secrets
from ._text import encoded, wiped
from ._values import Word

if TYPE_CHECKING:
    import logging


class PromptKind(Word):
    """What a login asks for."""

    PASSWORD = 1  #: the user's password
    ENCRYPTION_SECRET = 2  #: the FotoWeb site's encryption secret
    CLIENT_SECRET = 3  #: the program's own secret (OAuth2, client credentials)


class Prompt(NamedTuple):
    """One question of a login."""

    kind: PromptKind
    user: str  #: whose secret is asked for
    origin: str  #: the server, such as "https://www.photoshelter.com"


#: Returns the secret that a prompt asks for, or None.
Credentials = Callable[[Prompt], Union[str, bytes, None]]


def credentials_callback(ask: Credentials, secrets: Secrets) -> Any:
    """The C callback that calls `ask`. It must live as long as the session. `secrets` hears of the
    answers.
    """

    def call(_: Any, pointer: Any) -> int:
        question = pointer.contents
        prompt = Prompt(PromptKind(question.kind), question.user.decode(), question.origin.decode())
        answer = ask(prompt)
        if answer is not None:
            secret = (
                answer if isinstance(answer, bytes) else encoded(answer, "the answer to a prompt")
            )
            secrets.add("", secret.decode("utf-8", "replace"))
            with wiped(secret) as buffer:
                library().dam_prompt_answer(pointer, buffer, len(secret), _abi.dam_error())
        return Status.OK

    return _abi.dam_credentials_callback(guarded(call))


def log_callback(logger: logging.Logger) -> Any:
    """The C callback that gives lines to `logger`. The level of the logger is looked up at each
    line. The callback must live as long as the session.
    """
    from logging import DEBUG, ERROR, INFO, WARNING  # here, as not every program needs it

    levels = {
        _abi.DAM_LOG_ERROR: ERROR,
        _abi.DAM_LOG_WARNING: WARNING,
        _abi.DAM_LOG_INFO: INFO,
        _abi.DAM_LOG_DEBUG: DEBUG,
    }

    def call(_: Any, level: int, message: bytes) -> None:
        logger.log(levels.get(level, DEBUG), "%s", message.decode("utf-8", "replace"))

    return _abi.dam_log_callback(guarded(call))


def password_command(command: str) -> Credentials:
    """Credentials from the first line that a shell command prints, as with the option
    `password_command`.
    """

    return lambda _: first_line("password_command", command, Status.CREDENTIALS_NEEDED)


def first_line(option: str, command: str, missing: Status) -> bytes:
    """What the shell command of this option prints first. The error of `missing`: it failed, or
    printed nothing.
    """
    import subprocess  # here, as few programs need it

    ended = subprocess.run(
        ["/bin/sh", "-c", command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        check=False,
    )
    if ended.returncode != 0:
        raise found_here(missing, f'the "{option}" failed (exit status {ended.returncode})')
    line = ended.stdout.split(b"\n", 1)[0]
    line = line[:-1] if line.endswith(b"\r") else line  # the line end of a file from Windows
    if not line:
        raise found_here(missing, f'the "{option}" printed nothing')
    return line
