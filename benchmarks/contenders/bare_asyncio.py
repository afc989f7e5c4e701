"""A script that does nothing but the requests: the limit of what Python and httpx can do."""

import sys

from benchmarks.contenders.job import FILES, Job
from benchmarks.measure import Contender


def contender(job: Job) -> Contender:
    """Return the script."""
    return Contender(
        "bare asyncio script with httpx (the limit)",
        [sys.executable, str(FILES / "bare_asyncio.py")],
        job.place("asyncio"),
        job.variables,
    )
