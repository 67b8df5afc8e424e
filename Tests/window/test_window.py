"""The window in a browser: real programs log in, and a person looks, turns a knob, and ends their
sessions.
"""

from __future__ import annotations

import json
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import pytest
import requests
from browser import Page
from conftest import ADA, consent_url, consented, fotoweb, photoshelter, renew, visit
from selenium.webdriver import Keys
from selenium.webdriver.support.select import Select

import damsession
from damsession.sandbox import Sandbox

#: The texts of the rows of a table.
ROWS = "[...document.querySelectorAll(`#${given} tr`)].map(row => row.textContent)"


def rows(page: Page, table: str) -> list[str]:
    found: list[str] = page.until(ROWS, table)
    return found


def until_rows(page: Page, table: str, count: int) -> list[str]:
    page.until("document.querySelectorAll(`#${given[0]} tr`).length === given[1]", [table, count])
    return rows(page, table)


def test_a_login_and_a_request_appear(window: Page, dam_sandbox: Sandbox) -> None:
    with photoshelter(dam_sandbox) as session:
        session.get("mem/gallery/query")
        (shown,) = until_rows(window, "session-rows", 1)
        assert ADA in shown and "cookie" in shown
        window.until_text("#events", f"Session 1 of {ADA} opened.")
        query, login = until_rows(window, "request-rows", 2)
        assert "GET /psapi/v3/mem/gallery/query" in query and "200" in query
        assert "POST /psapi/v3/mem/authenticate" in login and "sent password #" in login
        # The cookie that the login set is the one that the request sent, and that set the next.
        words = [one.split("SSphotoshelter_com_mem ")[-1][:9] for one in (login, shown)]
        assert f"sent SSphotoshelter_com_mem {words[0]}" in query
        assert query.endswith(
            window.run("return document.querySelector('#session-rows code').textContent")
        )


def test_expire_makes_the_next_request_log_in_again(window: Page, dam_sandbox: Sandbox) -> None:
    with photoshelter(dam_sandbox) as session:
        session.get("mem/user/session")
        until_rows(window, "session-rows", 1)
        window.named("button", f"Expire session 1 of {ADA}").click()
        until_rows(window, "session-rows", 0)
        window.until_text("#events", "1 session ended by hand.")
        assert session.get("mem/user/session").replays == 1
        window.until_text("#events", f"Session 2 of {ADA} opened.")
        until_rows(window, "session-rows", 1)
        window.named("button", "Expire all sessions").click()
        until_rows(window, "session-rows", 0)
    assert dam_sandbox.state()["photoshelter"]["logins_ok"] == 2


def test_revoke_ends_a_device_token(window: Page, dam_sandbox: Sandbox) -> None:
    with fotoweb(dam_sandbox) as session:
        session.get("Information")
        until_rows(window, "token-rows", 1)
        window.named("button", "Revoke token 1 of ada").click()
        until_rows(window, "token-rows", 0)
        assert session.get("Information").replays == 1
        window.until_text("#events", "Token 2 of ada opened.")
        until_rows(window, "token-rows", 1)
        window.named("button", "Revoke all tokens").click()
        until_rows(window, "token-rows", 0)
    assert dam_sandbox.state()["fotoweb"]["tokens_revoked"] == 2


def test_a_consent_is_seen_and_ended(window: Page, dam_sandbox: Sandbox) -> None:
    tokens = consented(dam_sandbox, dam_sandbox.consent(consent_url(dam_sandbox)))
    visit(dam_sandbox, tokens["access_token"])
    (shown,) = until_rows(window, "family-rows", 1)
    assert shown.startswith("1adafotoware web, 0 renewals") and shown.count("#") == 2
    window.until_text("#events", "Consent 1 of ada opened.")
    me, exchange, *_ = until_rows(window, "request-rows", 4)
    # The access token is known again in the header that holds it.
    access = window.run("return document.querySelector('#family-rows code').textContent")
    assert f"sent Authorization {access}" in me
    for name in ("code", "client_secret"):
        assert f"sent {name} #" in exchange
    renew(dam_sandbox, tokens["refresh_token"])
    window.until_text("#family-rows", "1 renewal")
    assert rows(window, "family-rows")[0].count("#") == 3
    window.named("button", "Expire access of consent 1 of ada").send_keys(Keys.SPACE)
    window.until_text("#events", "2 access tokens ended by hand.")
    window.until_text("#family-rows", "expired")
    # The button has gone; the focus stays in its list.
    assert window.driver.switch_to.active_element.accessible_name.startswith("Consents")
    window.named("button", "Revoke consent 1 of ada").click()
    until_rows(window, "family-rows", 0)
    window.until_text("#events", "Consent 1 of ada ended.")
    state = dam_sandbox.state()["fotoware"]
    assert (state["families_revoked"], state["renewals"]) == (1, 1)


