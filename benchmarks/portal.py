"""The verdict on a healthy embedded portal after its deploy, beside the same six journeys in Playwright Test."""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.contenders.playwright_test import WORKERS, specs
from benchmarks.measure import Contender, Failed, Measured, Sample, run
from benchmarks.memory import PeakMemory
from benchmarks.node import Missing
from smoke.browser import executable
from smoke.browser.launch import plan_launch
from smoke.demo.process import DeployedRelease, Stack
from smoke.environment import loading
from smoke.environment.connect_to import resolve_connect_to

NAME = "portal/demo"
PLAYWRIGHT = f"Playwright Test, the six journeys alone, {WORKERS} workers"
_SMOKE = Path(sys.executable).parent / "smoke"


@dataclass(frozen=True, slots=True)
class Portal:
    """All runs: the verdict since the switch, the journeys alone, and the memory of the Python processes in MiB."""

    verdicts: list[Measured]
    verifying_mib: float
    all_python_mib: float


def measure(root: Path, node: Path | None, why_not: str, repeat: int, say: Callable[[str], None]) -> Portal:
    """Deploy to a new stack *repeat* times, verify, and make the journeys; *node* is where `node_modules` lies."""
    verified: list[Sample] = []
    made: list[Sample] = []
    memory: list[tuple[float, float]] = []
    yardstick = Contender(PLAYWRIGHT, [], root, yardstick=True)
    for turn in range(repeat):
        with TemporaryDirectory(prefix="smokegate-bench-") as directory, Stack(Path(directory)) as stack:
            state = Path(directory)
            verifying = _verifying(root, state)
            run(_priming(root, state))
            release = stack.deploy()
            _write_manifest(state, release)
            verified.append(_verify(verifying, memory))
            say(f"  round {turn + 1}  smoke verify {NAME}  {verified[-1].wall_s:.2f} s")
            if node is not None:
                try:
                    yardstick = _journeys(node, root, state)
                    made.append(run(yardstick))
                    say(f"  round {turn + 1}  {PLAYWRIGHT}  {made[-1].wall_s:.2f} s")
                except (Failed, Missing) as error:
                    node, why_not = None, str(error)
    return Portal(
        [
            Measured(_verifying(root, Path()), tuple(verified)),
            Measured(yardstick, tuple(made) if node else (), "" if node else why_not),
        ],
        max(one for one, _ in memory),
        max(total for _, total in memory),
    )


def _priming(root: Path, state: Path) -> Contender:
    # What recorded the baseline is no verdict on a release, so `latest` does not point to it.
    return replace(_smoke("prime", root, state), result=None)


def _verifying(root: Path, state: Path) -> Contender:
    return _smoke("verify", root, state, "--release", str(state / "release.toml"))


def _smoke(command: str, root: Path, state: Path, *more: str) -> Contender:
    reports = state / "reports"
    return Contender(
        f"smoke {command} {NAME}, all stages and six journeys",
        [str(_SMOKE), command, NAME, "--environments", str(root / "environments"), f"--reports={reports}", *more],
        root,
        {"SMOKE_STATE_DIR": str(state), "GITHUB_ACTIONS": ""},
        result=reports / NAME / "latest" / "verdict.json",
    )


def _verify(verifying: Contender, memory: list[tuple[float, float]]) -> Sample:
    watched: list[PeakMemory] = []

    def watch(process: int) -> PeakMemory:
        watched.append(PeakMemory(process))
        return watched[0]

    sample = run(verifying, watch)
    memory.append((watched[0].largest_mib, watched[0].all_mib))
    return sample


def _write_manifest(state: Path, release: DeployedRelease) -> None:
    (state / "release.toml").write_text(
        f'commit = "{release.commit}"\nprevious = "{release.previous}"\n'
        f'version = "{release.version}"\ndeployed_at = {release.deployed_at}\n',
        encoding="utf-8",
    )


def _journeys(node: Path, root: Path, state: Path) -> Contender:
    """Return the six journeys as a spec, with the browser started as Smokegate starts it."""
    environment = loading.load(root / "environments", NAME)
    browser = executable.find()
    launch = plan_launch(environment, resolve_connect_to(environment.connect_to, state), state / "demo/ca.pem", browser)
    options: dict[str, Any] = {"args": list(launch.arguments), **({"executablePath": browser} if browser else {})}
    place = specs(node, "journeys")
    return Contender(
        PLAYWRIGHT,
        [str(node / "node_modules/.bin/playwright"), "test", "--config", str(place / "playwright.config.js")],
        place,
        {
            "BENCH_URL": environment.services["web"].url,
            "BENCH_USER": (state / "demo/customer-user").read_text(encoding="utf-8").strip(),
            "BENCH_PASSWORD": (state / "demo/customer-password").read_text(encoding="utf-8").strip(),
            "BENCH_LAUNCH": json.dumps(options),
        },
        yardstick=True,
    )
