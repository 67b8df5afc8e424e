"""PhotoShelter's OAuth2: consent, tokens, renewal, what the tokens are for, and every refusal."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from collections.abc import Callable
from typing import Any

import pytest
import requests
from photoshelter_v4_client import AUTHORIZE, REVOKE, TOKEN, V3, V4, Consented, answer, error

from damsession.sandbox import Sandbox, SandboxError

Make = Callable[[], Consented]
SESSION_V3 = V3 + "mem/user/session"


def claims(access: str) -> Any:
    head, body, seal = access.split(".")
    assert json.loads(decoded(head))["typ"] == "JWT" and decoded(seal)
    return json.loads(decoded(body))


def decoded(part: str) -> bytes:
    return urlsafe_b64decode(part + "=" * (-len(part) % 4))


@pytest.mark.parametrize("user", ["", "solo@example.com"])
def test_a_code_is_exchanged_and_renewed(dam_sandbox: Sandbox, consented: Make, user: str) -> None:
    client = consented()
    response = client.exchange(client.code(user))
    assert set(response.json()) == {"access_token", "token_type", "refresh_token", "expires_in"}
    assert response.headers["Cache-Control"] == "no-store"
    client.adopt(response)
    said = claims(client.access)
    assert (said["aud"], said["exp"] - said["iat"]) == (client.registered["id"], 3600)
    who = user or "ada@example.com"
    session = client.get().json()["data"]
    assert (session["attributes"]["user"], session["attributes"]["mode"]) == (who, "oauth")
    assert session["id"] == said["sub"]
    old_style = client.get(SESSION_V3).json()["data"]["Session"]
    assert (old_style["user"], old_style["idle_limit"]) == (who, "0")
    assert dam_sandbox.log()[-1]["user"] == who
    old = client.access, client.refresh
    client.adopt(client.renew())
    assert client.access != old[0] and client.refresh != old[1]
    state = dam_sandbox.state()["photoshelter"]
    counted = ("consents", "logins_ok", "renewals", "tokens_live", "families_live")
    assert [state[name] for name in counted] == [1, 1, 1, 1, 1]
    assert state["sessions_live"] == 0


def test_a_renewal_ends_what_came_before(dam_sandbox: Sandbox, consented: Make) -> None:
    client = consented().login()
    access, refresh = client.access, client.refresh
    client.adopt(client.renew())
    error(client.get(access=access), 401, "OAuthServerException")
    assert dam_sandbox.log()[-1]["verdict"] == "expired"
    error(client.renew(refresh), 400, "OAuthServerException", "refresh token")
    assert dam_sandbox.log()[-1]["verdict"] == "reused"
    # As that library does, and not as FotoWare: nothing else is ended.
    assert client.get().status_code == client.renew().status_code == 200
    assert dam_sandbox.state()["photoshelter"]["families_revoked"] == 0


def test_a_client_without_a_challenge_and_with_multipart(consented: Make) -> None:
    """The vendor's own tester knows no challenge, and posts an array with PHP's curl."""
    client = consented()
    code = client.code(code_challenge="", code_challenge_method="")
    given = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": client.redirect_uri,
        **client.identity(),
    }
    parts = {name: (None, value) for name, value in given.items()}
    response = client.http.post(client.base + TOKEN, files=parts)
    client.adopt(response)
    own = client.http.get(
        f"{client.base}/psapi/v3.0/mem/user/session",
        headers={"Authorization": f"Bearer {client.access}"},
    )
    assert own.json()["status"] == "ok"


def test_a_secret_in_http_basic(consented: Make) -> None:
    client = consented()
    form = {"grant_type": "authorization_code", "code": client.code()}
    form |= {"redirect_uri": client.redirect_uri, "code_verifier": client.verifier}
    assert client.adopt(client.post(TOKEN, client.basic(), **form)).get().status_code == 200


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("key", ["", "nosuchkey"])
def test_the_page_wants_the_api_key(
    dam_sandbox: Sandbox, consented: Make, method: str, key: str
) -> None:
    client = consented()
    form = {**client.request(api_key=key), "decision": "allow", "user": "ada@example.com"}
    given = {"params": form} if method == "GET" else {"data": form}
    with requests.Session() as browser:  # which knows no header
        browser.trust_env, browser.verify = False, dam_sandbox.ca_file
        response = browser.request(method, client.base + AUTHORIZE, **given)  # type: ignore[arg-type]
        error(response, 400, "ApiKeyInvalidException")
    with pytest.raises(SandboxError, match="400"):
        dam_sandbox.consent(client.url(api_key=key))
    state = dam_sandbox.state()["photoshelter"]
    assert (state["api_key_refused"], state["consents"]) == (2, 0)


def test_the_key_in_the_url_of_the_page_is_as_it_should_be(
    dam_sandbox: Sandbox, consented: Make
) -> None:
    client = consented()
    client.code()
    client.http.get(client.base + V4 + "echo", params={"api_key": dam_sandbox.api_key})
    page, _, echo = dam_sandbox.log()
    assert (page["flags"], echo["flags"]) == ([], ["api-key-in-url"])
    assert page["query"]["api_key"] == [dam_sandbox.api_key]


def test_a_token_request_without_the_key(dam_sandbox: Sandbox, consented: Make) -> None:
    client = consented().login()
    client.http.headers["X-PS-Api-Key"] = "nosuchkey"
    for response in (client.renew(), client.get(), client.send(V4 + "organization/logout")):
        error(response, 400, "ApiKeyInvalidException")
        assert dam_sandbox.log()[-1]["verdict"] == "api-key"
    client.http.headers["X-PS-Api-Key"] = dam_sandbox.api_key
    assert client.renew().status_code == 200


def test_what_a_person_sees_and_says(dam_sandbox: Sandbox, consented: Make) -> None:
    client = consented()
    page = client.http.get(client.url())
    assert "Picture desk &amp; &lt;Co&gt;" in page.text and "PhotoShelter in your name" in page.text
    assert "<option selected>ada@example.com</option>" in page.text and "kåre" not in page.text
    said = answer(dam_sandbox.consent(client.url(), decision="deny"))
    assert (said["error"], said["state"]) == ("access_denied", "s t&a=t+e")
    for other, text in (
        ({"client_id": "sandbox-native"}, "client_id"),  # FotoWare's
        ({"redirect_uri": "https://evil.example/"}, "redirect_uri"),
    ):
        with pytest.raises(SandboxError, match=text):
            dam_sandbox.consent(client.url(**other))
    with pytest.raises(SandboxError, match="no such user"):
        dam_sandbox.consent(client.url(), user="ada")
    wrong = answer(dam_sandbox.consent(client.url(response_type="token")))
    assert wrong["error"] == "unsupported_response_type"


def test_requests_that_are_refused(dam_sandbox: Sandbox, consented: Make) -> None:
    client = consented()
    code = client.code()
    for wrong, said in (
        ({"client_id": "x"}, "Client authentication failed"),
        ({"client_secret": ""}, "Client authentication failed"),
        ({"client_secret": "x"}, "Client authentication failed"),
        ({"client_id": "sandbox web+1"}, "no such application"),
        ({"grant_type": "password"}, "grant type is not supported"),
        ({"grant_type": "client_credentials"}, "is not supported|may not use"),
        ({"grant_type": ""}, "missing a parameter"),
        ({"code": ""}, "code: missing"),
        ({"code": code[1:]}, "code: not known"),
        ({"redirect_uri": "http://localhost:9877/callback"}, "redirect_uri"),
        ({"code_verifier": "x" * 43}, "code_verifier"),
        ({"code_verifier": ""}, "code_verifier"),
    ):
        response = client.exchange(**{"code": code, **wrong})
        assert response.status_code == 400
        (found,) = response.json()["errors"]
        assert found["id"] == "OAuthServerException"
        assert any(one in found["title"] for one in said.split("|")), found
    assert client.http.post(client.base + TOKEN, json={}).status_code == 400
    assert client.http.get(client.base + TOKEN).status_code == 405
    assert dam_sandbox.state()["photoshelter"]["logins_refused"] == 13
    client.adopt(client.exchange(code))
    error(client.exchange(code), 400, "OAuthServerException", "used before")
    error(client.renew("x"), 400, "OAuthServerException")
    assert dam_sandbox.state()["photoshelter"]["renewals_refused"] == 1


def test_tokens_that_are_none_or_have_ended(dam_sandbox: Sandbox, consented: Make) -> None:
    client, other = consented().login(), consented().login()
    made_up = other.access
    dam_sandbox.reset()
    client = consented().login()
    dam_sandbox.knobs(clock_skew=3601)
    for access, verdict in ((client.access, "expired"), (made_up, "refused")):
        for path in (V4 + "user/session", SESSION_V3):
            error(client.get(path, access), 401, "OAuthServerException")
            assert dam_sandbox.log()[-1]["verdict"] == verdict
    bare = client.http.get(client.base + V4 + "user/session")
    error(bare, 401, "OAuthServerException")
    assert dam_sandbox.log()[-1]["verdict"] == "no-session"
    assert (
        client.http.get(client.base + SESSION_V3).json()["error"]["class"] == "SessionRequiredErr"
    )
    assert client.adopt(client.renew()).get().status_code == 200


def test_headers_that_differ(dam_sandbox: Sandbox, consented: Make) -> None:
    client, other = consented().login(), consented().login()
    response = client.get(headers={"X-PS-Auth-Token": other.access})
    error(response, 401, "OAuthServerException")
    assert dam_sandbox.log()[-1]["verdict"] == "token-conflict"
    assert client.get(headers={"X-PS-Auth-Token": ""}).status_code == 200
    assert client.get(headers={"Authorization": ""}).status_code == 200


def test_an_organization_belongs_to_the_access_token(dam_sandbox: Sandbox, consented: Make) -> None:
    client, other = consented().login(), consented().login()
    entered = client.enter()
    assert entered.json()["data"]["attributes"]["organization"] == "O0000BADGER000002"
    assert client.whose() == ("O0000BADGER000002",) * 2
    assert other.whose() == (None, None)
    client.adopt(client.renew())
    assert client.whose() == (None, None)
    # The step of version 3 is the same.
    step = client.send(V3 + "mem/organization/O0000AARDVARK0001/authenticate")
    assert step.json()["status"] == "ok"
    assert client.whose() == ("O0000AARDVARK0001",) * 2
    assert client.send(V4 + "organization/logout").status_code == 200
    assert client.whose() == (None, None)
    error(client.enter("O0000CAPYBARA0003"), 403, "OrganizationPermException")
    error(client.enter(""), 400, "BadRequestException", "org_id")
    state = dam_sandbox.state()["photoshelter"]
    names = ("organization_logins", "organization_logouts", "organization_refused")
    assert [state[name] for name in names] == [2, 1, 1]


def test_content_of_both_versions_is_the_organizations(consented: Make) -> None:
    client = consented().login()
    client.enter()
    new = client.get(V4 + "galleries").json()
    old = client.get(V3 + "mem/gallery/query").json()["data"]
    assert new["meta"]["organization"] == old["Session"]["organization"] == "O0000BADGER000002"
    ids = [one["gallery_id"] for one in old["Gallery"]]
    assert [one["id"] for one in new["data"]] == ids


def test_no_second_factor_is_needed(dam_sandbox: Sandbox, consented: Make) -> None:
    dam_sandbox.knobs(two_factor_needed="always")
    for user in ("second@example.com", "ada@example.com"):
        client = consented().login(user)
        assert client.adopt(client.renew()).get().status_code == 200


def test_a_logout_of_version_3_ends_the_access_token(dam_sandbox: Sandbox, consented: Make) -> None:
    client = consented().login()
    assert client.send(V3 + "mem/authenticate/logout").json()["status"] == "ok"
    assert client.get().status_code == 401
    assert client.adopt(client.renew()).get().status_code == 200


def test_revocation(dam_sandbox: Sandbox, consented: Make) -> None:
    dam_sandbox.knobs(oauth_revocation="present")
    client, other = consented().login(), consented().login()
    own = client.identity()
    assert client.post(REVOKE, token="x", **own).status_code == 200
    error(client.post(REVOKE, **own), 400, "OAuthServerException", "token: missing")
    assert client.post(REVOKE, token=client.access, **own).status_code == 200
    assert client.get().status_code == 401
    client.adopt(client.renew())
    response = client.post(REVOKE, token=client.refresh, token_type_hint="refresh_token", **own)
    assert (response.status_code, response.content) == (200, b"")
    assert client.get().status_code == 401 and client.renew().status_code == 400
    assert dam_sandbox.log()[-1]["verdict"] == "revoked"
    assert other.get().status_code == 200
    state = dam_sandbox.state()["photoshelter"]
    assert (state["revocations"], state["families_revoked"]) == (2, 1)


def test_without_tls_everything_is_refused(dam_sandbox: Sandbox, consented: Make) -> None:
    client = consented().login()
    url, key = dam_sandbox.photoshelter_http, {"X-PS-Api-Key": dam_sandbox.api_key}
    access = {**key, "Authorization": f"Bearer {client.access}"}
    for response in (
        requests.get(f"{url}{V4}user/session", headers=access),
        requests.post(url + TOKEN, data={"refresh_token": client.refresh}, headers=key),
        requests.get(client.url().replace(dam_sandbox.photoshelter, url)),
    ):
        error(response, 400, "HTTPSRequiredPermException")
    flags = [entry["flags"] for entry in dam_sandbox.log()[-3:]]
    assert flags == [["secret-without-https"], ["secret-without-https"], []]
