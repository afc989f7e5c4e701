"""The faults that the stack can show; each is a few lines in one of the modules here."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from random import Random
from typing import TYPE_CHECKING

from smoke.demo.faults import (
    access,
    contract,
    data,
    edge,
    fronts,
    noise,
    pages,
    rollout,
    runner,
    runtime,
    third_parties,
    visitors,
)
from smoke.demo.faults._registry import Fault, declared
from smoke.errors import UsageError

if TYPE_CHECKING:
    from smoke.demo.scene import Scene

FAULTS: Mapping[str, Fault] = declared()
"""Every fault by its id."""

MODULES = (rollout, runtime, pages, edge, fronts, visitors, data, contract, access, third_parties, noise, runner)
"""Where they are declared, by what they break."""

__all__ = ["FAULTS", "MODULES", "Fault", "arrange", "find"]


def find(identifier: str) -> Fault:
    """Return one fault; raises UsageError with the nearest ids for an unknown one."""
    if identifier in FAULTS:
        return FAULTS[identifier]
    same_class = [known for known in FAULTS if known[0] == identifier[:1].upper()]
    near = get_close_matches(identifier.upper(), same_class or FAULTS, cutoff=0.3) or list(FAULTS)
    raise UsageError(f"--fault {identifier}: there is no such fault; did you mean {', '.join(near)}?")


def arrange(scene: "Scene", faults: Iterable[Fault], seed: int) -> None:
    """
    Let *faults* happen on *scene*, one after the other.

    Each draws from a source of its own, so that it looks the same under the same *seed*, alone and in company.
    """
    of_the_scene = scene.rng
    for one in faults:
        scene.rng = Random(f"{seed} {one.id}")
        one.arrange(scene)
    scene.rng = of_the_scene
