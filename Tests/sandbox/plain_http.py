"""HTTP as the clients of these tests speak it: by `requests`, with the sandbox's CA, and with
nothing of the environment.
"""

from __future__ import annotations

import requests

from damsession.sandbox import Sandbox


def plain_http(sandbox: Sandbox, **headers: str) -> requests.Session:
    """`headers` go with every request; `_` stands for `-` in their names."""
    http = requests.Session()
    http.trust_env = False
    http.verify = sandbox.ca_file
    http.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
    return http
