"""Whether a role logs in with what it logged in with before: told by so little that it tells nobody the password."""

import hashlib

DIGITS = 4
"""Sixteen bits: two credentials look alike once in 65,536 times, and as many guesses fit each of them."""

WORK = 2**12


def fingerprint(environment: str, role: str, user: str, password: str) -> str:
    """
    Return a few digits that change with the user's name or password.

    They may lie in reports and baselines: whoever has them knows a guess to be wrong, never to be right.
    """
    salt = f"{environment}/{role}".encode()
    content = f"{user}\0{password}".encode()
    return hashlib.scrypt(content, salt=salt, n=WORK, r=8, p=1).hex()[:DIGITS]
