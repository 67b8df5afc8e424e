"""One server speaks an old version of TLS on purpose, of which Python warns."""

from __future__ import annotations

import pytest


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("filterwarnings", "ignore:ssl.TLSVersion.TLSv1:DeprecationWarning")
