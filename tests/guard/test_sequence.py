"""The way of a guarded deployment, with real commands and signals, and looks that tell what a directory says."""

import json
import os
import signal
import tomllib
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from smoke.environment.environment import Environment
from smoke.guard import turn
from smoke.guard.interruption import Interruption
from smoke.guard.looks import Look
from smoke.guard.sequence import Guard
from smoke.guard.story import Story
from smoke.verdict.component import Component
from smoke.verdict.release import Release
from smoke.verdict.words import Word
from tests.guard.fake_looks import BACK, DEPLOY, WEB, FakeLooks, World, shell
from tests.plugin.site import COMMIT, PREVIOUS

if TYPE_CHECKING:
    from smoke.notify.event import Event

ENVIRONMENT = {
    "name": "shop/prod",
    "tier": "prod",
    "services": {"web": {"url": "https://www.shop.test", "release": {"path": "/", "meta": "commit"}}},
}


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """Return a world with the release before."""
    monkeypatch.chdir(tmp_path)
    world = World(tmp_path)
    world.live = PREVIOUS
    return world


def guard(
    world: World, deploy: str = DEPLOY, *, again: bool = False, services: tuple[str, ...] = (), **guards: Any
) -> tuple[int, dict[str, Any]]:
    """Guard the deployment of the commit; returns the exit status and the report."""
    events: list[Event] = []
    story = Story(world.directory / "reports", "one", "shop/prod", COMMIT)
    with Interruption() as interruption:
        status = Guard(
            environment=Environment.model_validate({**ENVIRONMENT, "guard": guards}),
            state=world.directory / "state",
            environ=os.environ,
            looks=FakeLooks(world, Namespace(smoke_soak=None)),  # type: ignore[arg-type]
            story=story,
            interruption=interruption,
            deploy=shell(deploy),
            release=Release(commit=COMMIT, services=services),
            announce=events.append,
            again=again,
        ).run()
    report = json.loads((world.directory / "reports" / "guard.json").read_text("utf-8"))
    assert report["exit_status"] == status
    return status, {**report, "news": [one.news.value for one in events]}


def steps(report: dict[str, Any]) -> list[str]:
    """Return the names of the steps."""
    return [one["name"] for one in report["steps"]]


def component(script: str, **given: Any) -> dict[str, Any]:
    """Return what a verdict says of the web, which *script* rolls back."""
    return {"components": [Component(**{**WEB.to_json(), "command": shell(script), **given}).to_json()]}


def test_good_deploy_is_promoted(world: World) -> None:
    """A good release goes through, and nothing else is done."""
    status, report = guard(world)
    assert (status, report["outcome"], report["restored"]) == (0, "promoted", None)
    assert steps(report) == ["prime", "deploy", "verify"]
    assert (report["previous"], world.live) == (PREVIOUS, COMMIT)
    assert report["news"] == ["start", "pass"]


def test_bad_deploy_is_rolled_back_and_proven(world: World) -> None:
    """A bad release is rolled back by the component's command, and what is served is looked at."""
    world.word = Word.FAIL
    status, report = guard(world)
    assert (status, report["outcome"], report["restored"]) == (10, "restored", True)
    assert steps(report) == ["prime", "deploy", "verify", "rollback", "proof"]
    assert report["restored_in_s"] < report["restore_within_s"] == 300
    assert "proven on every replica" in report["summary"]
    assert world.condemned == [None, COMMIT]
    assert report["news"] == ["start", "fail", "rollback", "rolled back"]
    assert world.live == PREVIOUS


def test_inconclusive_holds(world: World) -> None:
    """What cannot be told is not rolled back."""
    world.word = Word.INCONCLUSIVE
    status, report = guard(world)
    assert (status, report["outcome"], world.live) == (20, "held", COMMIT)
    assert report["news"] == ["start", "inconclusive"]


def test_never_in_a_loop(world: World) -> None:
    """A release that was rolled back is not deployed again, unless somebody says so."""
    world.word = Word.FAIL
    guard(world)
    status, report = guard(world)
    assert (status, report["outcome"], steps(report)) == (20, "refused", [])
    assert "was rolled back at" in report["summary"]
    world.word = Word.PASS
    assert guard(world, again=True)[0] == 0


