"""Faults of processes and of the worker."""

from dataclasses import replace
from typing import TYPE_CHECKING

from smoke.demo.endurance import Endurance, Pooling
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


@fault("B21", "One of three replicas cuts longer answers short", Word.FAIL)
def full_buffer(scene: "Scene") -> None:
    """Let one BFF replica send but the beginning of an answer; its health is short enough."""
    odd = replace(scene.settings, most_bytes=scene.rng.randrange(330, 480))
    scene.odd_ones["bff", scene.one_slot()] = odd


@fault("Q02", "Every replica carries out the schedule", Word.FAIL)
def schedule_everywhere(scene: "Scene") -> None:
    """Let no replica ask whether another has carried out a tick already."""
    scene.after = scene.after.having(Bug.RUNS_EVERY_TICK_EVERYWHERE)


@fault("B03", "A crash loop that starts minutes after the start", Word.FAIL)
def late_crash_loop(scene: "Scene") -> None:
    """Let every process of the BFF be killed by a timer of its own, again and again."""
    lasting = Endurance(lives_s=scene.in_the_field(150))
    scene.after = replace(scene.after, endurance=lasting)


@fault("B04", "A memory leak that only traffic shows", Word.FAIL)
def leak(scene: "Scene") -> None:
    """Let every request leave about a megabyte behind, until the process is killed for its memory."""
    leaky = Endurance(leaks_mb=scene.rng.uniform(0.7, 1.3))
    scene.after = replace(scene.after, endurance=leaky)


@fault("B05", "A connection pool that is too small", Word.FAIL)
def small_pool(scene: "Scene") -> None:
    """Give each replica one connection, held by a slow query, and requests little patience to wait for it."""
    holds_s = scene.about(0.1)
    pooling = Pooling(size=1, wait_s=holds_s * scene.rng.uniform(1.5, 1.9), holds_s=holds_s)
    scene.settings = replace(scene.settings, pooling=pooling)


@fault("Q01", "The worker looks alive but takes no jobs", Word.FAIL)
def deaf_worker(scene: "Scene") -> None:
    """Start a worker that never reads its queue."""
    scene.after = scene.after.having(Bug.DEAF)
