"""Keeps using requests or httpx, and plugs in the session: logins, rotated cookies and redirects
are its business.

Redirects are followed by the session, which knows where its secrets may go: requests is told to
follow none. Options come from the environment.
"""

import httpx
import requests

import damsession
from damsession.httpx import DamAuth as HttpxAuth
from damsession.requests import DamAuth as RequestsAuth

with damsession.open(system="photoshelter") as session:
    url = f"{session.state.origin}/psapi/v3/mem/user/session"
    print(requests.get(url, auth=RequestsAuth(session), allow_redirects=False).status_code)
    with httpx.Client(auth=HttpxAuth(session)) as client:
        print(client.get(url).status_code)
