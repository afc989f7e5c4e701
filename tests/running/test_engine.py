"""All checks of one environment are made at once, after the release has settled, within one budget."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, wait
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from time import monotonic, sleep
from typing import Any, ClassVar

import anyio
import pytest

from smoke.checks._check import Check, Observation
from smoke.checks._world import World
from smoke.errors import SecretMissing
from smoke.http.pacing import RANK, Rank
from smoke.running.engine import Engine, reserve_s
from smoke.running.once import once
from smoke.verdict.finding import Finding, Judgement
from smoke.verdict.words import Cause, Outcome, Stage
from tests.checks.fake_world import answer, environment_of, world_of

PASS = Judgement(Outcome.PASSED, "as promised")
FAIL = Judgement(Outcome.FAILED, "HTTP 500", facts={"signature": "HTTP 500"})
UNCLEAR = Judgement(Outcome.UNDECIDED, "too close to call", Cause.RELEASE, unclear=True)
PAUSE_S = 0.01


@dataclass(frozen=True, kw_only=True)
class FakeCheck(Check):
    """Is judged as told, round by round, the last judgement ever after; *rounds* notes when each began."""

    kind: ClassVar[str] = "fake"
    stage: ClassVar[Stage] = Stage.FUNCTIONAL

    judgements: tuple[Judgement | Exception, ...] = (PASS,)
    takes_s: float = 0.0
    obstacle: tuple[str, str] | None = None
    rounds: list[float] = field(default_factory=list)

    async def observe(self, world: World, round_number: int) -> Observation:
        """Take some time."""
        self.rounds.append(monotonic())
        assert round_number == len(self.rounds)
        await anyio.sleep(self.takes_s)
        return Observation((answer(),), obstacle=self.obstacle)

    def judge(self, rounds: Sequence[Observation]) -> Judgement:
        """Say what was told, or break."""
        said = self.judgements[min(len(rounds), len(self.judgements)) - 1]
        if isinstance(said, Exception):
            raise said
        return said


class Converging(FakeCheck):
    """A check of the converge stage."""

    kind: ClassVar[str] = "converge"
    stage: ClassVar[Stage] = Stage.CONVERGE


class Independent(FakeCheck):
    """A check that says something even while the release is not served."""

    kind: ClassVar[str] = "independent"
    independent: ClassVar[bool] = True


class Ranked(FakeCheck):
    """A check that tells in its obstacle what its requests go before and after, those of its own tasks as well."""

    kind: ClassVar[str] = "ranked"

    async def observe(self, world: World, round_number: int) -> Observation:
        """Look which rank holds in a task of its own."""
        _ = world, round_number
        seen: list[Rank] = []

        async def look() -> None:
            seen.append(RANK.get())

        async with anyio.create_task_group() as group:
            group.start_soon(look)
        return Observation(obstacle=(seen[0].name, "suite"))


class Refining(Ranked):
    """One that looks closer at what others decide."""

    kind: ClassVar[str] = "refining"
    refines: ClassVar[bool] = True


class Keyless(FakeCheck):
    """A check whose requests lack what they must carry, asked one by one or by tasks of its own."""

    kind: ClassVar[str] = "keyless"

    async def observe(self, world: World, round_number: int) -> Observation:
        """Raise what the client raises."""
        _ = world, round_number

        async def ask() -> None:
            raise SecretMissing("requests to api carry X-API-Key, but the variable KEY is not set; set KEY")

        if self.subject == "alone":
            await ask()
        async with anyio.create_task_group() as group:
            group.start_soon(ask)
            group.start_soon(ask)
        return Observation()


class Confirming(FakeCheck):
    """A check of the confirm stage."""

    kind: ClassVar[str] = "confirm"
    stage: ClassVar[Stage] = Stage.CONFIRM


@dataclass
class Desk:
    """An engine, with what it published and kept."""

    engine: Engine
    published: list[Finding] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)

    def findings(self, *checks: Check) -> list[Finding]:
        """Return the findings of *checks*, looked for at once."""
        self.engine.look([one.id for one in checks])
        return [self.engine.finding(one.id) for one in checks]


Make = Callable[..., Desk]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    """Return a maker of started engines, which are closed in the end; those of one test share their lock."""
    desks: list[Desk] = []

    def make(*checks: Check, budget_s: float = 30.0, rounds: int = 3, **more: Any) -> Desk:
        environment = environment_of(confirm={"pause_s": 1, "rounds": rounds}, budget_s=budget_s)

        async def pause(_: float) -> None:
            await anyio.sleep(PAUSE_S)

        def keep(check: Check, _: Sequence[Observation]) -> tuple[str, ...]:
            desk.kept.append(check.id)
            return (f"evidence/{check.subject}",)

        given = {"once": lambda key, produce: once(tmp_path, key, produce), "keep": keep, **more}
        desk = Desk(
            Engine(
                world=world_of({}, environment, pause=pause),
                checks=checks,
                started=monotonic(),
                deadline=monotonic() + budget_s,
                publish=lambda finding: desk.published.append(finding),  # noqa: PLW0108 - the desk is not there yet
                **given,
            )
        )
        desk.engine.start()
        desks.append(desk)
        return desk

    yield make
    for one in desks:
        one.engine.close()


def fakes(count: int, **given: Any) -> list[FakeCheck]:
    """Return checks that differ only in their name."""
    return [FakeCheck(subject=str(number), **given) for number in range(count)]


@pytest.mark.parametrize("subject", ["alone", "together"])
def test_nothing_is_asked_without_its_key(make: Make, subject: str) -> None:
    """Whatever check it is: where a header of the service has no value it is undecided, and says what to provide."""
    check = Keyless(subject=subject)
    (found,) = make(check).findings(check)
    assert (found.outcome, found.cause) == (Outcome.UNDECIDED, Cause.CREDENTIALS)
    assert found.message == "requests to api carry X-API-Key, but the variable KEY is not set; set KEY"


class TestAtOnce:
    """Waiting for many costs no more than waiting for one."""

    def test_fifty_checks(self, make: Make) -> None:
        """Fifty checks of 200 ms do not wait for each other."""
        checks = fakes(50, takes_s=0.2)
        desk, began = make(*checks), monotonic()
        assert {one.outcome for one in desk.findings(*checks)} == {Outcome.PASSED}
        assert monotonic() - began < 8, "one after the other they take 10 s"

    def test_a_slow_check_keeps_no_other_waiting(self, make: Make) -> None:
        """A finding is there as soon as its own check is done."""
        slow, quick = FakeCheck(subject="slow", takes_s=30), FakeCheck(subject="quick")
        desk = make(slow, quick)
        desk.engine.look([slow.id, quick.id])
        assert desk.engine.finding(quick.id).outcome is Outcome.PASSED

    def test_each_check_is_made_once(self, make: Make) -> None:
        """However often it is asked for, a check looks once and is published once."""
        check = FakeCheck(subject="a")
        desk = make(check)
        for _ in range(3):
            desk.findings(check)
        assert len(check.rounds) == len(desk.published) == 1

    def test_a_finding_is_published_before_anybody_has_it(self, make: Make) -> None:
        """Whoever waited for the last one may end the record at once: what is published later would be lost."""
        check = Confirming(subject="a")
        desk = make(check)
        publish = desk.engine.publish

        def publish_late(finding: Finding) -> None:
            sleep(0.2)
            publish(finding)

        desk.engine.publish = publish_late
        wait(desk.engine.confirm())
        assert [one.check for one in desk.published] == [check.id]

    def test_only_what_is_wanted(self, make: Make) -> None:
        """What was not selected is not looked at."""
        wanted, other = fakes(2)
        make(wanted, other).findings(wanted)
        assert other.rounds == []

    def test_what_nobody_started(self, make: Make) -> None:
        """Waiting for a finding starts its check."""
        check = FakeCheck(subject="a")
        assert make(check).engine.finding(check.id).outcome is Outcome.PASSED


class TestConverging:
    """The release settles first."""

    def test_before_all_others(self, make: Make) -> None:
        """No check looks before converging has ended."""
        first, check = Converging(subject="bff", takes_s=0.2), FakeCheck(subject="a")
        make(first, check).findings(check)
        assert check.rounds[0] - first.rounds[0] >= 0.2

    def test_once_a_run(self, make: Make) -> None:
        """Several processes of one run converge once, and all of them know the findings."""
        first = Converging(subject="bff", judgements=(FAIL,))
        desks = [make(first) for _ in range(3)]
        assert [one.engine.settled() for one in desks] == [False] * 3
        assert len(first.rounds) == 1
        assert [one.engine.finding(first.id) for one in desks] == [desks[0].published[0]] * 3

    def test_never_looks_again(self, make: Make) -> None:
        """Converging has waited itself, so that its failure needs no second look."""
        for judgement in (FAIL, UNCLEAR):
            first = Converging(subject=judgement.outcome, judgements=(judgement,))
            make(first, once=lambda _, produce: produce()).engine.settled()
            assert len(first.rounds) == 1

    @pytest.mark.parametrize("judgement", [FAIL, UNCLEAR, ValueError("broken")])
    def test_what_depends_on_it_is_skipped(self, make: Make, judgement: Judgement | Exception) -> None:
        """If it did not converge, for whatever reason, the rest is skipped at once with that reason."""
        first, check = Converging(subject="bff", judgements=(judgement,)), FakeCheck(subject="a")
        finding = make(first, check).findings(check)[0]
        assert (finding.outcome, finding.cause, finding.rounds) == (Outcome.SKIPPED, Cause.SUITE, 0)
        assert finding.message == "not looked at: the release did not settle"
        assert finding.facts == {"blocked_by": "converge"}
        assert check.rounds == []

    def test_a_release_that_does_not_name_itself_is_looked_at(self, make: Make) -> None:
        """It cannot pass, and a broken page is found all the same."""
        untold = Judgement(Outcome.UNDECIDED, "no commit is named", Cause.SUITE, facts={"untold": True})
        first, check = Converging(subject="web", judgements=(untold,)), FakeCheck(subject="a", judgements=(FAIL,))
        desk = make(first, check)
        assert desk.findings(check)[0].outcome is Outcome.FAILED
        assert desk.engine.finding(first.id).outcome is Outcome.UNDECIDED

    def test_advisory_failures_stop_nothing(self, make: Make) -> None:
        """A control host that is away is evidence, not an end."""
        control, check = Converging(subject="control", gating=False, judgements=(FAIL,)), FakeCheck(subject="a")
        assert make(control, check).findings(check)[0].outcome is Outcome.PASSED

    def test_independent_checks_do_not_wait(self, make: Make) -> None:
        """What says something in any case is looked at from the start, and although converging fails."""
        for first in (Converging(subject="bff", takes_s=30), Converging(subject="bff", judgements=(FAIL,))):
            check = Independent(subject="a")
            finding = make(first, check, once=lambda _, produce: produce()).findings(check)[0]
            assert finding.outcome is Outcome.PASSED

    def test_without_converging(self, make: Make) -> None:
        """An environment that tells no release has nothing to wait for."""
        assert make().engine.settled() is True

    def test_a_check_of_converging_that_breaks(self, make: Make) -> None:
        """One that breaks is undecided, and the others keep their findings."""
        broken = Converging(subject="broken", judgements=(ValueError("broken"),))
        well = Converging(subject="well")
        desk = make(broken, well)
        assert desk.engine.settled() is False
        assert [one.outcome for one in desk.published] == [Outcome.UNDECIDED, Outcome.PASSED]


class TestLookingAgain:
    """One failure does not condemn, and what is unclear is looked at again."""

    @pytest.mark.parametrize(
        ("judgements", "rounds", "outcome"),
        [
            ((PASS,), 1, Outcome.PASSED),
            ((FAIL, FAIL), 2, Outcome.FAILED),
            ((FAIL, PASS), 2, Outcome.PASSED),
            ((FAIL, UNCLEAR, FAIL), 3, Outcome.FAILED),
            ((UNCLEAR, PASS), 2, Outcome.PASSED),
            ((UNCLEAR, UNCLEAR, UNCLEAR, FAIL), 3, Outcome.UNDECIDED),
            ((Judgement(Outcome.UNDECIDED, "no secret", Cause.CREDENTIALS),), 1, Outcome.UNDECIDED),
            ((Judgement(Outcome.SKIPPED, "not now"),), 1, Outcome.SKIPPED),
            ((Judgement(Outcome.FAILED, "once", unclear=True), PASS), 2, Outcome.PASSED),
        ],
    )
    def test_rounds(self, make: Make, judgements: tuple[Judgement, ...], rounds: int, outcome: Outcome) -> None:
        """A failure is looked at twice; what is unclear as often as the environment allows; a pass once."""
        check = FakeCheck(subject="a", judgements=judgements)
        finding = make(check).findings(check)[0]
        assert (finding.outcome, finding.rounds, finding.samples) == (outcome, rounds, rounds)

    def test_as_often_as_the_environment_says(self, make: Make) -> None:
        """The environment file bounds the rounds."""
        check = FakeCheck(subject="a", judgements=(UNCLEAR,))
        assert make(check, rounds=5).findings(check)[0].rounds == 5

    def test_pauses_in_between(self, make: Make) -> None:
        """The second look comes after a pause, and a pause delays no other check."""
        failing, well = FakeCheck(subject="a", judgements=(FAIL,)), FakeCheck(subject="b")
        make(failing, well).findings(failing, well)
        assert failing.rounds[1] - failing.rounds[0] >= PAUSE_S
        assert well.rounds[0] < failing.rounds[1]

    def test_an_obstacle_is_undecided(self, make: Make) -> None:
        """What could not be looked at is undecided, with the obstacle's cause; it is not judged."""
        check = FakeCheck(subject="a", obstacle=("PASSWORD is not set", "credentials"), judgements=(ValueError("no"),))
        finding = make(check).findings(check)[0]
        assert (finding.outcome, finding.cause) == (Outcome.UNDECIDED, Cause.CREDENTIALS)
        assert finding.message == "PASSWORD is not set"