def test_rollback_that_never_ended(world: World) -> None:
    """Where a guard was killed while rolling back, the next one begins nothing until somebody has looked."""
    turn.begin(world.directory / "state", "shop/prod", "0" * 40, "killed")
    status, report = guard(world)
    assert (status, report["outcome"], world.live) == (20, "refused", PREVIOUS)
    assert "never ended" in report["summary"]


def test_without_a_look_before_nothing_is_deployed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that records no baseline ends in no deploy: afterwards old faults could not be told from new ones."""
    monkeypatch.setattr(FakeLooks, "prime", lambda _self: 20)
    status, report = guard(world)
    assert (status, report["outcome"], world.live) == (20, "refused", PREVIOUS)


def test_one_at_a_time(world: World) -> None:
    """A second deployment does not wait for the first one: it is refused."""
    with turn.turn(world.directory / "state", "shop/prod"):
        status, report = guard(world)
    assert (status, report["outcome"]) == (20, "refused")
    assert "is being guarded" in report["summary"]


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("exit 3", "the rollback of web failed with exit status 3"),
        ("kill -9 $$", "the rollback of web was ended by SIGKILL"),
        ("true", "web is not proven to be back: seen was 9f1c2ab"),
    ],
)
def test_failing_rollback_is_loud(world: World, script: str, said: str) -> None:
    """A rollback that fails, or that changes nothing, is told to everybody; what is served decides."""
    world.word, world.more = Word.FAIL, component(script)
    status, report = guard(world)
    assert (status, report["outcome"], report["restored"]) == (10, "not restored", False)
    assert said.lower() in report["summary"].lower()
    assert report["news"][-1] == "rollback failed"


def test_rollback_that_takes_too_long_is_stopped(world: World) -> None:
    """A command has its time; what it started ends with it."""
    world.word, world.more = Word.FAIL, component("sleep 60 & wait", within_s=0.5)
    _, report = guard(world)
    assert report["outcome"] == "not restored"
    assert "took longer than 0.5 s and was stopped" in report["summary"]


def test_program_that_is_not_there(world: World) -> None:
    """A rollback whose program is missing is a rollback that failed."""
    world.word, world.more = Word.FAIL, component("", command=("no-such-program",))
    assert "could not be started" in guard(world)[1]["summary"]


def test_by_hand_is_loud(world: World) -> None:
    """Where no command is declared, nothing is rolled back, and the procedure for people is said."""
    world.word, world.more = Word.FAIL, component("", command=(), procedure="press the red button")
    status, report = guard(world)
    assert (status, report["outcome"], world.live) == (10, "not restored", COMMIT)
    assert "by hand: press the red button" in report["summary"]


def test_nothing_declared_is_loud(world: World) -> None:
    """An environment without any way back says so."""
    world.word, world.more = Word.FAIL, {"components": []}
    assert "nothing in the environment file says how to roll back" in guard(world)[1]["summary"]


def test_what_cannot_be_rolled_back_is_left_to_people(world: World) -> None:
    """Of two components one comes back by its command; the other one keeps the whole from being restored."""
    ios = Component("ios", possible=False, instead="ship a new version").to_json()
    world.word, world.more = Word.FAIL, {"components": [WEB.to_json(), ios]}
    _, report = guard(world)
    assert (report["outcome"], report["restored"], world.live) == ("not restored", True, PREVIOUS)
    assert "ios cannot be rolled back: ship a new version" in report["summary"]


@pytest.mark.parametrize(
    ("deploy", "outcome", "status", "live"),
    [
        ("exit 3", "not deployed", 20, PREVIOUS),
        (f"{DEPLOY}; exit 3", "restored", 10, PREVIOUS),
    ],
)
def test_failed_deploy(world: World, deploy: str, outcome: str, status: int, live: str) -> None:
    """After a deploy that failed, what is live decides: only a bad release that came through is rolled back."""
    world.word = Word.FAIL
    found, report = guard(world, deploy)
    assert (found, report["outcome"], world.live) == (status, outcome, live)
    if outcome == "not deployed":
        assert report["news"] == ["start", "inconclusive"]
        assert report["summary"].startswith(
            "The deploy command failed with exit status 3; 4e77d01 is live and is sound"
        )


def test_failed_deploy_of_a_good_release_is_no_success(world: World) -> None:
    """A release that is live and sound although its deploy failed is not promoted: somebody has to look."""
    status, report = guard(world, f"{DEPLOY}; exit 3")
    assert (status, report["outcome"], world.live) == (20, "not deployed", COMMIT)


def test_deploy_that_hangs(world: World) -> None:
    """A deploy command has its time too."""
    status, report = guard(world, "sleep 60", deploy_within_s=0.5)
    assert (status, report["outcome"]) == (20, "not deployed")
    assert "took longer than 0.5 s" in report["summary"]


def test_rollback_would_not_help(world: World) -> None:
    """Where the advice is another one, nothing is rolled back; it is said."""
    checks = [{"id": "tls/web", "outcome": "failed", "remedy": "certificate"}]
    world.word, world.more = Word.FAIL, {"rollback_helps": False, "checks": checks, "advice": "renew the certificate"}
    status, report = guard(world)
    assert (status, report["outcome"], world.live) == (10, "left", COMMIT)
    assert "renew the certificate" in report["summary"]


@pytest.mark.parametrize(("purge", "outcome"), [("touch purged", "promoted"), ("exit 1", "left")])
def test_purge_in_place_of_a_rollback(world: World, purge: str, outcome: str) -> None:
    """What only a cache has wrong is purged where that is declared, once, and looked at again."""
    part = Component(**{**WEB.to_json(), "purge": shell(purge)}).to_json()
    checks = [{"id": "asset/web", "outcome": "failed", "remedy": "purge"}]
    world.word, world.more = Word.FAIL, {"rollback_helps": False, "checks": checks, "components": [part]}

    class Purging(FakeLooks):
        """Looks that find the release good once the cache is empty."""

        def verify(self, part: str, *extra: str, quietly: bool = False, **release: Any) -> Any:
            if (world.directory / "purged").exists():
                world.word = Word.PASS
            return super().verify(part, *extra, quietly=quietly, **release)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("tests.guard.test_sequence.FakeLooks", Purging)
        _, report = guard(world)
    assert (report["outcome"], world.live) == (outcome, COMMIT)


def test_purge_follows_the_rollback(world: World) -> None:
    """Caches are emptied after the rollback and before the proof."""
    world.word, world.more = Word.FAIL, component(BACK, purge=shell("test $(cat live) != $SMOKE_SHA"))
    _, report = guard(world)
    assert (report["outcome"], steps(report)[-3:]) == ("restored", ["rollback", "purge", "proof"])


@pytest.mark.parametrize(("others", "services"), [((), None), (("bff",), ["web"])])
def test_the_way_back_of_one_service(
    world: World, monkeypatch: pytest.MonkeyPatch, others: tuple[str, ...], services: list[str] | None
) -> None:
    """What was not rolled back is not expected to serve the release before."""
    described = {name: {"url": f"https://{name}.test", "release": {"path": "/", "meta": "commit"}} for name in others}
    monkeypatch.setitem(ENVIRONMENT, "services", {**ENVIRONMENT["services"], **described})  # type: ignore[dict-item]
    world.word = Word.FAIL
    _, report = guard(world)
    way_back = tomllib.loads((world.directory / "reports" / "way-back.toml").read_text("utf-8"))
    assert (report["outcome"], way_back.get("services")) == ("restored", services)


def test_what_the_release_left_alone_is_not_rolled_back(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its way back would lead to a release before the one that was live: people have to look, and are told loudly."""
    other = {"url": "https://bff.test", "release": {"path": "/", "meta": "commit"}}
    monkeypatch.setitem(ENVIRONMENT, "services", {**ENVIRONMENT["services"], "bff": other})  # type: ignore[dict-item]
    world.word, world.more = Word.FAIL, component("touch rolled-back", services=("web",))
    _, report = guard(world, services=("bff",))
    assert (report["outcome"], world.live) == ("not restored", COMMIT)
    assert "web is at fault, though the release did not replace it" in report["summary"]
    assert not (world.directory / "rolled-back").exists()


