"""What a beat does after everybody was told: the baseline, and what is forgotten."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from smoke import baseline
from smoke.baseline import Baseline
from smoke.canary import housekeeping
from smoke.canary.baselines import forget_sessions, keep_baseline
from smoke.canary.schedule import Known
from smoke.environment.canary import Canary
from smoke.history import runs
from smoke.history.records import Deploy
from smoke.verdict.plan import Before
from smoke.verdict.release import Release
from smoke.verdict.words import Outcome
from tests.canary.receiver import receiving
from tests.canary.simulation import BEGAN, A, B, Script, World

ENVIRONMENT = "portal/prod"
DAY_S = 86400.0


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Return a sound world."""
    with receiving() as received:
        made = World(tmp_path, received.url, Script(ends="", live=[("08:00", A)]))
        yield made
        made.history.close()


def deploy(begun: float, ended: float | None = None, verdict: str | None = None) -> Deploy:
    """Return a deploy of release B."""
    return Deploy(1, ENVIRONMENT, begun, B, A, ended, verdict)


class TestBaseline:
    """The canary's latest pass is the baseline of the next verification."""

    def test_kept(self, world: World) -> None:
        """A pass is what the next release is compared with; it fits the next release, not its own."""
        world.look("run-1")
        assert keep_baseline(world.state, world.reports / ENVIRONMENT / "run-1", None)
        known = baseline.load(world.state, ENVIRONMENT)
        assert known is not None
        assert (known.run_id, known.commit, known.sessions) == ("run-1", A, {})
        assert known.before["page/home"].outcome is Outcome.PASSED
        assert known.unfit_for(Release(commit=B, previous=A)) is None
        assert known.unfit_for(Release(commit=A)) is not None

    def test_not_of_a_failure(self, world: World) -> None:
        """What failed is no baseline: it would excuse the next release."""
        world.script.failures = [("08:00", "09:00", ("page/home",))]
        world.look("run-1")
        assert not keep_baseline(world.state, world.reports / ENVIRONMENT / "run-1", None)
        assert baseline.load(world.state, ENVIRONMENT) is None

    def test_not_during_a_deploy(self, world: World) -> None:
        """While a deploy goes on its own priming counts."""
        world.look("run-1")
        assert not keep_baseline(world.state, world.reports / ENVIRONMENT / "run-1", deploy(BEGAN))

    def test_not_over_a_newer_one(self, world: World) -> None:
        """What was primed after the look had begun stays."""
        world.look("run-1")
        primed = Baseline("primed", BEGAN + 5, {"page/home": Before(Outcome.FAILED)})
        baseline.save(world.state, ENVIRONMENT, primed)
        assert not keep_baseline(world.state, world.reports / ENVIRONMENT / "run-1", None)
        world.pass_(10)
        world.look("run-2")
        assert keep_baseline(world.state, world.reports / ENVIRONMENT / "run-2", None)

    @pytest.mark.parametrize(
        ("newest", "forgotten"),
        [
            (None, True),
            (deploy(BEGAN, BEGAN + 60, "pass"), True),
            (deploy(BEGAN, BEGAN + 60, "inconclusive"), False),
            (deploy(BEGAN), False),
            (deploy(BEGAN - 3600), True),
        ],
    )
    def test_sessions(self, tmp_path: Path, newest: Deploy | None, forgotten: bool) -> None:
        """Sessions serve the verification of one deploy; then they are forgotten, before they end by themselves."""
        primed = Baseline("primed", BEGAN, {}, {}, {"customer": {"Cookie": "s=1"}})
        baseline.save(tmp_path, ENVIRONMENT, primed)
        forget_sessions(tmp_path, ENVIRONMENT, newest, Canary(), BEGAN + 120)
        known = baseline.load(tmp_path, ENVIRONMENT)
        assert known is not None
        assert (known.sessions == {}) is forgotten

    def test_a_damaged_one(self, tmp_path: Path, world: World) -> None:
        """A baseline that cannot be read is replaced."""
        baseline.save(world.state, ENVIRONMENT, Baseline("primed", BEGAN, {}))
        (world.state / "baseline" / ENVIRONMENT / "outcomes.json").write_text("{", "utf-8")
        forget_sessions(world.state, ENVIRONMENT, None, Canary(), BEGAN)
        world.look("run-1")
        assert keep_baseline(world.state, world.reports / ENVIRONMENT / "run-1", None)

    def test_what_goes_wrong_is_said(self, tmp_path: Path) -> None:
        """A run without a log leaves no baseline, and says so."""
        complaints: list[str] = []
        verdict = {"environment": ENVIRONMENT, "run_id": "nowhere"}
        housekeeping.settle(verdict, Known(), tmp_path, tmp_path, complaints.append)
        assert complaints[0].startswith("no baseline was kept: ")


def test_once_a_day(world: World) -> None:
    """What is old is forgotten with the first look of a day: runs, and reports of the canary's own passes."""
    world.watcher.beat()
    world.pass_(900)
    world.watcher.beat()
    with world.history.reading() as connection:
        first, second = runs.since(connection, ENVIRONMENT, 0)
    known = Known(second)
    (world.reports / ENVIRONMENT / "latest").symlink_to(first.run_id)

    def tidy(now: float) -> tuple[int, int]:
        housekeeping.tidy(world.history, world.environment, known, world.reports, now)
        with world.history.reading() as connection:
            kept = len(runs.since(connection, ENVIRONMENT, 0))
        return kept, sum(one.is_dir() and not one.is_symlink() for one in (world.reports / ENVIRONMENT).iterdir())

    assert tidy(second.began_at + 60) == (2, 2)
    assert tidy(second.began_at + DAY_S) == (2, 2)
    assert tidy(second.began_at + 4 * DAY_S) == (2, 0)
    assert tidy(second.began_at + 130 * DAY_S) == (0, 0)
