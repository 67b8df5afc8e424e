"""What the tests of the verdict table stand on: the sandbox, and nothing of the user's environment."""

from common import own_environment, pytest_configure  # noqa: F401
