"""Faults of processes and of the worker."""

from dataclasses import replace
from typing import TYPE_CHECKING

from smoke.demo.faults._registry import fault
from smoke.demo.release import Bug
from smoke.demo.scene import Strategy
from smoke.verdict.words import Word

if TYPE_CHECKING:
    from smoke.demo.scene import Scene


@fault("B01", "The new release crashes at its start, on every replica", Word.FAIL)
def crash_at_start(scene: "Scene") -> None:
    """Replace all replicas at once by ones that do not start."""
    scene.after = replace(scene.after, starts=False)
    scene.plan.strategy = Strategy.ALL_AT_ONCE


@fault("B02", "One of three replicas lacks a secret", Word.FAIL)
def one_replica_without_secret(scene: "Scene") -> None:
    """Start one BFF replica without the session secret: its health is fine, no session is."""
    scene.odd_ones["bff", scene.one_slot()] = scene.settings.without_secret()


@fault("Q02", "Every replica carries out the schedule", Word.FAIL)
def schedule_everywhere(scene: "Scene") -> None:
    """Let no replica ask whether another has carried out a tick already."""
    scene.after = scene.after.having(Bug.RUNS_EVERY_TICK_EVERYWHERE)


@fault("Q01", "The worker looks alive but takes no jobs", Word.FAIL)
def deaf_worker(scene: "Scene") -> None:
    """Start a worker that never reads its queue."""
    scene.after = scene.after.having(Bug.DEAF)
