"""How a program of yours is tested without the real service: an expiry in the middle, and what the
server saw of it.

Needs the packages damsession and damsession-sandbox, and pytest: the fixture `dam_sandbox` comes
with the second. No network is needed.
"""

import damsession


def test_an_expiry_costs_one_login(dam_sandbox):
    dam_sandbox.knobs(expired="401-empty")
    user = "ada@example.com"
    with damsession.open(
        system="photoshelter",
        url=dam_sandbox.photoshelter,
        user=user,
        password=dam_sandbox.accounts["photoshelter"][user]["password"],
        api_key=dam_sandbox.api_key,
        ca_file=dam_sandbox.ca_file,
        store="memory",
        environment=False,
    ) as session:
        assert session.get("mem/user/session").ok
        dam_sandbox.expire()
        assert session.get("mem/user/session").replays == 1
    assert dam_sandbox.state()["photoshelter"]["logins_ok"] == 2
