"""Playwright Test on Node.js: its request fixture, which needs no browser."""

import shutil
from pathlib import Path

from benchmarks.contenders.job import FILES, Job
from benchmarks.measure import Contender

WORKERS = 2


def contender(job: Job, node: Path) -> Contender:
    """Return the run of the same checks as a spec; *node* is where `node_modules` lies."""
    place = specs(node, "checks")
    return Contender(
        f"Playwright Test, {WORKERS} workers",
        [str(node / "node_modules/.bin/playwright"), "test", "--config", str(place / "playwright.config.js")],
        place,
        job.variables,
        yardstick=True,
    )


def specs(node: Path, name: str) -> Path:
    """Return a directory below *node*, where its packages are found, with the spec *name* and the configuration."""
    place = node / name
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    shutil.copy(FILES / f"{name}.spec.js", place)
    shutil.copy(FILES / "playwright.config.js", place)
    return place
