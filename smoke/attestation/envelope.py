"""DSSE envelopes: bytes under a signature, made and opened with PEM keys (Ed25519, ECDSA or RSA)."""

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import Error
from securesystemslib.signer import CryptoSigner, Key, Signature, SSlibKey

from smoke.errors import UsageError

MOST_SIGNATURES = 16
"""More than this nobody puts on one verdict, and each costs time."""

PublicKey = Key
"""What verifies a signature."""

_KEY_FAULTS = (ValueError, TypeError, UnsupportedAlgorithm, Error)


class NotGenuine(Exception):
    """No known key has signed what the envelope holds; the text says why, as the end of a sentence."""


def sealed(payload: bytes, payload_type: str, private_pem: str) -> bytes:
    """Return *payload* in an envelope signed with the key *private_pem*; raises UsageError for what is no such key."""
    try:
        signer = CryptoSigner(load_pem_private_key(private_pem.encode(), password=None))
    except _KEY_FAULTS as error:
        raise UsageError(f"is no private key in PEM without a passphrase ({type(error).__name__})") from error
    envelope = Envelope(payload, payload_type, {})
    envelope.sign(signer)
    return json.dumps(envelope.to_dict(), indent=2).encode() + b"\n"


def public_key(pem: str) -> PublicKey:
    """Return the key that verifies; raises UsageError for what is no public key, above all for a private one."""
    if "PRIVATE KEY" in pem:
        raise UsageError("is a private key; give the public one (`openssl pkey -in FILE -pubout`)")
    try:
        return SSlibKey.from_crypto(load_pem_public_key(pem.encode()))
    except _KEY_FAULTS as error:
        raise UsageError(f"is no public key in PEM ({type(error).__name__})") from error


def opened(envelope: Any, payload_type: str, keys: Sequence[PublicKey]) -> bytes:
    """
    Return the payload of *envelope*, which one of *keys* has signed; raises NotGenuine.

    Every signature is tried with every key, since `keyid` is only a hint (DSSE 1.0.2), which anybody may write.
    """
    payload, signatures = _parts(envelope, payload_type)
    signed = Envelope(payload, payload_type, {}).pae()
    if not any(_verifies(key, signature, signed) for key in keys for signature in signatures):
        raise NotGenuine("none of its signatures is by a key that you gave")
    return payload


def payload_of(envelope: Any, payload_type: str) -> bytes:
    """Return what *envelope* holds, whoever signed it; raises NotGenuine when it is no envelope."""
    return _parts(envelope, payload_type)[0]


def _parts(envelope: Any, payload_type: str) -> tuple[bytes, list[bytes]]:
    if not isinstance(envelope, Mapping) or not isinstance(envelope.get("signatures"), list):
        raise NotGenuine("it is no DSSE envelope")
    if envelope.get("payloadType") != payload_type:
        raise NotGenuine(f"it does not hold {payload_type}")
    signatures = [one.get("sig") for one in envelope["signatures"] if isinstance(one, Mapping)]
    if not 0 < len(signatures) <= MOST_SIGNATURES:
        raise NotGenuine(f"it has {len(signatures)} signatures")
    return _decoded(envelope.get("payload")), [_decoded(one) for one in signatures]


def _decoded(text: object) -> bytes:
    if not isinstance(text, str):
        raise NotGenuine("it is no DSSE envelope")
    try:
        # Standard and URL-safe base64 are both allowed; nothing else may stand between.
        return base64.b64decode(text.translate(str.maketrans("-_", "+/")), validate=True)
    except (binascii.Error, ValueError):
        raise NotGenuine("it is damaged: not base64") from None


def _verifies(key: PublicKey, signature: bytes, signed: bytes) -> bool:
    try:
        key.verify_signature(Signature(key.keyid, signature.hex()), signed)
    except (Error, ValueError):
        return False
    return True
