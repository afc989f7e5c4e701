"""Smokegate itself: under its supervisor, as the pipeline runs it, or as plain pytest."""

import shutil
import sys
from pathlib import Path

from benchmarks import environment_of_100 as environment
from benchmarks.contenders.job import Job
from benchmarks.measure import Contender
from benchmarks.slow_server import COMMIT

_BIN = Path(sys.executable).parent


def contender(job: Job, *, release: bool = False, supervised: bool = True) -> Contender:
    """Return the run; *release* binds the verdict to the release, with a look before the checks and one after."""
    command = "smoke verify" if supervised else "pytest"
    name = command + (" --sha, with a look at the release before and after" if release else "")
    place = job.place(name.replace(" ", "-"))
    environments = environment.write(place, job.url, job.checks, release=release)
    reports = place / "reports"
    arguments = [f"--environments={environments}", f"--reports={reports}", "--run-id=bench"]
    if release:
        arguments.append(f"--sha={COMMIT}")
    started = (
        [str(_BIN / "smoke"), "verify", environment.NAME]
        if supervised
        else [str(_BIN / "pytest"), "-m", "dev", f"--environment={environment.NAME}"]
    )
    return Contender(
        name,
        [*started, *arguments],
        job.root,
        {"SMOKE_STATE_DIR": str(place / "state"), "GITHUB_ACTIONS": ""},
        result=reports / environment.NAME / "bench" / "verdict.json",
        prepare=lambda: shutil.rmtree(reports, ignore_errors=True),
    )
