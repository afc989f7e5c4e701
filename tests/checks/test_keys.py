"""API keys during a rotation."""

from typing import Any

import pytest

from smoke.checks._world import World
from smoke.checks.keys import checks
from smoke.environment import Environment
from smoke.errors import SecretMissing
from smoke.http import Exchange, FailureKind, Request
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome
from tests.checks.fake_world import NOW, answer, concluded, environment_of, failing, html, json_answer, world_of

ORDERS = json_answer({"items": []})
UNAUTHORIZED = json_answer({"message": "Invalid API key"}, 401)
SECRETS = {"KEY": "current-key", "OLD": "previous-key"}


def made(accepts: Any, secrets: dict[str, str] | None = None, **keys: Any) -> dict[str, Judgement]:
    """Make all checks of one key against an API that answers *accepts* of each key; judgements by id."""
    key = {"path": "/orders", "header": "x-api-key", "current": {"env": "KEY"}, "previous": {"env": "OLD"}, **keys}
    environment = environment_of(keys={"partner": key})
    known = SECRETS if secrets is None else secrets

    def secret(reference: Any) -> str:
        if reference.env not in known:
            raise SecretMissing(f"set {reference.env}", unset=True)
        return known[reference.env]

    def give(request: Request) -> Exchange:
        found: Exchange = accepts(request.headers.get("x-api-key") or request.headers.get("authorization"))
        return found

    def world() -> World:
        return world_of({"https://api.test/orders": give}, environment, secret=secret)

    return {one.id: concluded(one, world()) for one in checks(environment, Release())}


def rotating() -> Environment:
    """Return an environment whose partners may still use the previous key."""
    key = {"path": "/orders", "header": "X-Api-Key", "current": {"env": "KEY"}, "previous": {"env": "OLD"}}
    return environment_of(keys={"partner": key})


def accepting(*known: str) -> Any:
    """Return an API that accepts these keys and no others."""
    return lambda key: ORDERS if key in known else UNAUTHORIZED


def test_the_overlap_is_kept() -> None:
    """Both keys are accepted, and nobody without one."""
    found = made(accepting("current-key", "previous-key"))
    assert {name: one.outcome for name, one in found.items()} == {
        "key/partner-current": Outcome.PASSED,
        "key/partner-previous": Outcome.PASSED,
        "protected/partner-without-key": Outcome.PASSED,
        "protected/partner-wrong-key": Outcome.PASSED,
    }


def test_the_previous_key_is_dead() -> None:
    """Partners who still use the previous key are refused: that fails, and the current key is not blamed."""
    found = made(accepting("current-key"))
    previous = found["key/partner-previous"]
    assert (previous.outcome, previous.cause) == (Outcome.FAILED, Cause.RELEASE)
    assert previous.facts["signature"] == "HTTP 401 with the previous key"
    assert found["key/partner-current"].outcome is Outcome.PASSED
    assert "-key" not in f"{previous.found}{previous.message}"


def test_the_current_key_is_not_known() -> None:
    """The key that partners were told to use is refused."""
    assert made(accepting("previous-key"))["key/partner-current"].outcome is Outcome.FAILED


def test_the_overlap_is_over() -> None:
    """After the promised moment the previous key may be refused; before it, it may not."""
    over = made(accepting("current-key"), previous_until=NOW - 60)["key/partner-previous"]
    assert (over.outcome, over.facts["waived"]) == (Outcome.SKIPPED, "the overlap is over")
    lasting = made(accepting("current-key"), previous_until=NOW + 60)["key/partner-previous"]
    assert lasting.outcome is Outcome.FAILED


def test_open_without_a_key() -> None:
    """An API that serves anybody fails, though every partner is served."""
    found = made(lambda _key: ORDERS)
    assert found["protected/partner-without-key"].outcome is Outcome.FAILED
    assert found["protected/partner-wrong-key"].message.startswith("requests of a wrong key were let in")


def test_any_key_will_do() -> None:
    """An API that only asks whether there is a key fails."""
    found = made(lambda key: ORDERS if key else UNAUTHORIZED)
    assert found["protected/partner-without-key"].outcome is Outcome.PASSED
    assert found["protected/partner-wrong-key"].outcome is Outcome.FAILED


