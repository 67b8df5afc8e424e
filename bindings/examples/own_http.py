"""Keeps using requests or httpx, and plugs in the session: logins, rotated cookies and redirects
are its business.

Redirects are followed by the session, which knows where its secrets may go: requests is told to
follow none. Options come from the environment. Where the server's CA is your own, as the sandbox's
is, requests and httpx are told, too: they do not read damsession's option.
"""

import os
import ssl

import httpx
import requests

import damsession
from damsession.httpx import DamAuth as HttpxAuth
from damsession.requests import DamAuth as RequestsAuth

ca_file = os.environ.get("DAMSESSION_CA_FILE")  # None: the CAs that everybody trusts

with damsession.open(system="photoshelter") as session:
    url = f"{session.state.origin}/psapi/v3/mem/user/session"
    auth = RequestsAuth(session)
    response = requests.get(url, auth=auth, allow_redirects=False, verify=ca_file or True)
    print(response.status_code)
    trust = ssl.create_default_context(cafile=ca_file)
    with httpx.Client(auth=HttpxAuth(session), verify=trust) as client:
        print(client.get(url).status_code)
