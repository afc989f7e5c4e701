"""Signing the verdict of a run: a warning at worst."""

import hashlib
import json
from pathlib import Path

import pytest

from smoke.attestation.envelope import opened, public_key
from smoke.attestation.signing import FILE, sign, without_key
from smoke.attestation.statement import PAYLOAD_TYPE, contradiction
from smoke.record.run_directory import write_verdict
from smoke.verdict.words import Word
from tests.attestation.keys import pair
from tests.outputs import verdicts

PRIVATE, PUBLIC = pair()


def test_signed(tmp_path: Path) -> None:
    """Where a key is configured the statement lies beside the verdict, and is about its very bytes."""
    write_verdict(tmp_path, verdicts.passing())
    assert sign(tmp_path, {"SMOKE_SIGNING_KEY": PRIVATE}) is None
    payload = opened(json.loads((tmp_path / FILE).read_bytes()), PAYLOAD_TYPE, [public_key(PUBLIC)])
    sha256 = hashlib.sha256((tmp_path / "verdict.json").read_bytes()).hexdigest()
    assert contradiction(json.loads(payload), sha256, Word.PASS) is None


def test_the_key_in_a_file(tmp_path: Path) -> None:
    """The key may lie in a file, as secrets of a platform do."""
    write_verdict(tmp_path, verdicts.failing())
    (tmp_path / "key.pem").write_text(PRIVATE, "utf-8")
    assert sign(tmp_path, {"SMOKE_SIGNING_KEY_FILE": str(tmp_path / "key.pem")}) is None
    assert (tmp_path / FILE).exists()


def test_nobody_asked(tmp_path: Path) -> None:
    """Without a key nothing is written, and nothing said."""
    write_verdict(tmp_path, verdicts.passing())
    assert sign(tmp_path, {}) is None
    assert not (tmp_path / FILE).exists()


@pytest.mark.parametrize(
    ("key", "said"),
    [("", "SMOKE_SIGNING_KEY is empty"), ("garbage", "no private key"), (PUBLIC, "no private key")],
)
def test_a_wrong_key(tmp_path: Path, key: str, said: str) -> None:
    """A wrong key is a warning; a statement about an earlier verdict does not stay."""
    write_verdict(tmp_path, verdicts.passing())
    (tmp_path / FILE).write_text("of an earlier one", "utf-8")
    warning = sign(tmp_path, {"SMOKE_SIGNING_KEY": key})
    assert warning is not None
    assert said in warning
    assert not (tmp_path / FILE).exists()
    assert json.loads((tmp_path / "verdict.json").read_bytes())["verdict"] == "pass"


@pytest.mark.parametrize("content", [None, b"", b"[]", b"{}", b"\xff"])
def test_no_verdict(tmp_path: Path, content: bytes | None) -> None:
    """Where there is no sound verdict nothing is signed."""
    if content is not None:
        (tmp_path / "verdict.json").write_bytes(content)
    warning = sign(tmp_path, {"SMOKE_SIGNING_KEY": PRIVATE})
    assert warning is not None
    assert warning.startswith("the verdict was not signed: ")
    assert not (tmp_path / FILE).exists()


def test_the_key_is_kept_from_others() -> None:
    """Who talks to the target gets everything but the key."""
    environ = {"SMOKE_SIGNING_KEY": "x", "SMOKE_SIGNING_KEY_FILE": "y", "PATH": "/bin"}
    assert without_key(environ) == {"PATH": "/bin"}