def test_no_rotation_is_under_way() -> None:
    """A previous key that nobody provides is not in rotation: that is said, and holds no verdict for ever."""
    found = made(accepting("current-key"), {"KEY": "current-key"})["key/partner-previous"]
    assert (found.outcome, found.facts["waived"]) == (Outcome.SKIPPED, "no rotation is under way")
    assert found.message == "the previous key: no rotation is under way, as OLD is not set, so it was not looked at"


def test_a_missing_secret_decides_nothing() -> None:
    """Who says until when the previous key works, and does not provide it, cannot tell whether it does."""
    found = made(accepting("current-key"), {"KEY": "current-key"}, previous_until=NOW + 60)["key/partner-previous"]
    assert (found.outcome, found.cause) == (Outcome.UNDECIDED, Cause.CREDENTIALS)
    current = made(accepting("current-key"), {"OLD": "previous-key"})["key/partner-current"]
    assert (current.outcome, current.cause) == (Outcome.UNDECIDED, Cause.CREDENTIALS)


def test_a_previous_key_that_cannot_be_read() -> None:
    """Who means to provide a previous key, and fails to, has a rotation under way."""

    def unreadable(reference: Any) -> str:
        if reference.env == "OLD":
            raise SecretMissing("the file /run/old cannot be read")
        return SECRETS[reference.env]

    (check,) = (one for one in checks(rotating(), Release()) if one.id == "key/partner-previous")
    found = concluded(check, world_of({}, rotating(), secret=unreadable))
    assert (found.outcome, found.cause) == (Outcome.UNDECIDED, Cause.CREDENTIALS)


def test_what_is_told_to_others() -> None:
    """Whether a key is let in at all tells what the refusals of others are worth."""
    assert made(accepting("current-key"))["key/partner-current"].facts["admitted"] is True
    assert made(accepting())["key/partner-current"].facts["admitted"] is False
    assert "admitted" not in made(lambda _key: answer("", 500))["key/partner-current"].facts


def test_nothing_of_the_service_stands_in_for_a_key() -> None:
    """Requests with another key, or without any, go without the header that the service's own requests carry."""
    unsent = {one.id: getattr(one, "unsent", None) for one in checks(rotating(), Release())}
    assert unsent["protected/partner-without-key"] == unsent["protected/partner-wrong-key"] == {"x-api-key"}


def test_bearer() -> None:
    """A key may follow a word, in the header of authorization."""
    found = made(accepting("Bearer current-key"), previous=None, header="authorization", scheme="Bearer")
    assert found["key/partner-current"].outcome is Outcome.PASSED
    assert "key/partner-previous" not in found


@pytest.mark.parametrize(
    "exchange", [answer("", 429), answer("", 500), html("gone", 302), failing(FailureKind.TIMEOUT), answer("", 403)]
)
def test_other_answers_fail(exchange: Exchange) -> None:
    """Whatever is no success is none."""
    assert made(lambda _key: exchange)["key/partner-current"].outcome is Outcome.FAILED


def test_a_retired_key_is_refused() -> None:
    """After a rotation only the new key works: the one before it is refused like none at all."""
    found = made(accepting("current-key"), previous=None, retired={"env": "OLD"})
    assert found["key/partner-current"].outcome is Outcome.PASSED
    assert found["protected/partner-retired-key"].outcome is Outcome.PASSED


def test_a_retired_key_still_opens() -> None:
    """A release that goes on accepting it, or accepts it again, is to blame."""
    found = made(accepting("current-key", "previous-key"), previous=None, retired={"env": "OLD"})
    judgement = found["protected/partner-retired-key"]
    assert (judgement.outcome, judgement.cause) == (Outcome.FAILED, Cause.RELEASE)
    assert "the retired key" in judgement.message


def test_a_retired_key_that_nobody_provides() -> None:
    """Without the key nothing is known: that is nobody's fault but ours."""
    found = made(accepting("current-key"), {"KEY": "current-key"}, previous=None, retired={"env": "OLD"})
    judgement = found["protected/partner-retired-key"]
    assert (judgement.outcome, judgement.cause) == (Outcome.UNDECIDED, Cause.CREDENTIALS)
