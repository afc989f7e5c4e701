"""Noise around a good deploy."""

from dataclasses import replace
from typing import TYPE_CHECKING

from smoke.demo.faults._registry import fault
from smoke.verdict.words import Word

if TYPE_CHECKING:
    from smoke.demo.scene import Scene


@fault("N01", "A blip of 502 and 503 while the balancer switches", Word.PASS)
def blip(scene: "Scene") -> None:
    """Let most requests find no upstream for a while after the switch."""
    scene.blip_s = scene.about(3.0)


@fault("N02", "Cold caches: the first hit of every route is slow", Word.PASS)
def cold_caches(scene: "Scene") -> None:
    """Delay the first answer of every route on every new replica."""
    scene.settings = replace(scene.settings, slow_first_s=scene.about(1.5), slow_each_route=True)


@fault(
    "N15",
    "A backlog in the queue from before the deploy, which is being worked off",
    Word.PASS,
    also_ok=(Word.INCONCLUSIVE,),
)
def backlog(scene: "Scene") -> None:
    """Fill the queue before the deploy."""
    scene.backlog = round(500 * scene.rng.uniform(0.9, 1.1))


@fault("N03", "One connection in many is reset", Word.PASS)
def resets(scene: "Scene") -> None:
    """Reset a few connections, before the deploy as after it."""
    scene.reset_share = 0.007
