"""The configuration of Synapse, and of its logs. JSON is YAML enough for it."""

from __future__ import annotations

import base64
import json
import secrets
from pathlib import Path
from typing import Any

from issuer import LIFE

_EVERY = {"per_second": 1000, "burst_count": 1000}


def write(folder: Path, port: int, secret: str) -> Path:
    """All that it needs to start in this folder. `secret` lets whoever knows it register people."""
    key = base64.b64encode(secrets.token_bytes(32)).decode().rstrip("=")
    (folder / "signing.key").write_text(f"ed25519 a_test {key}\n")
    (folder / "log.yaml").write_text(json.dumps(_logs(folder)))
    path = folder / "homeserver.yaml"
    path.write_text(json.dumps(_server(folder, port, secret)))
    return path


def _server(folder: Path, port: int, secret: str) -> dict[str, Any]:
    return {
        "server_name": "localhost",
        "listeners": [
            {
                "port": port,
                "bind_addresses": ["127.0.0.1"],
                "type": "http",
                "resources": [{"names": ["client"], "compress": False}],
            }
        ],
        "database": {"name": "sqlite3", "args": {"database": str(folder / "homeserver.db")}},
        "pid_file": str(folder / "homeserver.pid"),
        "log_config": str(folder / "log.yaml"),
        "media_store_path": str(folder / "media"),
        "signing_key_path": str(folder / "signing.key"),
        "macaroon_secret_key": secrets.token_hex(16),
        "form_secret": secrets.token_hex(16),
        "registration_shared_secret": secret,
        "bcrypt_rounds": 4,
        "report_stats": False,
        "trusted_key_servers": [],
        "federation_domain_whitelist": [],
        "refreshable_access_token_lifetime": f"{LIFE}s",
        "login_via_existing_session": {"enabled": True, "require_ui_auth": False},
        "rc_registration": _EVERY,
        "rc_login": {"address": _EVERY, "account": _EVERY, "failed_attempts": _EVERY},
    }


def _logs(folder: Path) -> dict[str, Any]:
    """The requests go into a file of their own, each with its time."""

    def handler(name: str) -> dict[str, str]:
        return {
            "class": "logging.FileHandler",
            "filename": str(folder / name),
            "formatter": "timed",
        }

    return {
        "version": 1,
        "formatters": {"timed": {"format": "%(created).3f %(levelname)s %(message)s"}},
        "handlers": {"access": handler("access.log"), "rest": handler("homeserver.log")},
        "loggers": {
            "synapse.access": {"level": "INFO", "handlers": ["access"], "propagate": False}
        },
        "root": {"level": "WARNING", "handlers": ["rest"]},
        "disable_existing_loggers": False,
    }