def test_only_what_was_replaced_has_to_be_back(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A way back that belongs to several services is proven by those of them that the release had replaced."""
    other = {"url": "https://bff.test", "release": {"path": "/", "meta": "commit"}}
    monkeypatch.setitem(ENVIRONMENT, "services", {**ENVIRONMENT["services"], "bff": other})  # type: ignore[dict-item]
    world.word, world.more = Word.FAIL, component(BACK, services=("web", "bff"))
    _, report = guard(world, services=("web",))
    assert report["outcome"] == "restored"


def test_commands_are_told_what_they_need(world: World) -> None:
    """Deploy and rollback get the commits as variables, a rollback as arguments too; no shell reads those."""
    said = 'echo "$SMOKE_ENVIRONMENT $SMOKE_SHA $SMOKE_PREVIOUS ${SMOKE_COMPONENT-none}" >> said'
    command = (*shell(f"{said}; echo $0 >> said; {BACK}"), "$(id) {previous};{sha}")
    world.word, world.more = Word.FAIL, component("", command=command)
    guard(world, f"{said}; {DEPLOY}")
    told = f"shop/prod {COMMIT} {PREVIOUS}"
    written = (world.directory / "said").read_text("utf-8").splitlines()
    assert written == [f"{told} none", f"{told} web", f"$(id) {PREVIOUS};{COMMIT}"]


def test_signal_does_not_stop_a_rollback(world: World) -> None:
    """A signal that comes while rolling back is reported and obeyed by nobody: half a rollback is worse than none."""
    world.word, world.more = Word.FAIL, component(f"kill -TERM $PPID; kill -INT $PPID; {BACK}")
    status, report = guard(world)
    assert (status, report["outcome"], world.live) == (10, "restored", PREVIOUS)
    assert any("SIG" in one and "went on to its end" in one for one in report["warnings"])


def test_signal_while_deploying(world: World) -> None:
    """A signal that comes while deploying reaches the deploy command, and the report says that nothing was verified."""
    status, report = guard(world, "kill -TERM $PPID; exec sleep 60")
    assert (status, report["outcome"]) == (20, "interrupted")
    assert "SIGTERM stopped the guard while deploying; the deploy command was ended by SIGTERM" in report["summary"]
    assert world.asked == ["prime"]


@pytest.mark.parametrize(
    ("word", "ended", "news"),
    [
        (Word.PASS, (0, "promoted"), ["start", "pass"]),
        (Word.INCONCLUSIVE, (20, "interrupted"), ["start", "inconclusive"]),
        (Word.FAIL, (10, "not restored"), ["start", "fail", "rollback failed"]),
    ],
)
def test_signal_while_verifying(
    world: World, word: Word, ended: tuple[int, str], news: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A verdict that was announced stands: nothing else is said of it, but that nobody rolls back what is bad."""
    world.word, verify = word, FakeLooks.verify

    def interrupted(looks: FakeLooks, part: str, *extra: str, **given: Any) -> Any:
        os.kill(os.getpid(), signal.SIGTERM)
        return verify(looks, part, *extra, **given)

    monkeypatch.setattr(FakeLooks, "verify", interrupted)
    status, report = guard(world)
    assert ((status, report["outcome"]), report["news"], world.live) == (ended, news, COMMIT)
    if word is Word.FAIL:
        assert "nothing was rolled back: SIGTERM stopped the guard before" in report["summary"]


@pytest.mark.parametrize("stopped", [False, True])
def test_no_verdict_ends_what_was_announced(world: World, stopped: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a look ends without a verdict, who was told that a deploy begins is told that nothing is proven."""

    def broken(_looks: FakeLooks, _part: str, *_extra: str, **_given: Any) -> Look:
        if stopped:
            os.kill(os.getpid(), signal.SIGTERM)
        return Look(20, world.directory)

    monkeypatch.setattr(FakeLooks, "verify", broken)
    status, report = guard(world)
    assert (status, report["outcome"]) == (20, "interrupted" if stopped else "held")
    assert report["news"] == ["start", "inconclusive"]


def test_unfinished_story_says_so(world: World) -> None:
    """What lies on disk before the end is an honest report: nobody knows what the guard left."""
    seen = world.directory / "seen"
    guard(world, f"cp reports/guard.json {seen}; {DEPLOY}")
    report = json.loads(seen.read_text("utf-8"))
    assert (report["outcome"], report["exit_status"]) == ("unfinished", 20)
    assert report["steps"][-1]["name"] == "deploy"


def test_markdown_is_written(world: World) -> None:
    """The report for people tells every step with its time."""
    world.word = Word.FAIL
    guard(world)
    text = (world.directory / "reports" / "guard.md").read_text("utf-8")
    assert "RESTORED" in text
    assert all(f"| {step} |" in text for step in ("prime", "deploy", "verify", "rollback", "proof"))
