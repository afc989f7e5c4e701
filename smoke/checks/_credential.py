"""Whether a role logs in with what it logged in with before: told by so little that it tells nobody the password."""

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from smoke.checks._world import World

DIGITS = 4
"""Sixteen bits: two credentials look alike once in 65,536 times, and as many guesses fit each of them."""

WORK = 2**12


def credential_of(world: "World", role: str) -> dict[str, str]:
    """Return what the baseline keeps of the credential of *role*; raises SecretMissing."""
    named = world.environment.roles[role]
    user, password = world.secret(named.user), world.secret(named.password)
    return {"credential": fingerprint(user, password)}


def fingerprint(user: str, password: str) -> str:
    """
    Return a few digits that change with the user's name or password.

    They may lie in reports and baselines: whoever has them knows a guess to be wrong, never to be right. They are the
    same wherever the account is used, so that several of them tell no more than one.
    """
    return hashlib.scrypt(password.encode(), salt=user.encode(), n=WORK, r=8, p=1).hex()[:DIGITS]
