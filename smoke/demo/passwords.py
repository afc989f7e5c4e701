"""Passwords as the portal keeps them: salted and hashed with scrypt."""

import hashlib
import hmac
import secrets

_COST = {"n": 2**12, "r": 8, "p": 1}


def hashed(password: str) -> str:
    """Return *password* as it is stored."""
    salt = secrets.token_bytes(16)
    return f"{salt.hex()}${hashlib.scrypt(password.encode(), salt=salt, **_COST).hex()}"


def matches(password: str, stored: str) -> bool:
    """Tell whether *password* is the one that was stored."""
    salt, _, digest = stored.partition("$")
    found = hashlib.scrypt(password.encode(), salt=bytes.fromhex(salt), **_COST).hex()
    return hmac.compare_digest(found, digest)
