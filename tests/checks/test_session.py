"""A session from before the deploy must live on."""

from dataclasses import replace

import pytest

from smoke.checks._world import Session
from smoke.checks.session import checks
from smoke.http import Exchange, Request
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome
from tests.checks.fake_world import answer, concluded, failing, html, json_answer, world_of
from tests.checks.logins import WHO, LoginApi, portal

OLD = Session("customer", {"Cookie": "session=abc123"})


def judged(api: LoginApi, old: Session | None = OLD, release: Release | None = None) -> Judgement:
    """Make the check of the customer's session."""
    release = release or Release()
    check = next(one for one in checks(portal(), release) if one.id == "session/customer")
    return concluded(check, world_of(api.routes(), portal(), release, old_session=lambda _role: old))


def test_still_accepted() -> None:
    """A session that every replica still accepts passes."""
    assert judged(LoginApi()).outcome is Outcome.PASSED


def test_dead_everywhere() -> None:
    """Sessions that died with the deploy fail the check."""
    found = judged(LoginApi(), replace(OLD, headers={"Cookie": "session=signed-with-the-old-secret"}))

    assert found.outcome is Outcome.FAILED
    assert found.facts["signature"] == "HTTP 401"
    assert found.message.startswith("a session from before the deploy gets HTTP 401 in 24 of 24 samples")
    assert found.message.endswith("and the release declares no end of them")


def test_dead_on_one_replica() -> None:
    """One replica with another secret is found and named."""

    def other_secret(_request: Request, replica: str) -> Exchange | None:
        return answer("", 500, headers={"x-replica": "c"}) if replica == "c" else None

    found = judged(LoginApi(who=other_secret))

    assert found.outcome is Outcome.FAILED
    assert "replica c" in found.message


@pytest.mark.parametrize(
    "exchange", [html("<h1>Sign in</h1>"), answer("", 302, headers={"location": "/login"}), answer("", 204), failing()]
)
def test_other_answers(exchange: Exchange) -> None:
    """A page, a redirect, an empty success or no answer does not prove a living session."""
    assert judged(LoginApi(who=lambda _request, _replica: exchange)).outcome is Outcome.FAILED


def test_none_recorded() -> None:
    """Without a session from before, the check is waived and says what to do."""
    found = judged(LoginApi(), old=None)

    assert (found.outcome, found.facts["waived"]) == (Outcome.SKIPPED, "no baseline")
    assert "smoke prime" in found.message


def test_declared() -> None:
    """A release that declares that it ends sessions is taken at its word."""
    found = judged(LoginApi(), replace(OLD, headers={}), Release(invalidates_sessions=True))

    assert (found.outcome, found.facts["waived"]) == (Outcome.SKIPPED, "declared")


def test_declared_and_broken() -> None:
    """An announced reset may end old sessions, but not answer them with an error."""
    broken = world_of({WHO: json_answer({"error": "JWEDecryptionFailed"}, 500)}, portal(), old_session=lambda _: OLD)
    (check, _) = checks(portal(), Release(invalidates_sessions=True))
    found = concluded(check, broken)

    assert (found.outcome, found.cause) == (Outcome.FAILED, Cause.RELEASE)
    assert found.facts["signature"] == "HTTP 500 in place of a refusal"


def test_nothing_proves_a_session() -> None:
    """Without a path that answers to a session only there is no check."""
    assert list(checks(portal(login={"who": None}), Release())) == []
