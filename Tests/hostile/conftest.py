"""Nothing of the user's environment, as in every suite here."""

from common import own_environment, pytest_configure  # noqa: F401
