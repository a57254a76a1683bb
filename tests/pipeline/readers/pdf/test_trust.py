"""Certificates lead to a root of the operator's list or do not; national algorithms are named; nothing is fetched."""

from __future__ import annotations

import datetime
import re
import socket
from collections.abc import Iterator
from functools import cache

import pytest
from asn1crypto import cms
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, pkcs12
from cryptography.x509.oid import NameOID
from pyhanko.sign import signers

from pipeline.drawing.model import Signature
from pipeline.readers.base import CARE
from tests.pipeline.readers.pdf import test_signatures as plain
from tests.pipeline.readers.pdf.test_signatures import plan, reading

NOW = datetime.datetime.now(datetime.UTC)
DAY = datetime.timedelta(days=1)


class Authority:
    """A certificate that can issue others."""

    def __init__(
        self, name: str, issuer: Authority | None = None, *, ends: datetime.datetime = NOW + 999 * DAY
    ) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.issuer = issuer or self
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self.certificate = self.issuer.issue(self, ca=True, ends=ends)

    def issue(self, to: Authority | Holder, *, ca: bool, ends: datetime.datetime) -> x509.Certificate:
        usage = (not ca, not ca, False, False, False, ca, ca, False, False)
        builder = x509.CertificateBuilder().subject_name(to.name).issuer_name(self.name)
        builder = builder.public_key(to.key.public_key()).serial_number(x509.random_serial_number())
        builder = builder.not_valid_before(NOW - 900 * DAY).not_valid_after(ends)
        builder = builder.add_extension(x509.BasicConstraints(ca, None), critical=True)
        builder = builder.add_extension(x509.KeyUsage(*usage), critical=True)
        builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(to.key.public_key()), False)
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key())
        return builder.add_extension(issuer, False).sign(self.key, hashes.SHA256())

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)


class Holder:
    """A designer with a certificate; `chain` goes into the signature."""

    def __init__(
        self, issuer: Authority, chain: tuple[Authority, ...] = (), *, ends: datetime.datetime = NOW + 999 * DAY
    ) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "李工")])
        self.chain = chain
        self.certificate = issuer.issue(self, ca=False, ends=ends)

    def signer(self) -> signers.SimpleSigner:
        chain = [one.certificate for one in self.chain]
        packed = pkcs12.serialize_key_and_certificates(b"k", self.key, self.certificate, chain, NoEncryption())
        return signers.SimpleSigner.load_pkcs12_data(packed, [])


@cache
def root() -> Authority:
    return Authority("City Root")


@pytest.fixture(autouse=True)
def _no_list_afterwards() -> Iterator[None]:
    yield
    CARE.trust_roots = None


@pytest.fixture
def checked(tmp_path, monkeypatch):
    """Sign a plan as a holder and read it with a trust list; whoever asks the network fails."""

    def look(holder: Holder | None, *roots: Authority, change=lambda data: data) -> Signature:
        if holder is not None:
            monkeypatch.setattr(plain, "signer", holder.signer)
        data = change(plain.signed(plan()))
        CARE.trust_roots = tuple(one.der for one in roots)

        def ask(*_args: object) -> None:
            raise AssertionError("somebody asks the network")

        with monkeypatch.context() as patch:
            patch.setattr(socket.socket, "connect", ask)
            (found,) = reading(tmp_path, data).signatures
        return found

    return look


def test_without_a_list_nothing_is_said(tmp_path):
    (found,) = reading(tmp_path, plain.signed(plan())).signatures
    assert (found.trust, found.trust_why) == ("unknown", "no_list") and found.trust_why_zh


def test_a_certificate_under_a_root_of_the_list_is_trusted(checked):
    found = checked(Holder(root()), Authority("Other"), root())
    assert (found.integrity, found.trust, found.trust_why) == ("intact", "trusted", "chain_found")


def test_a_chain_over_an_intermediate_needs_the_intermediate(checked):
    between = Authority("City CA 2", root())
    assert checked(Holder(between, (between,)), root()).trust == "trusted"
    assert checked(Holder(between), root()).trust_why == "issuer_unknown"


def test_another_issuer_and_a_self_made_certificate_are_not_trusted(checked):
    assert (checked(Holder(Authority("Stranger")), root()).trust) == "untrusted"
    mine = checked(None, root())
    assert (mine.trust, mine.trust_why, mine.integrity) == ("untrusted", "issuer_unknown", "intact")
    assert checked(Holder(root())).trust == "untrusted"  # a list without a root trusts nobody


def test_a_false_authority_that_calls_itself_like_the_root_is_not_trusted(checked):
    false = Authority("City Root")
    assert checked(Holder(false, (false,)), root()).trust == "untrusted"


def test_a_person_s_certificate_issues_no_others(checked):
    person = Authority("City Root 2", root())
    person.certificate = root().issue(person, ca=False, ends=NOW + 99 * DAY)
    found = checked(Holder(person, (person,)), root())
    assert (found.trust, found.trust_why) == ("untrusted", "chain_broken")


def test_an_expired_certificate_is_not_trusted_and_what_a_signer_says_of_the_time_proves_nothing(checked, monkeypatch):
    found = checked(Holder(root(), ends=NOW - DAY), root())
    assert (found.integrity, found.trust, found.trust_why) == ("intact", "untrusted", "expired")
    monkeypatch.setattr("pipeline.readers.pdf.trust.datetime", Later)
    found = checked(Holder(root(), ends=NOW + DAY), root())
    assert (found.trust, found.trust_why) == ("unknown", "expired_since")


class Later(datetime.datetime):
    """A clock ten days on."""

    @classmethod
    def now(cls, tz=None):
        return datetime.datetime.now(tz) + 10 * DAY


def test_of_a_broken_signature_the_certificate_is_not_looked_at(checked):
    def bent(data: bytes) -> bytes:
        at = data.index(b"/MediaBox")
        return data[: at + 1] + bytes([data[at + 1] ^ 1]) + data[at + 2 :]

    found = checked(Holder(root()), root(), change=bent)
    assert (found.integrity, found.trust, found.trust_why) == ("changed", "unknown", "not_checked")


@pytest.mark.parametrize("parts", [("digest_algorithm",), ("signature_algorithm",)])
def test_national_algorithms_in_an_ordinary_envelope_are_named_and_never_called_changed(checked, parts):
    oids = {"digest_algorithm": "1.2.156.10197.1.401", "signature_algorithm": "1.2.156.10197.1.501"}

    def national(data: bytes) -> bytes:
        (contents,) = re.findall(rb"/Contents <([0-9a-fA-F]+)>", data)
        envelope = cms.ContentInfo.load(bytes.fromhex(contents.decode()))
        (info,) = envelope["content"]["signer_infos"]
        for part in parts:
            info[part] = {"algorithm": oids[part]}
        envelope["content"]["signer_infos"] = [info]
        return data.replace(contents, envelope.dump(force=True).hex().encode().ljust(len(contents), b"0"))

    found = checked(Holder(root()), root(), change=national)
    assert (found.integrity, found.why, found.trust) == ("unknown", "national_algorithm", "unknown")
