"""Faults of sessions, guards and accounts."""

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING

from smoke.demo.faults._registry import fault
from smoke.demo.release import Bug, Credential
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


@fault("S03", "A key rotation kills the keys that partners still use", Word.FAIL)
def old_keys_forgotten(scene: "Scene") -> None:
    """Accept the newest API key only, although the overlap was promised."""
    scene.after = scene.after.having(Bug.FORGETS_OLD_KEYS)


@fault("S04", "A protected route is open without login", Word.FAIL)
def open_route(scene: "Scene") -> None:
    """Ship one route without its guard."""
    route = scene.rng.choice(["/invoices", "/subscriptions", "/admin/customers"])
    scene.after = replace(scene.after, open_routes=frozenset({route}))


@fault("S21", "Customers see what only staff may see", Word.FAIL)
def forgotten_roles(scene: "Scene") -> None:
    """Ask nobody for the role."""
    scene.after = scene.after.having(Bug.FORGETS_ROLES)


@fault("S22", "Customers see the invoices of others", Word.FAIL)
def forgotten_owners(scene: "Scene") -> None:
    """Look an invoice up by its number alone."""
    scene.after = scene.after.having(Bug.FORGETS_OWNERS)


@fault("S24", "Whoever asks next sees the account of the one before", Word.FAIL)
def memoised_account(scene: "Scene") -> None:
    """Let each process keep what it read of an account under the address alone; no header tells."""
    scene.after = scene.after.having(Bug.MEMOISES_THE_ACCOUNT)


@fault("S23", "Errors show their stack trace to everybody", Word.FAIL)
def stack_traces(scene: "Scene") -> None:
    """Ship the error filter of development."""
    scene.after = scene.after.having(Bug.SHOWS_TRACES)


@fault("S06", "The payment key has expired, or is of test mode", Word.FAIL)
def wrong_payment_key(scene: "Scene") -> None:
    """Give the new release keys of test mode; half of the time the provider has let them expire."""
    token = scene.rng.randbytes(12).hex()
    scene.settings = replace(scene.settings, payment=Credential(f"pk_test_{token}", f"sk_test_{token}"))
    if scene.rng.random() < 1 / 2:
        scene.expired_payment_keys = frozenset({scene.settings.payment.secret})


@fault("B07", "The login limit counts all users together, as it sees the proxy's address only", Word.FAIL)
def one_bucket_for_all(scene: "Scene") -> None:
    """Let the new release take ten logins in some minutes from whoever comes through the proxy; many customers come."""
    scene.logins_a_minute = 60 * scene.rng.uniform(0.7, 1.3)
    limit = replace(scene.settings.login_limit, most=10, window_s=scene.in_the_field(200), trusts_proxy=False)
    scene.settings = replace(scene.settings, login_limit=limit)


@fault("N08", "A reset of all sessions that the release announces", Word.PASS)
def announced_reset(scene: "Scene") -> None:
    """Start the new release with another session secret, and say so in its manifest."""
    new_signing_secret(scene)
    scene.declares["invalidates_sessions"] = True


@fault(
    "I06", "Attempts of our own have used up the login limit of one account", Word.INCONCLUSIVE, also_ok=(Word.PASS,)
)
def limited_account(scene: "Scene") -> None:
    """Take five logins of an account in some minutes, on both releases; from the deploy on another canary uses ours."""
    limit = replace(scene.settings.login_limit, most=5, window_s=scene.in_the_field(200), by_account=True)
    scene.settings_before = replace(scene.settings_before, login_limit=limit)
    scene.settings = replace(scene.settings, login_limit=limit)
    scene.another_canary = True


@fault("I07", "The password of the test account has expired", Word.INCONCLUSIVE, also_ok=(Word.PASS,))
def expired_account(scene: "Scene") -> None:
    """Expire the customer's password before anything else; the control account stays fine."""
    scene.account_expired = True
