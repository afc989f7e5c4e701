"""Envelopes: what one key sealed, that key opens, and no other."""

import base64
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from smoke.attestation.envelope import NotGenuine, opened, payload_of, public_key, sealed
from smoke.errors import UsageError
from tests.attestation.keys import KINDS, pair

TYPE = "application/vnd.in-toto+json"
PRIVATE, PUBLIC = pair()


def envelope(payload: bytes = b"{}") -> dict[str, Any]:
    """Return an envelope sealed with our key."""
    made: dict[str, Any] = json.loads(sealed(payload, TYPE, PRIVATE))
    return made


@pytest.mark.parametrize("kind", KINDS)
def test_there_and_back(kind: str) -> None:
    """Each kind of key opens what it sealed."""
    private, public = pair(kind)
    made = json.loads(sealed(b"content", TYPE, private))
    assert opened(made, TYPE, [public_key(PUBLIC), public_key(public)]) == b"content"


def test_another_reader_of_dsse() -> None:
    """Who knows only the specification verifies it: the signature covers type and content, with their lengths."""
    made = envelope(b'{"a": 1}')
    signature = base64.b64decode(made["signatures"][0]["sig"])
    key = load_pem_public_key(PUBLIC.encode())
    assert isinstance(key, Ed25519PublicKey)
    key.verify(signature, b'DSSEv1 28 application/vnd.in-toto+json 8 {"a": 1}')
    assert (made["payloadType"], base64.b64decode(made["payload"])) == (TYPE, b'{"a": 1}')


@pytest.mark.parametrize("keyid", [None, "", "another name", 3])
def test_the_key_id_is_a_hint(keyid: object) -> None:
    """Whatever name a signature gives its key, only whether the key verifies it counts."""
    made = envelope()
    made["signatures"][0]["keyid"] = keyid
    assert opened(made, TYPE, [public_key(PUBLIC)]) == b"{}"


def test_url_safe_base64() -> None:
    """The specification lets either alphabet stand."""
    made = envelope(b"\xfb\xff\xfe?>")
    made["payload"] = made["payload"].replace("+", "-").replace("/", "_")
    assert opened(made, TYPE, [public_key(PUBLIC)]) == b"\xfb\xff\xfe?>"


@pytest.mark.parametrize(
    "wrong",
    [
        {"payload": base64.b64encode(b'{"x": 1}').decode()},
        {"payload": "e30=\n!"},
        {"payload": 3},
        {"payloadType": "text/plain"},
        {"payloadType": None},
        {"signatures": []},
        {"signatures": {}},
        {"signatures": [3]},
        {"signatures": [{"sig": None}]},
        {"signatures": [{"sig": "AAAA"}]},
        {"signatures": [{"sig": "é"}]},
        {"signatures": [{"sig": "AAAA"}] * 1000},
    ],
)
def test_tampered(wrong: dict[str, object]) -> None:
    """Whatever was changed in it, an envelope is not opened any more."""
    with pytest.raises(NotGenuine):
        opened({**envelope(), **wrong}, TYPE, [public_key(PUBLIC)])


@pytest.mark.parametrize("made", [None, [], "x", 3, {}])
def test_no_envelope(made: object) -> None:
    """What is no envelope at all is said to be none."""
    with pytest.raises(NotGenuine):
        payload_of(made, TYPE)


def test_another_key() -> None:
    """A key that did not sign does not open."""
    with pytest.raises(NotGenuine, match="none of its signatures"):
        opened(envelope(), TYPE, [public_key(pair()[1]), public_key(pair("rsa")[1])])


@pytest.mark.parametrize(
    "pem",
    ["", "garbage", PUBLIC, PRIVATE[:60], PRIVATE.replace("M", "N")],
    ids=["nothing", "garbage", "public", "cut", "altered"],
)
def test_no_private_key(pem: str) -> None:
    """What cannot sign is refused without being quoted."""
    with pytest.raises(UsageError) as raised:
        sealed(b"", TYPE, pem)
    assert PRIVATE.splitlines()[1] not in str(raised.value)


@pytest.mark.parametrize(
    ("pem", "said"), [("", "no public key"), ("garbage", "no public key"), (PRIVATE, "is a private key")]
)
def test_no_public_key(pem: str, said: str) -> None:
    """What cannot verify is refused, above all a private key, which has no place there."""
    with pytest.raises(UsageError, match=said):
        public_key(pem)
