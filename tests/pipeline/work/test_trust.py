"""The operator's trust list: read from a folder, used in the locked child, and asked anew when it changes."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

import api.tables  # noqa: F401  every table, so that the records can be made
from pipeline import doctor
from pipeline.records.base import transaction
from pipeline.records.tables import File, Job
from pipeline.settings import settings
from pipeline.work import stale
from pipeline.work.trust import fingerprint, roots_in, trust_roots
from tests.pipeline.readers.pdf import test_signatures as plain
from tests.pipeline.readers.pdf.test_trust import Authority, Holder
from tests.pipeline.work.conftest import Installation


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = tmp_path / "roots"
    made.mkdir()
    monkeypatch.setenv("TUSHEN_TRUST_ROOTS_DIR", str(made))
    settings.cache_clear()
    yield made
    settings.cache_clear()


def test_a_folder_of_pem_and_der_is_read_each_certificate_once_and_what_is_none_is_named(tmp_path):
    one, two = Authority("One"), Authority("Two")
    bundle = b"".join(a.certificate.public_bytes(Encoding.PEM) for a in (one, two))
    (tmp_path / "all.pem").write_bytes(b"# our roots\n" + bundle)
    (tmp_path / "one.cer").write_bytes(one.der)
    (tmp_path / "bent.der").write_bytes(two.der[:-40])
    (tmp_path / "note.crt").write_bytes("不是证书".encode())
    (tmp_path / "README.md").write_bytes(b"which root is whose")
    found, odd = roots_in(tmp_path)
    assert found == [one.der, two.der] and odd == ["bent.der", "note.crt"]


def test_no_folder_is_no_list_and_a_folder_that_is_gone_trusts_nobody(folder, monkeypatch, caplog):
    assert trust_roots() == [] and fingerprint()
    folder.rmdir()
    with caplog.at_level(logging.ERROR):
        assert trust_roots() == [] and "cannot be read" in caplog.text
    assert not next(c for c in [doctor._guarded("trust", doctor._trust)]).ok
    monkeypatch.delenv("TUSHEN_TRUST_ROOTS_DIR")
    settings.cache_clear()
    assert trust_roots() is None and fingerprint() == "" and doctor._trust().ok


def test_signed_files_are_read_again_when_the_list_changes_and_only_they(
    installation: Installation, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = Authority("City Root")
    monkeypatch.setattr(plain, "signer", Holder(root).signer)
    submission = installation.submission()
    signed = installation.hand_in(submission, "signed.pdf", plain.signed(plain.plan()))
    installation.hand_in(submission, "plain.pdf", plain.plan())
    installation.work_off()

    def trust() -> tuple[str, str]:
        (file,) = installation.rows(File, File.id == signed)
        (found,) = file.signatures
        return found["trust"], found["trust_why"]

    assert trust() == ("untrusted", "issuer_unknown")
    for present in (True, False):  # the list comes, and goes again
        if present:
            (folder / "root.pem").write_bytes(root.certificate.public_bytes(Encoding.PEM))
        else:
            (folder / "root.pem").unlink()
        reads = len(installation.rows(Job, Job.kind == "read"))
        with transaction() as session:
            assert len(stale.ask_again(session)) == 1
        installation.work_off()
        assert trust()[0] == ("trusted" if present else "untrusted")
        assert len(installation.rows(Job, Job.kind == "read")) == reads + 1
        with transaction() as session:
            assert stale.ask_again(session) == []


def test_configured_or_not_unsigned_files_never_grow_old(installation: Installation, folder: Path) -> None:
    installation.hand_in(installation.submission(), "plain.pdf", plain.plan())
    installation.work_off()
    (folder / "root.pem").write_bytes(Authority("x").certificate.public_bytes(Encoding.PEM))
    with transaction() as session:
        assert stale.ask_again(session) == []
