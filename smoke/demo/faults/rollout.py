"""Faults of the roll-out: what is live is not what was deployed."""

from dataclasses import replace
from itertools import accumulate
from typing import TYPE_CHECKING

from smoke.demo.faults._registry import fault
from smoke.demo.release import commit_of
from smoke.demo.scene import REPLICAS, Sequel, Strategy
from smoke.verdict.words import Word

if TYPE_CHECKING:
    from smoke.demo.scene import Scene


@fault("A01", "The deploy reports success, but the old build is still live", Word.FAIL)
def nothing_deployed(scene: "Scene") -> None:
    """Announce the new release and leave every replica as it is."""
    scene.plan.strategy = Strategy.NOT_AT_ALL


@fault("A02", "The platform takes the release back by itself in the middle", Word.FAIL, also_ok=(Word.INCONCLUSIVE,))
def taken_back(scene: "Scene") -> None:
    """Switch one or two replicas, with bursts of errors; then put the old build back everywhere."""
    came = scene.rng.choice((1, 2))
    slots = scene.rng.sample(range(REPLICAS), REPLICAS - came)
    scene.plan.pinned = frozenset(slots)
    ends_s = scene.in_the_field(60)
    scene.blip_s, scene.blip_share = ends_s, 0.25
    scene.plan.sequels = (Sequel(ends_s, scene.before, scene.settings_before),)


@fault("A03", "One of three replicas stays on the old version for good", Word.FAIL)
def one_replica_pinned(scene: "Scene") -> None:
    """Leave one slot out of the switch."""
    scene.plan.pinned = frozenset({scene.one_slot()})


@fault("N04", "Mixed versions during the roll, converging in time", Word.PASS)
def slow_roll(scene: "Scene") -> None:
    """Switch the replicas about two seconds apart."""
    scene.plan.switches_s = tuple(accumulate((scene.about(1.5), scene.about(2.0), scene.about(2.0))))


@fault("I12", "A newer deploy supersedes the release", Word.INCONCLUSIVE)
def superseded(scene: "Scene") -> None:
    """Deploy a third release over the one that was announced."""
    newer = replace(scene.after, commit=commit_of(scene.rng), version="1.43.0")
    scene.plan.sequels = (Sequel(scene.in_the_field(40), newer, scene.settings),)


@fault("I11", "The roll-out is still in progress at the deadline", Word.INCONCLUSIVE)
def unfinished_roll(scene: "Scene") -> None:
    """
    Switch so slowly that some replicas are old when the waiting ends, and one was switched shortly before.

    Hardly any spread, and a late beginning: whether the verifier starts to look at once or some seconds later, it
    sees no pause so long that standing still would count as stuck, and never the end.
    """
    scene.plan.switches_s = tuple(scene.about(moment, spread=0.01) for moment in (9.5, 14.5, 21.5))
