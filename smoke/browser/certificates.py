"""Fingerprints of the keys in a CA bundle, in the form in which Chromium takes them."""

import base64
import hashlib
import re
import ssl
from collections.abc import Iterator
from pathlib import Path

from smoke.errors import ConfigurationError

_PEM = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)
_VERSION_TAG = 0xA0
_LONG_FORM = 0x80
_FIELDS_BEFORE_KEY = 5
"""serialNumber, signature, issuer, validity, subject (RFC 5280, section 4.1)."""


def fingerprints(bundle: Path) -> tuple[str, ...]:
    """
    Return base64 SHA-256 of the public key information of each certificate in *bundle* (PEM).

    Raises ConfigurationError when the bundle cannot be read or holds no certificate.
    """
    try:
        found = _PEM.findall(bundle.read_text(encoding="utf-8", errors="replace"))
        keys = tuple(fingerprint(ssl.PEM_cert_to_DER_cert(one)) for one in found)
    except OSError as error:
        raise ConfigurationError(f"{bundle}: cannot be read ({error.strerror}); provide the CA bundle") from error
    except (ValueError, IndexError) as error:
        raise ConfigurationError(f"{bundle}: holds a damaged certificate; provide the CA bundle anew") from error
    if not keys:
        raise ConfigurationError(f"{bundle}: holds no certificate; provide a CA bundle in PEM")
    return keys


def fingerprint(certificate: bytes) -> str:
    """Return base64 SHA-256 of the public key information of a certificate in DER; raises like `public_key_info`."""
    return base64.b64encode(hashlib.sha256(public_key_info(certificate)).digest()).decode()


def public_key_info(certificate: bytes) -> bytes:
    """
    Return the DER of SubjectPublicKeyInfo in a DER certificate (RFC 5280, section 4.1).

    Raises ValueError or IndexError for anything else.
    """
    whole = list(_elements(certificate, 0, len(certificate)))[0]  # noqa: RUF015 - an IndexError is wanted
    body = list(_elements(certificate, whole[1], whole[2]))[0]  # noqa: RUF015 - likewise
    fields = [one for one in _elements(certificate, body[1], body[2]) if certificate[one[0]] != _VERSION_TAG]
    start, _, end = fields[_FIELDS_BEFORE_KEY]
    return certificate[start:end]


def _elements(data: bytes, position: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Yield start, start of the content and end of each DER element in a range."""
    while position < end:
        length, content = data[position + 1], position + 2
        if length & _LONG_FORM:
            size = length & ~_LONG_FORM
            length, content = int.from_bytes(data[content : content + size]), content + size
        if content + length > end:
            raise ValueError("a DER element is longer than what holds it")
        yield position, content, content + length
        position = content + length
