"""The configuration of glewlwyd: its file, and what its REST API is told when it has started."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

from issuer import LIFE, REDIRECT_URL

PLUGIN = "oidc"
SCOPE = "archive"
USER, PASSWORD = "ada", "ada-password"
ADMINISTRATOR = {"username": "admin", "password": "password"}  # as its database begins
#: A program that can keep no secret, and two with one, in the body and in a header.
NATIVE, POSTS, BASIC = "desk", "job", "service"
#: The second one is the same when it is encoded: RFC 6749 has secrets in a header encoded, and
#: glewlwyd takes them as they come.
SECRETS = {POSTS: "a secret / with + signs & more", BASIC: "a-secret_of.letters~and_digits"}


def file(port: int, folder: Path, modules: Path) -> str:
    paths = {
        "user_module_path": "user",
        "client_module_path": "client",
        "user_auth_scheme_module_path": "scheme",
        "plugin_module_path": "plugin",
    }
    return "\n".join(
        [
            f'port={port}\nbind_address="127.0.0.1"\nexternal_url="http://127.0.0.1:{port}"',
            'login_url="login.html"\napi_prefix="api"\nsession_key="person"',
            "cookie_secure=0\nsession_expiration=2419200",
            f'log_mode="file"\nlog_level="INFO"\nlog_file="{folder}/glewlwyd.log"',
            'admin_scope="g_admin"\nprofile_scope="g_profile"',
            *(f'{name}="{modules / kind}"' for name, kind in paths.items()),
            'hash_algorithm="SHA256"',
            f'database = {{ type = "sqlite3" path = "{folder}/glewlwyd.db" }};',
            "",
        ]
    )


def plugin(port: int) -> dict[str, Any]:
    """OAuth2 as the plugin for OpenID Connect has it, with refresh tokens for one use each."""
    return {
        "module": "oidc",
        "name": PLUGIN,
        "display_name": PLUGIN,
        "enabled": True,
        "parameters": {
            "iss": f"http://127.0.0.1:{port}",
            "jwt-type": "sha",
            "jwt-key-size": "256",
            "key": secrets.token_hex(32),
            "access-token-duration": LIFE,
            "refresh-token-duration": 1_209_600,
            "code-duration": 600,
            "refresh-token-one-use": "always",
            "allow-non-oidc": True,
            "auth-type-code-enabled": True,
            "auth-type-refresh-enabled": True,
            "auth-type-token-enabled": False,
            "auth-type-id-token-enabled": False,
            "auth-type-client-enabled": False,
            "auth-type-password-enabled": False,
            "auth-type-device-enabled": True,
            "device-authorization-expiration": 600,
            "device-authorization-interval": 1,
            "pkce-allowed": True,
            "pkce-required-public-client": True,
            "introspection-revocation-allowed": True,
            "introspection-revocation-allow-target-client": True,
        },
    }


def scope() -> dict[str, Any]:
    return {"name": SCOPE, "display_name": SCOPE, "password_required": False, "scheme": {}}


def clients() -> list[dict[str, Any]]:
    common = {
        "enabled": True,
        "scope": [],
        "redirect_uri": [REDIRECT_URL],
        "authorization_type": ["code", "refresh_token", "device_authorization"],
    }
    return [
        {
            **common,
            "client_id": NATIVE,
            "confidential": False,
            "token_endpoint_auth_method": ["none"],
        },
        *(
            {
                **common,
                "client_id": name,
                "confidential": True,
                "client_secret": SECRETS[name],
                "token_endpoint_auth_method": [f"client_secret_{place}"],
            }
            for name, place in ((POSTS, "post"), (BASIC, "basic"))
        ),
    ]


def user() -> dict[str, Any]:
    return {
        "username": USER,
        "password": PASSWORD,
        "name": "Ada",
        "enabled": True,
        "scope": ["g_profile", SCOPE],
    }
