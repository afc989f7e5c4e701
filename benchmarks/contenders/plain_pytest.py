"""Plain pytest with httpx: one test a check, one after the other or spread over processes."""

import shutil
import sys

from benchmarks.contenders.job import FILES, Job
from benchmarks.measure import Contender

_LEAN = ("--disable-plugin-autoload", "-p", "xdist")


def contender(job: Job, *, workers: int = 0, lean: bool = False) -> Contender:
    """
    Return the run with so many *workers* (0: none).

    It loads the plugins that are installed, as pytest does by default; a *lean* one only those that it needs, and is
    there for comparison.
    """
    name = "plain pytest with httpx" + (f", -n {workers}" if workers else "") + (", plugins named" if lean else "")
    place = job.place(name.replace(" ", "-"))
    shutil.copy(FILES / "plain_pytest.py", place / "test_answers.py")
    (place / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    spread = ["-n", str(workers)] if workers else []
    return Contender(
        name,
        [sys.executable, "-m", "pytest", "-q", *(_LEAN if lean else ()), *spread],
        place,
        job.variables,
        yardstick=not lean,
    )
