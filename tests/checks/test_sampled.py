"""Sampled checks ask often enough to meet one bad replica, and say where failures lie."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import pytest

from smoke.checks._sampled import SampledCheck, commonest_fault, intern, locate, transport_facts
from smoke.checks._world import World
from smoke.errors import LoginRefused, SecretMissing, SmokeError, WriteRefused
from smoke.http import Exchange, FailureKind, Request
from smoke.verdict.finding import Judgement
from smoke.verdict.tally import Sample
from smoke.verdict.words import Cause, Outcome, Stage
from tests.checks.fake_world import Answer, FakeHttp, answer, concluded, failing, in_turn, world_of

URL = "https://api.test/x"


@dataclass(frozen=True, kw_only=True)
class Plain(SampledCheck):
    """The answer is 200."""

    kind: ClassVar[str] = "plain"
    stage: ClassVar[Stage] = Stage.IMMEDIATE

    obstacle: SmokeError | None = None
    wrong_together: str | None = None

    async def request(self, world: World) -> Request:
        """Return the request, or raise what is in the way."""
        if self.obstacle is not None:
            raise self.obstacle
        return Request("GET", URL)

    def fault(self, exchange: Exchange) -> str | None:
        """Return anything but 200."""
        if exchange.failure:
            return exchange.failure.kind.value
        return None if exchange.status == 200 else f"HTTP {exchange.status}"

    def remark(self, exchange: Exchange) -> str | None:
        """Return what the body says, if anything."""
        return exchange.text() or None

    def together(self, rounds: Sequence[Sequence[Exchange]]) -> str | None:
        """Return what the test says."""
        return self.wrong_together


def judged(made: Answer, **check: object) -> Judgement:
    """Conclude a plain check of three named replicas."""
    plain = Plain(**{"subject": "x", "share": 1 / 3, "replica_header": "X-Replica", **check})  # type: ignore[arg-type]
    return concluded(plain, world_of({URL: made}))


ASKS = {"www-authenticate": 'Basic realm="ops"'}


@pytest.mark.parametrize(
    ("exchange", "request_headers", "asked"),
    [
        (answer("", 401, headers=ASKS), {}, True),
        (answer("", 401), {}, False),
        (answer("", 403, headers=ASKS), {}, False),
        (answer("", 200, headers=ASKS), {}, False),
        (answer("", 401, headers=ASKS), {"Authorization": "Bearer x"}, False),
        (answer("", 401, headers=ASKS), {"cookie": "s=1"}, False),
        (answer("", 401, headers=ASKS, carried=("x-api-key",)), {}, False),
        (failing(), {}, False),
    ],
)
def test_asked_for_a_credential(exchange: Exchange, request_headers: dict[str, str], asked: bool) -> None:
    """That a credential is wanted is a fact where none was sent, and every answer says so."""
    made = replace(exchange, request=Request("GET", URL, headers=request_headers))
    assert transport_facts([made, made]).get("challenged", False) is asked
    assert "challenged" not in transport_facts([made, answer("fine")])


@pytest.mark.parametrize(("share", "first", "later"), [(1.0, 1, 3), (1 / 3, 12, 24), (0.1, 44, 88)])
def test_rounds_grow(share: float, first: int, later: int) -> None:
    """The first round is as large as needed; later ones decide, so they are larger."""
    check = Plain(subject="x", share=share)
    assert (check.times(1), check.times(2), check.times(3)) == (first, later, later)


def test_each_sample_is_asked_for_afresh() -> None:
    """Every sample comes over its own connection."""
    world = world_of({URL: answer()})
    concluded(Plain(subject="x", share=1 / 3), world)
    assert isinstance(world.http, FakeHttp)
    assert [one.fresh for one in world.http.asked] == [True] * 12


def test_remarks_become_notes() -> None:
    """What is noteworthy about good answers is said once."""
    judgement = judged(in_turn(answer("b"), answer("a")))
    assert (judgement.outcome, judgement.facts["noted"]) == (Outcome.PASSED, "a; b")
    assert judgement.message == "12 samples as expected; a; b"


def test_one_sample_reads_in_the_singular() -> None:
    """A service without replicas is asked once."""
    assert judged(answer(), share=1.0).message == "1 sample as expected"


def test_the_commonest_fault_is_named() -> None:
    """Of several faults the commonest is told, and stands as the signature."""
    judgement = judged(in_turn(answer("", 500), answer("", 500), answer("", 502)))
    assert judgement.facts["signature"] == "HTTP 500"
    assert judgement.message == "HTTP 500 in 24 of 24 samples"
    assert judgement.found == "HTTP 500 text/plain"


def test_what_is_wrong_with_all_together_fails() -> None:
    """Answers that look good one by one may not be good together."""
    judgement = judged(answer(), wrong_together="all the same")
    assert (judgement.outcome, judgement.facts["signature"]) == (Outcome.FAILED, "all the same")


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (SecretMissing("no secret"), Cause.CREDENTIALS),
        (LoginRefused("refused"), Cause.CREDENTIALS),
        (WriteRefused("not allowed"), Cause.SUITE),
    ],
)
def test_obstacles_leave_it_undecided(error: SmokeError, cause: Cause) -> None:
    """Without a session or secret nothing is asked and nothing is judged."""
    world = world_of({URL: answer()})
    judgement = concluded(Plain(subject="x", obstacle=error), world)
    assert (judgement.outcome, judgement.cause) == (Outcome.UNDECIDED, cause)
    assert isinstance(world.http, FakeHttp)
    assert not world.http.asked


def test_evidence_for_attribution() -> None:
    """The facts tell what failed underneath HTTP, whether anything answered and whether it was all on this machine."""
    assert judged(failing()).facts["failure_kinds"] == ["connection refused"]
    assert judged(failing()).facts["answered"] is False
    assert transport_facts([answer(local=True)]) == {"answered": True, "local": True}
    assert transport_facts([failing(FailureKind.NAME), answer()])["answered"] is True
    assert transport_facts([answer("", 503, headers={"retry-after": "60"})])["retry_after"] is True
    assert "retry_after" not in transport_facts([answer("", 503)])
    assert transport_facts([]) == {"answered": False}


def test_too_many_requests() -> None:
    """Refusals of too many are told apart from others, those that no run can wait for too, and slowness is told."""
    hurried, patient = answer("", 429), answer("", 429, headers={"retry-after": "3600"})

    assert transport_facts([answer(""), hurried])["too_many"]
    assert "long_rest" not in transport_facts([hurried])
    assert transport_facts([hurried, patient])["long_rest"]
    assert "too_many" not in transport_facts([hurried, answer("", 503)])
    assert transport_facts([replace(answer(""), slowed=True)])["slowed"]
    assert "slowed" not in transport_facts([answer("")])


def some(good: int, bad: int, replica: str | None = None) -> list[Sample]:
    """Return samples of one replica."""
    return [Sample(None, replica)] * good + [Sample("x", replica)] * bad


@pytest.mark.parametrize(
    ("samples", "said"),
    [
        (some(0, 1), "in 1 of 1 sample"),
        (some(8, 4), "in 4 of 12 samples"),
        ([*some(4, 0, "a"), *some(0, 4, "b")], "from replica b (4 of 4); the others are fine"),
        (
            [*some(4, 0, "a"), *some(1, 3, "b"), *some(2, 1, "c")],
            "from replica b (3 of 4), c (1 of 3); the others are fine",
        ),
        ([*some(0, 4, "a"), *some(0, 4, "b")], "in 8 of 8 samples, on every replica"),
        ([*some(0, 4, "a")], "in 4 of 4 samples"),
        ([*some(4, 0, "a"), *some(0, 4, None)], "in 4 of 8 samples"),
    ],
)
def test_locating_failures(samples: list[Sample], said: str) -> None:
    """Failures are located by replica only if every one of them names its replica."""
    assert locate(samples) == said


def test_the_newest_failing_round_names_the_fault() -> None:
    """What was wrong at first may have become something else."""
    assert commonest_fault([[Sample("old")], [Sample("new")]]) == "new"
    assert commonest_fault([[Sample("old")], [Sample()]]) == "old"
    assert commonest_fault([[Sample()]]) is None


def test_equal_bodies_are_held_once() -> None:
    """A dozen samples of one large page cost one page of memory."""
    one, two = intern([answer(b"x" * 5000), answer(bytes(bytearray(b"x" * 5000)))])
    assert one.body is two.body
