"""Certificates for one run: good and bad ones of servers, and those of clients, each in a file of
its own.

Authorities that nobody else trusts make them anew. The private keys are in the caller's folder and
are removed after the run.
"""

from __future__ import annotations

import base64
import datetime
import hashlib
from pathlib import Path

import trustme
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

NAMES = ("localhost", "127.0.0.1", "::1")


class Certificates:
    """PEM files in `folder`: NAME.pem holds a certificate chain and its key, NAME.crt the chain,
    NAME.key the key.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        authority, self._clients = trustme.CA(), trustme.CA()
        self.ca_file = self._authority("ca", authority)
        #: Who signs client certificates.
        self.client_ca_file = self._authority("client-ca", self._clients)
        #: An authority that has signed nothing.
        self.foreign_ca_file = self._authority("foreign-ca", trustme.CA())
        self.good = self._leaf("good", authority.issue_cert(*NAMES))
        #: As good, with a key of its own.
        self.other = self._leaf("other", authority.issue_cert(*NAMES))
        self.misnamed = self._leaf("misnamed", authority.issue_cert("elsewhere.example"))
        past = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=2)
        expired = authority.issue_cert(
            *NAMES, not_before=past - datetime.timedelta(days=9), not_after=past
        )
        self.expired = self._leaf("expired", expired)
        self.client = self._leaf("client", self._clients.issue_cert("client.example"))
        self.stranger = self._leaf("stranger", trustme.CA().issue_cert("stranger.example"))

    def _authority(self, name: str, authority: trustme.CA) -> str:
        path = self.folder / f"{name}.pem"
        authority.cert_pem.write_to_path(str(path))
        return str(path)

    def _leaf(self, name: str, leaf: trustme.LeafCert) -> str:
        stem = self.folder / name
        leaf.private_key_and_cert_chain_pem.write_to_path(f"{stem}.pem")
        leaf.private_key_pem.write_to_path(f"{stem}.key")
        leaf.cert_chain_pems[0].write_to_path(f"{stem}.crt")
        return str(stem)


def pin(certificate: str) -> str:
    """The public key of the certificate NAME.crt, in the words of the option `pinned-key`."""
    parsed = x509.load_pem_x509_certificate(Path(f"{certificate}.crt").read_bytes())
    key = parsed.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return "sha256//" + base64.b64encode(hashlib.sha256(key).digest()).decode("ascii")
