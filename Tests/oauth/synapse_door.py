"""A token endpoint for Synapse, as a process: `synapse_door.py PORT SYNAPSES_PORT` serves on
127.0.0.1 until it is ended.

Synapse speaks JSON where OAuth2 has forms. This translates, and nothing else: which tokens there
are, how long they work and which are refused is Synapse's decision. An authorization code is one of
its login tokens. All other requests go through as they are.
"""

from __future__ import annotations

import sys
from typing import Any

from aiohttp import ClientSession, web

CLIENT = "/_matrix/client/v3"
_KEPT = ("Authorization", "Content-Type")


def translated(form: dict[str, str]) -> tuple[str, dict[str, Any]]:
    """Where a request to the token endpoint goes, and with what."""
    if form["grant_type"] == "refresh_token":
        return f"{CLIENT}/refresh", {"refresh_token": form["refresh_token"]}
    assert form["grant_type"] == "authorization_code"
    return f"{CLIENT}/login", {
        "type": "m.login.token",
        "token": form["code"],
        "refresh_token": True,
    }


def translated_back(status: int, said: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """RFC 6749, 5.1 and 5.2."""
    if status == 200:
        return 200, {
            "token_type": "Bearer",
            "access_token": said["access_token"],
            "refresh_token": said["refresh_token"],
            "expires_in": said["expires_in_ms"] / 1000,
        }
    if status in (401, 403):
        return 400, {"error": "invalid_grant", "error_description": f"{said['error']} ({status})"}
    return status, said


def application(behind: str) -> web.Application:
    async def clients(running: web.Application) -> Any:
        async with ClientSession(behind) as running[client]:
            yield

    async def token(request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        path, body = translated(form)
        async with request.app[client].post(path, json=body) as response:
            status, told = translated_back(response.status, await response.json())
        return web.json_response(told, status=status, headers={"Cache-Control": "no-store"})

    async def through(request: web.Request) -> web.Response:
        headers = {name: request.headers[name] for name in _KEPT if name in request.headers}
        async with request.app[client].request(
            request.method, request.path_qs, headers=headers, data=await request.read()
        ) as response:
            kind = response.headers.get("Content-Type", "application/octet-stream")
            return web.Response(
                status=response.status,
                body=await response.read(),
                headers={"Content-Type": kind},
            )

    client = web.AppKey("client", ClientSession)
    made = web.Application()
    made.cleanup_ctx.append(clients)
    made.router.add_post("/token", token)
    made.router.add_route("*", "/{path:.*}", through)
    return made


def main(port: int, behind: int) -> None:
    served = application(f"http://127.0.0.1:{behind}")
    web.run_app(served, host="127.0.0.1", port=port, print=None, access_log=None)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
