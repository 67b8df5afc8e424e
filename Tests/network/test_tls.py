"""The identities of server and client: certificates, names, pinned keys. A request that is refused
must not have been sent.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from certificates import pin
from common import WRAPPER
from conftest import Site
from programs import environment, run

import damsession


def refused(site: Site, **options: Any) -> str:
    """The message of a TLS error; nothing was sent."""
    with pytest.raises(damsession.TLSError) as caught:
        site.session(**options).get("mem/user/session")
    assert site.access_log == [] and site.sandbox.log() == []
    return str(caught.value)


def test_an_unknown_authority_is_refused(site: Site) -> None:
    assert "ca_file" in refused(site, ca_file=site.certificates.foreign_ca_file)
    refused(site, ca_file=None)  # those of the system
    refused(site, ca_file=site.certificates.folder / "absent.pem")


def test_a_certificate_for_another_name_is_refused(site: Site) -> None:
    refused(site, url=site.misnamed_url)


def test_an_expired_certificate_is_refused(site: Site) -> None:
    refused(site, url=site.expired_url)


def test_a_server_without_tls_is_refused(site: Site) -> None:
    with pytest.raises(damsession.TLSError):
        site.session(url=site.plain_url.replace("http:", "https:")).login()
    assert [entry["uri"] for entry in site.access_log] in ([], [""])  # a handshake is no request
    with pytest.raises(damsession.Insecure):
        site.session(url=site.plain_url)


@pytest.mark.parametrize("what", ["ca_file", "pinned_key"])
def test_a_connection_of_a_trusting_session_is_not_shared(site: Site, what: str) -> None:
    other: Any = {
        "ca_file": {"ca_file": site.certificates.foreign_ca_file},
        "pinned_key": {"pinned_key": pin(site.certificates.misnamed)},
    }
    trusting = site.session()
    assert trusting.get("mem/user/session").ok
    with pytest.raises(damsession.TLSError):
        site.session(**other[what]).get("mem/user/session")
    assert trusting.get("mem/user/session").ok


def test_a_pinned_key(site: Site) -> None:
    right, wrong = pin(site.certificates.good), pin(site.certificates.misnamed)
    refused(site, pinned_key=wrong)
    assert site.session(pinned_key=right).get("mem/user/session").ok
    assert site.session(pinned_key=f"{wrong};{right}").get("mem/user/session").ok


def test_a_pinned_key_does_not_replace_the_authority(site: Site) -> None:
    refused(site, pinned_key=pin(site.certificates.good), ca_file=site.certificates.foreign_ca_file)
    refused(site, pinned_key=pin(site.certificates.expired), url=site.expired_url)


def test_a_pinned_key_is_that_of_the_sessions_server_alone(site: Site) -> None:
    # The other server has a key of its own.
    session = site.session(pinned_key=pin(site.certificates.good))
    assert session.get("/redirect/302/other/x").text == "other\n"


@pytest.mark.parametrize("separate", [False, True])
def test_a_client_certificate_is_shown(site: Site, separate: bool) -> None:
    stem = site.certificates.client
    options = {"client_certificate": f"{stem}.crt", "client_key": f"{stem}.key"}
    session = site.session(
        url=site.mtls_url, **(options if separate else {"client_certificate": f"{stem}.pem"})
    )
    assert session.get("mem/user/session").ok
    assert all("trustme" in entry["certificate"] for entry in site.at(site.ports.mutual))


@pytest.mark.parametrize("shown", [None, "stranger"])
def test_a_connection_that_showed_a_certificate_is_not_shared(
    site: Site, shown: str | None
) -> None:
    known = site.session(url=site.mtls_url, client_certificate=f"{site.certificates.client}.pem")
    assert known.get("mem/user/session").ok
    other = shown and f"{getattr(site.certificates, shown)}.pem"
    # Nginx's.
    assert (
        site.session(url=site.mtls_url, client_certificate=other).get("mem/user/session").status
        == 400
    )
    assert known.get("mem/user/session").ok


def test_a_client_certificate_that_is_missing_is_no_wrong_password(site: Site) -> None:
    someone: Any = {
        "url": site.mtls_url,
        "user": "ada@example.com",
        "password": site.password("ada@example.com"),
    }
    with pytest.raises(damsession.DamError) as caught:
        site.session(**someone).login()  # nginx responds with 400 and a page of its own
    assert not isinstance(caught.value, damsession.CredentialsRefused)
    assert site.sandbox.log() == []  # no password was ever looked at: so it is still worth a try
    site.session(**someone, client_certificate=f"{site.certificates.client}.pem").login()


def test_a_client_certificate_without_its_key_is_refused(site: Site) -> None:
    refused(site, url=site.mtls_url, client_certificate=f"{site.certificates.client}.crt")
    refused(site, url=site.mtls_url, client_certificate=site.certificates.folder / "absent.pem")
    stem = site.certificates.client
    wrong = f"{site.certificates.stranger}.key"
    refused(site, url=site.mtls_url, client_certificate=f"{stem}.crt", client_key=wrong)


def test_a_client_certificate_is_shown_to_its_server_alone(site: Site) -> None:
    session = site.session(client_certificate=f"{site.certificates.client}.pem")
    assert session.get("/redirect/302/other/x").text == "other\n"
    assert [entry["certificate"] for entry in site.at(site.ports.other)] == [""]


@pytest.fixture
def outdated(site: Site) -> Iterator[int]:
    """The port of a server that knows TLS 1.1 and nothing newer; it hangs up on whom it
    understands.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(f"{site.certificates.good}.pem")
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with contextlib.suppress(OSError):  # the end of it
            while True:
                plain, _ = listener.accept()
                with (
                    plain,
                    contextlib.suppress(OSError),
                    context.wrap_socket(plain, server_side=True) as secure,
                ):
                    secure.recv(1)

    thread = threading.Thread(target=serve)
    thread.start()
    yield listener.getsockname()[1]
    listener.shutdown(socket.SHUT_RDWR)
    thread.join()
    listener.close()


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
@pytest.mark.parametrize("who", ["server", "proxy"])
def test_what_knows_nothing_newer_than_tls_1_1_is_refused(
    site: Site, outdated: int, tmp_path: Path, who: str
) -> None:
    """Also by a machine whose OpenSSL would take anything."""
    lenient = tmp_path / "openssl.cnf"
    lenient.write_text(
        "openssl_conf = all\n[all]\nssl_conf = ssl\n[ssl]\nsystem_default = lenient\n"
        "[lenient]\nMinProtocol = None\nCipherString = ALL:@SECLEVEL=0\n"
    )
    url = f"https://localhost:{outdated}"
    options = {"server": {"url": url}, "proxy": {"proxy": url}}[who]
    told = environment(site, store="memory", timeout="20", **options)
    done = run([WRAPPER, "login", "-"], {**told, "OPENSSL_CONF": str(lenient)})
    assert done.returncode == 21, done.stderr  # DAM_ERR_TLS
