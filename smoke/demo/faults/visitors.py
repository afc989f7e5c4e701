"""What only a browser meets: returning visitors, forms, banners and third parties; the pages answer 200 throughout."""

from dataclasses import replace
from typing import TYPE_CHECKING

from smoke.demo.addresses import STAGING_API
from smoke.demo.faults._registry import fault
from smoke.demo.release import Bug, ShellWorker
from smoke.demo.scene import Widget
from smoke.verdict.words import Word

if TYPE_CHECKING:
    from smoke.demo.scene import Scene

LOCALHOST = "http://localhost:3001"


@fault("C02", "A wrong API address was baked in at build time", Word.FAIL)
def wrong_api_address(scene: "Scene") -> None:
    """Let the pages call a developer's machine, or staging with its other data."""
    address = scene.rng.choice([LOCALHOST, f"https://{STAGING_API}"])
    scene.staging = address != LOCALHOST
    scene.after = replace(scene.after, api_address=address)


@fault("C07", "A service worker pins the shell of the release before", Word.FAIL)
def pinned_shell(scene: "Scene") -> None:
    """Register a worker that keeps the first shell for good, and drop the scripts that the shell names."""
    scene.before = replace(scene.before, worker=ShellWorker.PINS)
    scene.after = replace(scene.after, worker=ShellWorker.PINS)
    scene.plan.keeps_old_assets = False


@fault("C11", "Forms fail on two replicas of three: each has an action key of its own", Word.FAIL)
def keys_differ(scene: "Scene") -> None:
    """Let each replica take only what its own pages post."""
    scene.after = scene.after.having(Bug.KEYS_DIFFER)


@fault("N07", "A tab opened before the deploy misses a chunk until it is loaded anew", Word.PASS)
def stale_tab(scene: "Scene") -> None:
    """Drop the scripts of the release before; no worker keeps its shell."""
    scene.plan.keeps_old_assets = False


@fault("N10", "The script of a third party is slow or dead; the pages work without it", Word.PASS)
def slow_widget(scene: "Scene") -> None:
    """Let every page load a widget whose host hangs, or takes no connection."""
    scene.after = scene.after.having(Bug.ASKS_THIRD_PARTY)
    scene.widget = scene.rng.choice(list(Widget))


@fault("N11", "A consent banner covers the controls, or an experiment labels them otherwise", Word.PASS)
def covered_controls(scene: "Scene") -> None:
    """Meet new visitors with a banner, with variant B, or with both."""
    met = scene.rng.choice([(Bug.ASKS_CONSENT,), (Bug.LABELS_OTHERWISE,), (Bug.ASKS_CONSENT, Bug.LABELS_OTHERWISE)])
    scene.after = scene.after.having(*met)