def test_buttons_of_one_system_leave_the_others_alone(window: Page, dam_sandbox: Sandbox) -> None:
    consented(dam_sandbox, dam_sandbox.consent(consent_url(dam_sandbox)))
    with photoshelter(dam_sandbox) as session, fotoweb(dam_sandbox) as other:
        session.get("mem/user/session")
        other.get("Information")
        left = {"session-rows": 1, "token-rows": 1, "family-rows": 1}
        for name, table in (
            ("Expire all access", ""),
            ("Expire all sessions", "session-rows"),
            ("Revoke all tokens", "token-rows"),
            ("Revoke all consents", "family-rows"),
        ):
            window.named("button", name).click()
            if table:
                left[table] = 0
            for one, count in left.items():
                until_rows(window, one, count)
    window.until_text("#events", "1 access token ended by hand.")
    state = dam_sandbox.state()
    assert state["photoshelter"]["expiries"] == state["fotoweb"]["tokens_revoked"] == 1


def test_consents_of_both_vendors_are_in_one_list(window: Page, dam_sandbox: Sandbox) -> None:
    consented(dam_sandbox, dam_sandbox.consent(consent_url(dam_sandbox)))
    client = dam_sandbox.clients["photoshelter"]
    given = {"client_id": client["id"], "redirect_uri": client["redirect_uris"][0]}
    asked = urlencode({**given, "response_type": "code", "api_key": dam_sandbox.api_key})
    address = dam_sandbox.consent(f"{dam_sandbox.photoshelter}/psapi/v4.0/oauth/authorize?{asked}")
    form = {**given, "grant_type": "authorization_code", "client_secret": client["secret"]}
    tokens = requests.post(
        f"{dam_sandbox.photoshelter}/psapi/v4.0/oauth/token",
        {**form, "code": parse_qs(urlsplit(address).query)["code"][0]},
        headers={"X-PS-Api-Key": dam_sandbox.api_key},
        verify=dam_sandbox.ca_file,
    ).json()
    first, second = until_rows(window, "family-rows", 2)
    assert first.startswith("1adafotoware web") and second.startswith(f"2{ADA}photoshelter web")
    assert tokens["access_token"] not in window.driver.page_source
    window.named("button", f"Expire access of consent 2 of {ADA}").click()
    window.until_text("#events", "1 access token ended by hand.")
    assert dam_sandbox.state()["fotoware"]["tokens_live"] == 1
    assert dam_sandbox.state()["photoshelter"]["tokens_live"] == 0
    window.named("button", f"Revoke consent 2 of {ADA}").click()
    until_rows(window, "family-rows", 1)
    assert dam_sandbox.state()["photoshelter"]["families_revoked"] == 1


def test_a_locked_user_cannot_log_in(window: Page, dam_sandbox: Sandbox) -> None:
    window.named("button", f"Lock {ADA} at photoshelter").click()
    window.until_text("#user-rows", "locked until")
    with photoshelter(dam_sandbox) as session:
        with pytest.raises(damsession.ServerFault):  # the server does not say that it is for good
            session.get("mem/user/session")
        window.until_text("#request-rows", "locked")
        window.named("button", f"Unlock {ADA} at photoshelter").click()
        window.until_text("#events", f"{ADA} is unlocked.")
        session.login(again=True)
    until_rows(window, "session-rows", 1)


def test_a_knob_is_set_and_followed(window: Page, dam_sandbox: Sandbox) -> None:
    Select(window.named("combobox", "expired")).select_by_value("401-empty")
    window.until_text("#events", "expired is 401-empty.")
    with photoshelter(dam_sandbox) as session:
        session.get("mem/user/session")
        dam_sandbox.expire()
        session.get("mem/user/session")
    assert {one["status"] for one in dam_sandbox.log() if one["verdict"] == "expired"} == {401}
    window.until("document.getElementById('knob-expired').parentElement.matches('.changed')")
    dam_sandbox.knobs(expired="200-html", latency=1)  # another hand
    window.until(
        "document.getElementById('knob-expired').value === '200-html'"
        " && document.getElementById('knob-latency').value === '1'"
    )


def test_a_bad_value_is_refused_with_the_reason(window: Page, dam_sandbox: Sandbox) -> None:
    field = window.named("spinbutton", "token-limit")
    field.send_keys(Keys.CONTROL, "a", Keys.NULL, "0", Keys.ENTER)
    window.until_text("#error", "token-limit: 0 is not allowed; allowed: a whole number from 1")
    window.until("document.getElementById('knob-token-limit').value === '10'")
    assert dam_sandbox.state()["knobs"]["token-limit"] == 10
    (complaint,) = window.console()
    assert "422" in complaint


