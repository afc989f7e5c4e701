"""Faults of sessions, guards and accounts."""

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING

from smoke.demo.faults._registry import fault
from smoke.demo.release import Bug
from smoke.verdict.words import Word

if TYPE_CHECKING:
    from smoke.demo.scene import Scene


@fault("S01", "The signing secret changed by mistake: all sessions die", Word.FAIL)
def new_signing_secret(scene: "Scene") -> None:
    """Start the new release with another session secret."""
    scene.settings = replace(scene.settings, session_secret=secrets.token_hex(32))


@fault("S02", "The session cookie is not stored: login succeeds, nobody is logged in", Word.FAIL)
def cookie_not_stored(scene: "Scene") -> None:
    """Answer logins without Set-Cookie, as a secure cookie behind an untrusted proxy does."""
    scene.after = scene.after.having(Bug.STORES_NO_COOKIE)


@fault("S04", "A protected route is open without login", Word.FAIL)
def open_route(scene: "Scene") -> None:
    """Ship the invoices without their guard."""
    scene.after = replace(scene.after, open_routes=frozenset({"/invoices"}))


@fault("I07", "The password of the test account has expired", Word.INCONCLUSIVE, also_ok=(Word.PASS,))
def expired_account(scene: "Scene") -> None:
    """Expire the customer's password before anything else; the control account stays fine."""
    scene.account_expired = True
