"""The page of consent: what it shows, where it sends a browser, and when it never does."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qsl, urlsplit

import pytest
from fotoware_client import AUTHORIZE, FotoWareClient, answer

from damsession.sandbox import Sandbox, SandboxError

Make = Callable[[], FotoWareClient]


def test_the_page_names_the_application_and_is_safe(dam_sandbox: Sandbox, fotoware: Make) -> None:
    response = fotoware().http.get(fotoware().url(state='"><b>', scope="read"))
    page = response.text
    assert response.status_code == 200 and "Desk &amp; &lt;Desk&gt;" in page
    assert 'name="state" value="&quot;&gt;&lt;b&gt;"' in page and 'name="scope"' in page
    assert "<code>http://localhost:9876/callback</code>" in page and '<html lang="en">' in page
    policy = response.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none';") and "unsafe" not in policy
    assert response.headers["X-Frame-Options"] == "DENY"
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("state", ["s t&a=t+e", "ß", ""])
def test_one_post_is_enough(dam_sandbox: Sandbox, fotoware: Make, state: str) -> None:
    client = fotoware()
    form = {**client.request(state=state), "decision": "allow", "user": "ada"}
    url = dam_sandbox.fotoware + AUTHORIZE
    response = client.http.post(url, data=form, allow_redirects=False)
    assert response.status_code == 302
    address = response.headers["Location"]
    assert address.startswith("http://localhost:9876/callback?code=")
    assert answer(address).get("state", "") == state
    assert client.exchange(answer(address)["code"]).status_code == 200
    assert dam_sandbox.state()["fotoware"]["consents"] == 1


def test_a_refusal_is_told(dam_sandbox: Sandbox, fotoware: Make) -> None:
    client = fotoware()
    said = answer(dam_sandbox.consent(client.url(), decision="deny"))
    assert (said["error"], said["state"]) == ("access_denied", "s t&a=t+e") and "code" not in said
    state = dam_sandbox.state()["fotoware"]
    assert (state["consents"], state["denials"]) == (0, 1)


def test_the_query_of_an_address_stays(dam_sandbox: Sandbox, fotoware: Make) -> None:
    client = fotoware()
    client.kind = "web"
    uri = client.registered["redirect_uris"][1]
    address = dam_sandbox.consent(client.url(redirect_uri=uri))
    assert address.startswith(uri + "&code=")
    assert [name for name, _ in parse_qsl(urlsplit(address).query)] == ["site", "code", "state"]
    code = answer(address)["code"]
    assert client.exchange(code).status_code == 400
    assert client.exchange(code, redirect_uri=uri).status_code == 200


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "other",
    [
        {"client_id": "nobody"},
        {"client_id": ""},
        {"client_id": "sandbox-script"},
        {"redirect_uri": ""},
        {"redirect_uri": "http://localhost:9876/callback/"},
        {"redirect_uri": "http://localhost:9877/callback"},
        {"redirect_uri": "http://127.0.0.1:9876/callback"},
        {"redirect_uri": "https://evil.example/"},
        {"redirect_uri": "https://app.example.com/callback?site=a%26b"},
    ],
)
def test_a_stranger_never_gets_a_redirect(
    dam_sandbox: Sandbox, fotoware: Make, method: str, other: dict[str, str]
) -> None:
    client = fotoware()
    form = {**client.request(**other), "decision": "allow", "user": "ada"}
    given = {"params": form} if method == "GET" else {"data": form}
    url = dam_sandbox.fotoware + AUTHORIZE
    response = client.http.request(method, url, allow_redirects=False, **given)  # type: ignore[arg-type]
    assert response.status_code == 400 and "Location" not in response.headers
    assert response.headers["Content-Type"].startswith("text/html")
    assert dam_sandbox.log()[-1]["verdict"] == "bad-request"


@pytest.mark.parametrize(
    ("kind", "other", "code"),
    [
        ("native", {"response_type": "token"}, "unsupported_response_type"),
        ("native", {"response_type": ""}, "unsupported_response_type"),
        ("native", {"code_challenge": ""}, "invalid_request"),
        ("native", {"code_challenge_method": "plain"}, "invalid_request"),
        ("native", {"code_challenge_method": ""}, "invalid_request"),
        ("native", {"code_challenge": "short"}, "invalid_request"),
        ("web", {"code_challenge_method": "plain"}, "invalid_request"),
    ],
)
def test_what_an_application_does_wrong_is_told_to_it(
    dam_sandbox: Sandbox, fotoware: Make, kind: str, other: dict[str, str], code: str
) -> None:
    client = fotoware()
    client.kind = kind
    said = answer(dam_sandbox.consent(client.url(**other)))
    assert (said["error"], said["state"]) == (code, "s t&a=t+e")
    assert dam_sandbox.log()[-1]["verdict"] == code


@pytest.mark.parametrize(
    ("answered", "said"),
    [
        ({"decision": "perhaps", "user": "ada"}, "decision: allow or deny is needed"),
        ({"user": "ada"}, "decision: allow or deny is needed"),
        ({"decision": "allow", "user": "nobody"}, "user: there is no such user"),
        ({"decision": "allow"}, "user: there is no such user"),
    ],
)
def test_a_bad_answer(
    dam_sandbox: Sandbox, fotoware: Make, answered: dict[str, str], said: str
) -> None:
    client = fotoware()
    url, form = dam_sandbox.fotoware + AUTHORIZE, {**client.request(), **answered}
    response = client.http.post(url, data=form, allow_redirects=False)
    assert response.status_code == 400 and said in response.text
    assert dam_sandbox.state()["fotoware"]["consents"] == 0


def test_the_helper_says_what_a_person_would_read(dam_sandbox: Sandbox, fotoware: Make) -> None:
    client = fotoware()
    for url, options, said in (
        (client.url(client_id="nobody"), {}, "client_id: there is no such application"),
        (client.url(), {"user": "nobody"}, "user: there is no such user"),
        (client.url(), {"decision": "perhaps"}, "no button for 'perhaps'"),
    ):
        with pytest.raises(SandboxError, match=said):
            dam_sandbox.consent(url, **options)
