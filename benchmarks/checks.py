"""A hundred HTTP checks against a server that takes its time, by everybody."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.contenders import bare_asyncio, newman, plain_pytest, playwright_test, smokegate
from benchmarks.contenders.job import Job
from benchmarks.measure import Contender, Measured, side_by_side
from benchmarks.slow_server import slow_server

CHECKS = 100
DELAY_S = 0.2
WORKERS = 8
"""Processes of the spread pytest run; as many as it takes to be its fastest."""


def measure(root: Path, node: Path | None, why_not: str, repeat: int, say: Callable[[str], None]) -> list[Measured]:
    """Run everybody *repeat* times, Smokegate first in the answer; *node* is where `node_modules` lies."""
    with TemporaryDirectory(prefix="smokegate-bench-") as directory, slow_server(DELAY_S) as url:
        job = Job(url, CHECKS, Path(directory), root)
        measured = side_by_side([*_python(job), *_node(job, node)], repeat, say)
    if node is None:
        absent = [Contender(name, [], root, yardstick=True) for name in ("newman", "Playwright Test, 2 workers")]
        measured += [Measured(one, skipped=why_not) for one in absent]
    return measured


def _python(job: Job) -> list[Contender]:
    return [
        smokegate.contender(job),
        smokegate.contender(job, release=True),
        smokegate.contender(job, supervised=False),
        bare_asyncio.contender(job),
        plain_pytest.contender(job),
        plain_pytest.contender(job, workers=WORKERS),
        plain_pytest.contender(job, workers=WORKERS, lean=True),
    ]


def _node(job: Job, node: Path | None) -> list[Contender]:
    if node is None:
        return []
    return [newman.contender(job, node), playwright_test.contender(job, node)]
