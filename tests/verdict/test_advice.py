"""What helps against what failed."""

from typing import Any

import pytest

from smoke.verdict.advice import REMEDIES, advise
from smoke.verdict.finding import Finding
from smoke.verdict.release import Release
from tests.verdict.made import COMMIT, finding, passed, verdict_of

PREVIOUS = "4e77d01aa0b1c2d3e4f5061728394a5b6c7d8e9f"
OLD = {"bff": {"commits": {PREVIOUS: 12}, "replicas": {}}}
NEW = {"bff": {"commits": {COMMIT: 12}, "replicas": {}}}
OTHER = {"bff": {"commits": {"5" * 40: 12}, "replicas": {}}}
MIXED = {"bff": {"commits": {PREVIOUS: 8, COMMIT: 4}, "replicas": {}}}


def wrong(remedy: str = "", check: str = "page/home", **given: Any) -> Finding:
    """Return a failed finding that names *remedy*."""
    return finding(check, facts={"remedy": remedy} if remedy else {}, **given)


@pytest.mark.parametrize(
    ("remedies", "observed", "advice"),
    [
        ([""], {}, "roll back bff"),
        (["purge"], {}, "purge the cache; a rollback would not help"),
        (["purge", "repair"], {}, "purge the cache and repair the data; a rollback would not help"),
        (["", "purge"], {}, "roll back bff and purge the cache"),
        (["no-op"], OLD, "nothing to roll back, as the previous release is serving"),
        (["no-op", ""], OLD, "nothing to roll back, as the previous release is serving"),
        (["no-op"], MIXED, "roll back bff"),
        (["no-op"], {}, "roll back bff"),
        (["something unheard of"], {}, "roll back bff"),
    ],
)
def test_advice(remedies: list[str], observed: dict[str, object], advice: str) -> None:
    """What a rollback does not reach is named; where it still helps, it comes first; where it is done, it is none."""
    guilty = [wrong(one, f"page/{number}") for number, one in enumerate(remedies)]
    assert advise(guilty, "roll back bff", observed, COMMIT) == advice


@pytest.mark.parametrize("remedy", [one for one in REMEDIES if one != "no-op"])
def test_the_verdict_says_it(remedy: str) -> None:
    """The advice stands in the verdict and its summary; the action stays the contract's."""
    verdict = verdict_of(passed("page/login"), wrong(remedy, service="web"))
    assert verdict.action == "rollback"
    assert verdict.advice == f"{REMEDIES[remedy].do}; a rollback would not help"
    assert verdict.summary.endswith(REMEDIES[remedy].why)
    assert verdict.to_json()["advice"] == verdict.advice
    assert next(one for one in verdict.to_json()["checks"] if one["id"] == "page/home")["remedy"] == remedy


def test_the_previous_release_serves() -> None:
    """If nothing but the previous commit is served, a rollback changes nothing, whatever else failed."""
    stuck = wrong("no-op", "converge/bff", service="bff")
    stuck.facts["census"] = OLD["bff"]  # type: ignore[index]
    verdict = verdict_of(stuck, wrong(), release=Release(commit=COMMIT, previous=PREVIOUS))
    assert verdict.advice == REMEDIES["no-op"].do
    assert verdict.summary.endswith(REMEDIES["no-op"].why)


@pytest.mark.parametrize(
    ("observed", "advice"),
    [
        (NEW, "NOT RESTORED: the condemned 9f1c2ab is still served by bff; restore 4e77d01 by hand, now"),
        (MIXED, "NOT RESTORED: the condemned 9f1c2ab is still served by bff; restore 4e77d01 by hand, now"),
        (OTHER, "NOT RESTORED: nothing is seen to serve 4e77d01; look at what is live, now"),
        (OLD, "4e77d01 is back but not sound: look at what is live, now"),
    ],
)
def test_after_a_rollback(observed: dict[str, Any], advice: str) -> None:
    """Where the release that was to come back is not there, or not sound, there is no other to go back to."""
    stuck = wrong("no-op", "converge/bff", service="bff")
    stuck.facts["census"] = observed["bff"]  # type: ignore[index]
    verdict = verdict_of(stuck, release=Release(commit=PREVIOUS, condemned=COMMIT))
    assert (verdict.advice, verdict.rollback_helps) == (advice, False)
    assert verdict.summary.endswith("there is no other to go back to.")


def test_after_a_rollback_of_one_service() -> None:
    """What the rollback left alone may serve on what it served: only the service that was rolled back is spoken of."""
    unsound = finding("page/home", service="web")
    served = finding("converge/bff", "passed", service="bff", facts={"census": NEW["bff"]})
    back = finding("converge/web", "passed", service="web", facts={"census": OLD["bff"]})
    release = Release(commit=PREVIOUS, condemned=COMMIT, services=("web",))
    verdict = verdict_of(unsound, served, back, release=release)
    assert verdict.advice == "4e77d01 is back but not sound: look at what is live, now"


def test_every_service_is_at_fault() -> None:
    """If all services are at fault the system is named, not each of them; what found the same is said once."""
    down = [finding(f"converge/{one}", service=one, facts={"signature": "HTTP 503"}) for one in ("bff", "web")]
    verdict = verdict_of(*down)
    assert verdict.advice == "roll back all of portal"
    assert verdict.summary == "converge/bff and web: HTTP 500 in 12 of 12 samples."


def test_one_page_in_place_of_everything() -> None:
    """A maintenance page before several services was not put there by one of them."""
    facts = {"one_page": "ab12", "closed": "back soon", "signature": "a page"}
    closed = [finding(f"converge/{one}", service=one, facts=facts) for one in ("bff", "web")]
    verdict = verdict_of(*closed)
    assert verdict.advice == "take the maintenance page down; a rollback would not help"
    assert "one page stands in place of every service" in verdict.summary


@pytest.mark.parametrize("facts", [{"one_page": "ab12"}, {"one_page": "ab12", "closed": "back soon"}])
def test_a_page_of_one_service(facts: dict[str, str]) -> None:
    """A page of one service, or one that does not say that the site is closed, may be the release's."""
    pages = [finding(f"page/{one}", service="web", facts=facts) for one in ("home", "login")]
    assert verdict_of(*pages).advice == "roll back web"


def test_a_hold_says_what_would_decide_it() -> None:
    """The advice of a hold is what its first finding says would decide it."""
    facts = {"decider": "ask again tomorrow"}
    verdict = verdict_of(passed("page/login"), finding("page/x", "undecided", cause="runner", facts=facts))
    assert verdict.advice == "ask again tomorrow"
    assert verdict.summary.endswith("Ask again tomorrow.")
    assert verdict.to_json()["checks"][1]["decider"] == "ask again tomorrow"
