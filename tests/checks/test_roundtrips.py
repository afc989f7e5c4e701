"""What is written must be readable as soon as before, and go again."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import anyio
import pytest

from smoke.checks._check import Observation
from smoke.checks._lags import UNSEEN_BEFORE, UNSEEN_NOW
from smoke.checks.roundtrips import RoundtripCheck, checks
from smoke.environment import Environment
from smoke.errors import SmokeError
from smoke.http import Exchange, FailureKind, Request
from smoke.verdict.finding import Judgement
from smoke.verdict.plan import Before
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome
from tests.checks.fake_world import (
    Clock,
    FakeHttp,
    answer,
    concluded,
    environment_of,
    failing,
    html,
    json_answer,
    world_of,
)

NOTE = {
    "name": "note",
    "path": "/notes",
    "body": {"text": "smoke {unique}"},
    "read_path": "/notes/{id}",
    "at": "text",
    "cleanup_path": "/notes/{id}",
    "within_s": 4,
    "slower_s": 0.5,
}
WRITES = [{"name": "notes", "methods": ["POST", "DELETE"], "path": "/notes*"}]


@dataclass
class Notes(FakeHttp):
    """A service of notes on three replicas; its reads lag, or it answers what a test wants instead."""

    lag_s: float = 0.0
    lagging: str = "abc"
    instead: Callable[[Request, str], Exchange | None] = lambda _request, _replica: None
    kept: dict[str, tuple[float, str]] = field(default_factory=dict)
    made: int = 0
    read_takes_s: float = 0.01

    def _answer(self, request: Request) -> Exchange:
        replica = "abc"[len(self.asked) * 7 % 11 % 3]
        self.asked.append(request)
        given = self.instead(request, replica) or self._own(request, replica)
        listed = (*given.header_list, ("x-replica", replica))
        took_s = self.read_takes_s if request.method == "GET" else 0.01
        return Exchange(request, self.clock.now(), took_s, given.status, listed, given.body, failure=given.failure)

    def _own(self, request: Request, replica: str) -> Exchange:
        note = request.url.rpartition("/")[2]
        if request.method == "POST":
            self.made += 1
            self.kept[str(self.made)] = (self.clock.elapsed_s, request.json["text"])
            return json_answer({"id": self.made}, 201)
        if request.method == "DELETE":
            return answer("", 204 if self.kept.pop(note, None) else 404)
        at, text = self.kept.get(note, (0.0, ""))
        late = replica in self.lagging and self.clock.elapsed_s < at + self.lag_s
        return json_answer({"text": text}) if text and not late else json_answer({"message": "not found"}, 404)


def environment(**keys: Any) -> Environment:
    """Return an environment with the roundtrip."""
    return environment_of(roundtrips=[{**NOTE, **keys}], writes=WRITES)


def judged(notes: Notes, before_lag_s: float | None = None, budget_s: float = 120.0, **keys: Any) -> Judgement:
    """Make the roundtrip, after a deploy before which reads lagged *before_lag_s*."""
    made = environment(**keys)
    (check,) = checks(made, Release())
    known = None if before_lag_s is None else Before(Outcome.PASSED, measured={"lag_s": before_lag_s})
    notes.clock = clock = Clock()
    world = world_of(
        {},
        made,
        http=notes,
        pause=clock.pause,
        now=clock.now,
        remaining_s=lambda: budget_s - clock.elapsed_s,
        before=lambda _: known,
    )
    return concluded(check, world)


def test_at_once() -> None:
    """Twelve are written, each with its own text, read at once and removed."""
    notes = Notes({})
    found = judged(notes, 0.0)
    assert (found.outcome, found.message) == (Outcome.PASSED, "12 written, read back at once and removed")
    assert found.facts["measured"] == {"lag_s": 0.0}
    assert notes.kept == {}
    texts = [request.json["text"] for request in notes.asked if request.method == "POST"]
    assert len(set(texts)) == 12
    assert all(text.startswith("smoke smokegate-") for text in texts)
    assert {request.write for request in notes.asked if request.method != "GET"} == {"notes"}


def test_later_than_before() -> None:
    """Reads that lag behind since the release fail, although what was written shows in the end."""
    found = judged(Notes({}, lag_s=1.2), 0.0)
    assert (found.outcome, found.cause) == (Outcome.FAILED, Cause.RELEASE)
    assert found.facts["signature"] == "what was written cannot be read at once, as it could be before the deploy"
    assert "it shows about 1.2 s later" in found.message
    assert found.facts["measured"]["lag_s"] == pytest.approx(1.25)


def test_one_lagging_replica() -> None:
    """A single replica that reads behind is found."""
    assert judged(Notes({}, lag_s=1.2, lagging="b"), 0.0).outcome is Outcome.FAILED


def test_as_late_as_before() -> None:
    """A product that always took its time may go on to."""
    assert judged(Notes({}, lag_s=1.2), 1.5).outcome is Outcome.PASSED
    assert judged(Notes({}, lag_s=3.2), 1.5).facts["signature"] == (
        "what was written can be read only later than before the deploy"
    )


def test_without_baseline() -> None:
    """What cannot be compared is said."""
    found = judged(Notes({}, lag_s=1.2))
    assert found.outcome is Outcome.PASSED
    assert found.facts["noted"] == "how soon it could be read before the deploy is not known"


def test_reads_that_come_too_late() -> None:
    """A machine too busy to read soon looks again, and in the end says what it could not see."""
    notes = Notes({}, read_takes_s=2.5)
    found = judged(notes, 0.0)
    assert (found.outcome, notes.made) == (Outcome.PASSED, 12 + 24 + 24)
    assert "a shorter lag would not show" in found.facts["noted"]


def test_reads_that_come_too_late_in_a_hurry() -> None:
    """What may not be finished in time is not begun again: it is said what could not be seen."""
    notes = Notes({}, read_takes_s=2.5)

    def busy(request: Request, _replica: str) -> Exchange | None:
        notes.clock.elapsed_s += 2.0 if request.method == "POST" else 0.0
        return None

    notes.instead = busy
    found = judged(notes, 0.0, budget_s=60.0)
    assert (found.outcome, notes.made) == (Outcome.PASSED, 12)
    assert "a shorter lag would not show" in found.facts["noted"]


@pytest.mark.parametrize("before", [None, 0.0, 60.0])
def test_never(before: float | None) -> None:
    """What does not show within its time fails, whatever was before."""
    notes = Notes({}, lag_s=60)
    found = judged(notes, before)
    assert found.facts["signature"] == "what was written cannot be read 4 s later"
    assert found.outcome is Outcome.FAILED
    assert "measured" not in found.facts
    assert notes.kept == {}


def instead(method: str, given: Exchange, replicas: str = "abc") -> Callable[[Request, str], Exchange | None]:
    """Answer all requests with this method so, on some replicas."""
    return lambda request, replica: given if request.method == method and replica in replicas else None


@pytest.mark.parametrize(
    ("method", "given", "signature"),
    [
        ("POST", json_answer({"message": "read-only"}, 500), "POST /notes: HTTP 500"),
        ("POST", html("<h1>Oops</h1>", 201), "POST /notes: HTML instead of JSON"),
        ("POST", html("<h1>Login</h1>"), "POST /notes: HTML instead of JSON"),
        ("POST", answer("", 201), "POST /notes: an empty body instead of JSON"),
        ("POST", json_answer({}, 201), "POST /notes: no id at id"),
        ("POST", json_answer({"id": True}, 201), "POST /notes: no id at id"),
        ("POST", answer("", 401), "POST /notes: HTTP 401"),
        ("POST", answer("", 403), "POST /notes: HTTP 403"),
        ("POST", answer("", 404), "POST /notes: HTTP 404"),
        ("POST", answer("", 429), "POST /notes: HTTP 429"),
        ("POST", failing(FailureKind.TIMEOUT), "POST /notes: timeout"),
        ("GET", answer("", 500), "GET /notes/{id}: HTTP 500"),
        ("GET", failing(FailureKind.RESET), "GET /notes/{id}: connection reset"),
        ("GET", json_answer({"text": "another"}), "what was written cannot be read 4 s later"),
        ("GET", html("<h1>Hello</h1>"), "what was written cannot be read 4 s later"),
        ("DELETE", answer("", 500), "DELETE /notes/{id}: HTTP 500"),
    ],
)
def test_broken(method: str, given: Exchange, signature: str) -> None:
    """Whatever a service does wrong with a write fails, in words that stay the same."""
    found = judged(Notes({}, instead=instead(method, given)), 0.0)
    assert (found.outcome, found.facts["signature"]) == (Outcome.FAILED, signature)


def test_one_read_only_replica() -> None:
    """A replica that takes no writes is found and named."""
    found = judged(Notes({}, instead=instead("POST", answer("", 500), "c")), 0.0)
    assert found.outcome is Outcome.FAILED
    assert "from replica c" in found.message


def test_one_failure_is_noted() -> None:
    """A single reset is no fault."""
    failures = iter([failing(FailureKind.RESET)])
    notes = Notes({}, instead=lambda request, _: next(failures, None) if request.method == "POST" else None)
    found = judged(notes, 0.0)
    assert found.outcome is Outcome.PASSED
    assert found.facts["noted"] == "POST /notes: connection reset, not seen again"


def test_left_over() -> None:
    """What could not be removed is said, with its id."""
    notes = Notes({}, instead=instead("DELETE", answer("", 403)))
    found = judged(notes, 0.0, times=1)
    assert found.facts["noted"].startswith("4 could not be removed afterwards: ")
    assert "1: HTTP 403" in found.facts["noted"]


def test_removal_without_an_answer() -> None:
    """A removal that got no answer is made again; one that never gets any is no fault, but told."""
    asked: set[str] = set()

    def first_lost(request: Request, _replica: str) -> Exchange | None:
        again = request.method != "DELETE" or request.url in asked
        asked.update([request.url] if request.method == "DELETE" else [])
        return None if again else failing(FailureKind.RESET)

    notes = Notes({}, instead=first_lost)
    found = judged(notes, 0.0)
    assert (found.outcome, notes.kept) == (Outcome.PASSED, {})
    assert "noted" not in found.facts
    silent = judged(Notes({}, instead=instead("DELETE", failing(FailureKind.TIMEOUT))), 0.0)
    assert silent.outcome is Outcome.PASSED
    assert silent.facts["noted"].startswith("12 could not be removed afterwards: ")


@pytest.mark.parametrize("before", [0.0, 0.3])
def test_a_lag_too_short_to_matter(before: float) -> None:
    """Reads that lag a moment, less than may be, are no fault."""
    found = judged(Notes({}, lag_s=0.2), before)
    assert found.outcome is Outcome.PASSED
    assert found.message == "12 written, read back after 0.2 s and removed"


@pytest.mark.parametrize(("status", "fixture"), [(409, True), (422, True), (500, False), (404, False)])
def test_conflict(status: int, fixture: bool) -> None:
    """That something is in the way already tells of test data, not of a broken write."""
    found = judged(Notes({}, instead=instead("POST", answer("", status))))
    assert found.facts["fixture"] is fixture


def test_times() -> None:
    """The file may say how many writes are enough."""
    notes = Notes({})
    judged(notes, 0.0, times=2)
    assert notes.made == 2


def test_too_late_to_begin() -> None:
    """Nothing is written that could not be removed again."""
    notes = Notes({})
    found = judged(notes, budget_s=5.0)
    assert (found.outcome, found.cause, notes.asked) == (Outcome.UNDECIDED, Cause.SUITE, [])


def test_too_late_to_look_again() -> None:
    """A failure that could not be looked at again is told, and condemns nobody."""
    notes = Notes({}, instead=instead("POST", answer("", 500)))
    (check,) = checks(environment(), Release())
    seen = anyio.run(check.observe, world_of({}, environment(), http=notes), 1)
    found = check.judge([seen, Observation(facts={"cut": True})])
    assert (found.outcome, found.cause) == (Outcome.UNDECIDED, Cause.SUITE)
    assert found.message.startswith("POST /notes: HTTP 500 in 12 of 12 samples")


def test_cancelled_on_the_way() -> None:
    """Even when the run is stopped while a write is followed, it is removed."""
    notes = Notes({}, lag_s=60)

    async def stop() -> None:
        made = environment()
        (check,) = checks(made, Release())
        with anyio.CancelScope() as scope:

            async def pause(_seconds: float) -> None:
                scope.cancel()
                await anyio.sleep(1)

            await check.observe(world_of({}, made, http=notes, pause=pause), 1)

    anyio.run(stop)
    assert notes.made == 12
    assert notes.kept == {}


def test_write_that_is_refused() -> None:
    """Where the guard refuses the write the check is undecided."""

    def refused(request: Request, _replica: str) -> Exchange | None:
        raise SmokeError(f"{request.method} is not allowed")

    assert judged(Notes({}, instead=refused)).outcome is Outcome.UNDECIDED


def test_no_roundtrips() -> None:
    """Where none is described, none is made."""
    assert list(checks(environment_of(), Release())) == []


def test_reproduce() -> None:
    """The write can be repeated by hand."""
    (check,) = checks(environment(), Release())
    assert isinstance(check, RoundtripCheck)
    assert check.reproduce() == "curl -X POST https://api.test/notes"
    assert check.judge([Observation(facts={"cut": True})]).outcome is Outcome.UNDECIDED


def test_a_slow_look_is_no_end_of_the_time() -> None:
    """A look that was long on its way, past the limit, is followed by one that was begun after it."""
    notes = Notes({}, lag_s=1.3)
    notes.takes_s = 0.0

    async def slow(request: Request, times: int) -> tuple[Exchange, ...]:
        answers = tuple(notes._answer(request) for _ in range(times))
        notes.clock.elapsed_s += 6.0 if times > 1 else 0.0
        return answers

    notes.sample = slow  # type: ignore[method-assign]
    found = judged(notes, 1.4)
    assert found.outcome is Outcome.PASSED


def test_a_lag_that_could_not_be_seen_before() -> None:
    """Where the reads of before came late, nobody knows whether a lag shorter than that was there already."""
    (check,) = checks(environment(), Release())
    trip = {
        "fault": None,
        "replica": "a",
        "late": True,
        "gap_s": 0.1,
        "conflict": False,
        "left": None,
        "unremoved": None,
    }
    for unseen_s, outcome in ((0.0, Outcome.FAILED), (2.0, Outcome.UNDECIDED)):
        facts = {"trips": [trip] * 12, "lag_s": 1.5, "hidden_s": 1.2, "before": 0.0, "unseen_s": unseen_s}
        assert check.judge([Observation(facts=facts)] * 2).outcome is outcome
    assert check.judge([Observation(facts=facts)] * 2).message == UNSEEN_BEFORE
    seen = {**facts, "before": 1.4}
    assert check.judge([Observation(facts=seen)] * 2).outcome is Outcome.PASSED


def test_a_lag_that_looks_too_seldom_to_measure() -> None:
    """What is late now and never was, by nobody knows how much, is no pass; what was late before is as it was."""
    (check,) = checks(environment(), Release())
    trip = {"fault": None, "replica": "a", "late": True, "gap_s": 0.1, "conflict": False, "left": None}
    facts = {"trips": [{**trip, "unremoved": None}] * 12, "lag_s": 3.0, "hidden_s": 0.1, "unseen_s": 0.0}
    found = check.judge([Observation(facts={**facts, "before": 0.0})])
    assert (found.outcome, found.cause, found.unclear) == (Outcome.UNDECIDED, Cause.RUNNER, True)
    assert found.message == UNSEEN_NOW
    assert check.judge([Observation(facts={**facts, "before": 0.2})]).outcome is Outcome.PASSED


def test_a_short_lag_is_measured_while_others_write() -> None:
    """What is late is read again at once: when all have written it would show, and nobody knew how late it was."""
    notes = Notes({}, lag_s=1.1)

    def busy(request: Request, _replica: str) -> Exchange | None:
        notes.clock.elapsed_s += 0.3 if request.method == "GET" else 0.0
        return None

    notes.instead = busy
    assert judged(notes, 0.0).outcome is Outcome.FAILED
