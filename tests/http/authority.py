"""Certificates for tests, made once per process."""

import ssl
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import trustme

PUBLIC = "portal.example.jp"
"""A public name, which the tests only ever reach on loopback."""


@cache
def authority() -> trustme.CA:
    """Return the authority that tests trust."""
    return trustme.CA()


@cache
def stranger() -> trustme.CA:
    """Return an authority that nobody trusts."""
    return trustme.CA(organization_name="nobody")


def certificate(
    *names: str, ca: trustme.CA | None = None, expired: bool = False, early: bool = False
) -> ssl.SSLContext:
    """Return the context of a server that shows a certificate for *names*."""
    now = datetime.now(UTC)
    issued = (ca or authority()).issue_cert(
        *names,
        not_before=now + timedelta(days=1) if early else now - timedelta(days=3),
        not_after=now - timedelta(days=1) if expired else now + timedelta(days=3),
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    issued.configure_cert(context)
    return context


def bundle(folder: Path) -> Path:
    """Write the authority's certificate to a file."""
    file = folder / "ca.pem"
    authority().cert_pem.write_to_path(file)
    return file