class TestBudget:
    """Whatever hangs, a finding is there when the budget ends."""

    def test_a_check_that_hangs(self, make: Make) -> None:
        """What was not finished is undecided, and says so."""
        check = FakeCheck(subject="a", takes_s=60)
        finding = make(check, budget_s=1.2).findings(check)[0]
        assert (finding.outcome, finding.cause) == (Outcome.UNDECIDED, Cause.SUITE)
        assert finding.message == "the budget of 1.2 s ended before it was finished"
        assert finding.facts == {"unmade": "out of budget"}

    def test_a_failure_that_could_not_be_confirmed(self, make: Make) -> None:
        """A failure seen once is undecided, but is said, with its evidence."""
        check = FakeCheck(subject="a", judgements=(FAIL,))

        async def never(_: float) -> None:
            await anyio.sleep_forever()

        desk = make(check, budget_s=1.2)
        object.__setattr__(desk.engine.world, "pause", never)
        finding = desk.findings(check)[0]
        assert (finding.outcome, finding.cause, finding.rounds) == (Outcome.UNDECIDED, Cause.SUITE, 1)
        assert finding.message == "HTTP 500; the budget of 1.2 s ended before it was finished"
        assert finding.facts == {"signature": "HTTP 500", "unmade": "out of budget"}
        assert finding.evidence == ("evidence/a",)

    def test_the_release_takes_all_the_time(self, make: Make) -> None:
        """If converging uses up the budget, what waited for it is skipped in time."""
        first, check = Converging(subject="bff", takes_s=60), FakeCheck(subject="a")
        desk = make(first, check, budget_s=0.3)
        assert desk.findings(check)[0].outcome is Outcome.SKIPPED
        assert desk.engine.finding(first.id).outcome is Outcome.UNDECIDED

    def test_another_process_holds_the_lock_and_hangs(self, make: Make) -> None:
        """If another process converges for ever, the findings are there nevertheless when the budget ends."""
        release = threading.Event()

        def hang(_key: str, _produce: Callable[[], Any]) -> Any:
            release.wait(20)
            return []

        first, check, alone = Converging(subject="bff"), FakeCheck(subject="a"), Independent(subject="b")
        desk = make(first, check, alone, budget_s=1.5, once=hang)
        began = monotonic()
        try:
            waited, independent = desk.findings(check, alone)
            assert desk.engine.settled() is False
            assert monotonic() - began < 5
        finally:
            release.set()
        assert (waited.outcome, waited.facts["blocked_by"]) == (Outcome.SKIPPED, "converge")
        assert independent.outcome is Outcome.PASSED
        assert desk.engine.finding(first.id).facts == {"unmade": "out of budget"}

    def test_time_for_the_last_look_is_kept_back(self, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
        """What hangs until the end leaves enough for the confirm stage."""
        monkeypatch.setattr("smoke.running.engine.reserve_s", lambda budget_s: budget_s - 0.5)
        hanging, last = FakeCheck(subject="a", takes_s=60), Confirming(subject="bff", takes_s=0.05)
        desk = make(hanging, last, budget_s=3.0)
        desk.findings(hanging)
        wait(desk.engine.confirm())
        assert desk.engine.finding(last.id).outcome is Outcome.PASSED

    @pytest.mark.parametrize(("budget_s", "reserved_s"), [(10, 1.0), (30, 3.0), (600, 3.0)])
    def test_reserve(self, budget_s: float, reserved_s: float) -> None:
        """A tenth of the budget is kept back, three seconds at most."""
        assert reserve_s(budget_s) == pytest.approx(reserved_s)

    def test_a_budget_that_is_over(self, make: Make) -> None:
        """A run that begins too late has findings at once."""
        first, check = Converging(subject="bff", takes_s=60), FakeCheck(subject="a")
        desk = make(first, check, budget_s=0.001)
        assert desk.findings(check)[0].outcome is Outcome.SKIPPED
        assert desk.engine.finding(first.id).outcome is Outcome.UNDECIDED


class TestBroken:
    """A crash of our own is undecided, never a pass or a fail."""

    def test_a_check_that_raises(self, make: Make) -> None:
        """The finding says how the check broke; who waits for it gets the exception itself."""
        check = FakeCheck(subject="a", judgements=(ZeroDivisionError("one by nothing"),))
        desk = make(check)
        with pytest.raises(ZeroDivisionError):
            desk.findings(check)
        assert [(one.outcome, one.cause) for one in desk.published] == [(Outcome.UNDECIDED, Cause.SUITE)]
        assert desk.published[0].message == "the check itself broke: ZeroDivisionError: one by nothing"

    def test_the_others_go_on(self, make: Make) -> None:
        """A broken check breaks no other."""
        broken, well = FakeCheck(subject="a", judgements=(ValueError("no"),)), FakeCheck(subject="b", takes_s=0.1)
        desk = make(broken, well)
        desk.engine.look([broken.id, well.id])
        assert desk.engine.finding(well.id).outcome is Outcome.PASSED

    def test_a_lock_that_cannot_be_made(self, make: Make) -> None:
        """Where converging breaks, what waits for it is undecided, not skipped silently."""

        def broken(_key: str, _produce: Callable[[], Any]) -> Any:
            raise PermissionError("no place for the lock")

        check = FakeCheck(subject="a")
        desk = make(check, once=broken)
        with pytest.raises(PermissionError):
            desk.findings(check)
        assert desk.published[0].message == "the check itself broke: PermissionError: no place for the lock"

    def test_not_started(self) -> None:
        """An engine that was not started says so, instead of waiting for ever."""
        engine = Engine(world_of({}), [FakeCheck(subject="a")], 0.0, 0.0, lambda _, produce: produce(), print, _nothing)
        with pytest.raises(RuntimeError, match="the engine was not started"):
            engine.finding("fake/a")


class TestForetelling:
    """A failure is told at once, before it is looked at again."""

    def test_once_and_only_what_is_clear(self, make: Make) -> None:
        """A clear failure is foretold once; an unclear one, and one of the rollout, is not."""
        told: list[str] = []
        clear, unclear = FakeCheck(subject="a", judgements=(FAIL,)), FakeCheck(subject="b", judgements=(UNCLEAR,))
        desk = make(clear, unclear, FakeCheck(subject="c"), provisional=lambda one: told.append(one.check))
        desk.findings(clear, unclear)
        assert told == [clear.id]


class TestClosing:
    """An engine is closed at once, whatever it still does."""

    def test_what_can_be_cancelled(self, make: Make) -> None:
        """Checks under way are cancelled."""
        slow = FakeCheck(subject="slow", takes_s=30)
        desk = make(slow)
        desk.engine.look([slow.id])
        assert desk.engine.close()
        assert desk.engine.close()

    def test_what_cannot(self, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
        """What holds the loop itself is left alone after a while, and the engine says so."""
        monkeypatch.setattr("smoke.running.engine.CLOSING_S", 0.05)
        released, held = Event(), Event()

        def hold(_: float) -> float:
            held.set()
            released.wait(10)
            return 1.0

        desk = make(FakeCheck(subject="a"))
        desk.engine._call(hold, 0.0)
        held.wait(10)
        try:
            assert not desk.engine.close()
        finally:
            released.set()


class TestEvidence:
    """What did not pass keeps what was seen."""

    def test_only_of_what_did_not_pass(self, make: Make) -> None:
        """A check that passed or was skipped leaves nothing behind."""
        failed, passed = FakeCheck(subject="a", judgements=(FAIL,)), FakeCheck(subject="b")
        unclear = FakeCheck(subject="c", judgements=(UNCLEAR,))
        desk = make(failed, passed, unclear)
        findings = desk.findings(failed, passed, unclear)
        assert [one.evidence for one in findings] == [("evidence/a",), (), ("evidence/c",)]
        assert sorted(desk.kept) == ["fake/a", "fake/c"]

    def test_no_room_for_it(self, make: Make) -> None:
        """A full disk changes nothing about what was found."""

        def full(_check: Check, _rounds: Sequence[Observation]) -> tuple[str, ...]:
            raise OSError("No space left on device")

        check = FakeCheck(subject="a", judgements=(FAIL,))
        finding = make(check, keep=full).findings(check)[0]
        assert (finding.outcome, finding.evidence) == (Outcome.FAILED, ())


class TestFinding:
    """What a finding says besides the judgement."""

    def test_who_was_asked_and_how_long(self, make: Make) -> None:
        """Service, gating, start and duration come from the check and the clock."""
        check = FakeCheck(subject="a", service="bff", gating=False, takes_s=0.05)
        finding = make(check).findings(check)[0]
        assert (finding.check, finding.stage, finding.service, finding.gating) == ("fake/a", "functional", "bff", False)
        assert 0 <= finding.started_s < 5
        assert 0.05 <= finding.duration_s < 5

    def test_survives_json(self, make: Make) -> None:
        """A finding is what it was after it went through JSON."""
        check = FakeCheck(subject="a", judgements=(FAIL,))
        finding = make(check).findings(check)[0]
        assert Finding.from_json(finding.to_json()) == finding


class TestClose:
    """In the end nothing goes on."""

    def test_what_still_goes_on_is_cancelled(self, make: Make) -> None:
        """Closing ends what hangs, publishes nothing more and leaves no thread of the loop."""
        hanging = FakeCheck(subject="a", takes_s=60)
        desk = make(hanging)
        desk.engine.look([hanging.id])
        waiting = desk.engine._futures[hanging.id]
        began = monotonic()
        desk.engine.close()
        assert monotonic() - began < 5
        with pytest.raises(CancelledError):
            waiting.result(0)
        assert desk.published == []

    def test_while_converging(self, make: Make) -> None:
        """Closing ends converging too."""
        first = Converging(subject="bff", takes_s=60)
        desk = make(first)
        desk.engine.look([])
        began = monotonic()
        desk.engine.close()
        assert monotonic() - began < 5

    def test_twice(self, make: Make) -> None:
        """Closing again, or without a start, does nothing."""
        desk = make()
        desk.engine.close()
        desk.engine.close()


def test_what_decides_is_asked_first(make: Make) -> None:
    """The requests of a check have its rank: gating ones, those that refine, advisory ones; nobody else's."""
    checks: list[Check] = [Refining(subject="a"), Ranked(subject="b", gating=False), Ranked(subject="c")]
    found = make(*checks).findings(*checks)
    assert [one.message for one in found] == ["REFINING", "ADVISORY", "DECIDING"]


def _nothing(_check: Check, _rounds: Sequence[Observation]) -> tuple[str, ...]:
    return ()