def test_a_fault_is_queued_and_cleared(window: Page, dam_sandbox: Sandbox) -> None:
    Select(window.named("combobox", "Fault")).select_by_value("retry-after")
    arguments = window.named("textbox", "Arguments, as JSON")
    assert json.loads(arguments.get_property("value") or "") == {"status": 503, "seconds": 1}
    arguments.clear()
    arguments.send_keys('{"status": 429}')
    window.named("textbox", "Path contains").send_keys("gallery")
    window.named("button", "Queue the fault").click()
    (shown,) = until_rows(window, "fault-rows", 1)
    assert shown == "retry-after1galleryanyany"
    with photoshelter(dam_sandbox) as session, pytest.raises(damsession.Throttled):
        session.get("mem/gallery/query")
    until_rows(window, "fault-rows", 0)
    window.named("textbox", "Path contains").clear()
    window.named("button", "Queue the fault").click()
    until_rows(window, "fault-rows", 1)
    window.named("button", "Clear the faults").click()
    until_rows(window, "fault-rows", 0)
    assert dam_sandbox.state()["faults"] == []


def test_arguments_that_are_no_json_are_told(window: Page, dam_sandbox: Sandbox) -> None:
    window.named("textbox", "Arguments, as JSON").send_keys("{status}")
    window.named("button", "Queue the fault").click()
    window.until_text("#error", "The fault's arguments are not JSON")
    assert dam_sandbox.state()["faults"] == []


def test_a_paused_list_waits(window: Page, dam_sandbox: Sandbox) -> None:
    window.named("checkbox", "Pause the list").click()
    with photoshelter(dam_sandbox) as session:
        session.get("mem/user/session")
        window.until_text("#waiting", "2 requests waiting")
        assert rows(window, "request-rows") == []
        window.named("checkbox", "Pause the list").click()
        until_rows(window, "request-rows", 2)


def test_a_reset_is_asked_for_and_seen(window: Page, dam_sandbox: Sandbox) -> None:
    with photoshelter(dam_sandbox) as session:
        session.get("mem/user/session")
        until_rows(window, "request-rows", 2)
        window.named("button", "Reset everything").click()
        window.driver.switch_to.alert.dismiss()
        assert dam_sandbox.state()["log"]["written"] == 2
        window.named("button", "Reset everything").click()
        window.driver.switch_to.alert.accept()
        until_rows(window, "request-rows", 0)
        until_rows(window, "session-rows", 0)
        session.get("mem/user/session")
        newest = until_rows(window, "request-rows", 3)[0]
    assert newest.startswith("3")


def test_a_window_that_opens_later_sees_what_there_is(chromium: Page, dam_sandbox: Sandbox) -> None:
    with photoshelter(dam_sandbox) as session:
        session.get("mem/user/session")
        for base in (dam_sandbox.photoshelter_http, dam_sandbox.photoshelter_http):
            chromium.open(f"{base}/_sandbox/")
            until_rows(chromium, "request-rows", 2)
            until_rows(chromium, "session-rows", 1)


def test_no_secret_is_in_the_page(window: Page, dam_sandbox: Sandbox) -> None:
    secrets = {dam_sandbox.api_key, dam_sandbox.encryption_secret}
    for users in dam_sandbox.accounts.values():
        secrets |= {user["password"] for user in users.values()}
    secrets |= {one["secret"] for one in dam_sandbox.clients.values() if one["secret"]}
    heard = window.run(
        "window.heard = []; for (const name of ['start', 'requests', 'state'])"
        " events.addEventListener(name, event => heard.push(event.data)); return heard.length"
    )
    assert heard == 0
    with (
        photoshelter(dam_sandbox) as cookie,
        photoshelter(dam_sandbox, authentication="token-in-url", api_key_in="parameter") as token,
        fotoweb(dam_sandbox) as device,
        fotoweb(dam_sandbox, authentication="query") as query,
    ):
        secrets |= {token.token(), device.token()}
        for session in (cookie, token):
            session.get("mem/gallery/query")
            # A client may put a secret where none belongs.
            session.get(f"mem/{dam_sandbox.api_key}/{token.token()}", params={token.token(): "x"})
        for session in (device, query):
            session.get("5000/Search?Search=ada-password")
        address = dam_sandbox.consent(consent_url(dam_sandbox))
        secrets |= {parse_qs(urlsplit(address).query)["code"][0]}
        granted = consented(dam_sandbox, address)
        secrets |= {granted["access_token"], granted["refresh_token"]}
        visit(dam_sandbox, granted["access_token"])
        in_url = {"access_token": granted["access_token"], granted["refresh_token"]: "x"}
        requests.get(
            f"{dam_sandbox.fotoware}/fotoweb/me?{urlencode(in_url)}", verify=dam_sandbox.ca_file
        )
        renew(dam_sandbox, granted["refresh_token"])
        dam_sandbox.fault("status", body=token.token(), match=token.token())
        window.until_text("#fault-total", "1")
    written = dam_sandbox.log()
    for entry in written:
        secrets |= {line.split("=", 1)[1].split(";")[0] for line in entry["set_cookies"]}
        secrets |= {value for name, value in entry["headers"] if name.lower() == "cookie"}
    secrets.discard("deleted")
    window.until(
        "document.querySelector('#request-rows tr')?.dataset.row === given", str(len(written))
    )
    page = window.run("return document.documentElement.outerHTML + JSON.stringify(heard)")
    assert "Search" in page and len(secrets) > 15
    for secret in secrets:
        assert secret not in page and quote(secret, safe="") not in page
