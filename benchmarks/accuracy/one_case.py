"""
One case, in a process of its own: start the stack, prime, deploy, let everybody judge; one JSON line tells the end.

`python -m benchmarks.accuracy.one_case --seed N [--fault ID]... [--keep-run DIRECTORY]`. It ends, and with it the
stack and all that it started, when its stdin ends, on SIGTERM and on SIGINT.
"""

import argparse
import asyncio
import json
import os
import resource
import shutil
import signal
import sys
import tempfile
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import Any

from benchmarks.accuracy.policies import POLICIES, Policy
from benchmarks.accuracy.policies.site import Opinion, Site
from benchmarks.accuracy.scoring import NONE
from smoke.demo.errors import StackError
from smoke.demo.process import DeployedRelease, Stack
from smoke.verdict.words import EXIT_STATUS, Word

ROOT = Path(__file__).resolve().parent.parent.parent
SMOKE = Path(sys.executable).parent / "smoke"
NAME = "portal/demo"
US = "smokegate"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the case and print what came of it."""
    chosen = _parser().parse_args(arguments)
    for number in (signal.SIGTERM, signal.SIGINT):  # a shell lets its background jobs ignore the latter
        signal.signal(number, signal.default_int_handler)
    threading.Thread(target=_end_with_stdin, name="stdin", daemon=True).start()
    try:
        print(json.dumps(asyncio.run(_run(chosen))), flush=True)
    except KeyboardInterrupt:
        return 130
    except StackError as error:
        print(json.dumps({"broken": str(error)}), flush=True)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.accuracy.one_case")
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--fault", action="append", default=[])
    parser.add_argument("--cluster", type=Path, help="where the first of many cases leaves an empty database cluster")
    parser.add_argument("--keep-run", type=Path, help="where the verifier's results go; otherwise they are thrown away")
    return parser


def _end_with_stdin() -> None:
    """Whoever started this case holds the other end: nothing outlives them."""
    while os.read(0, 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


async def _run(chosen: argparse.Namespace) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="smokegate-score-") as directory:
        state = Path(directory)
        began = monotonic()
        with Stack(state, chosen.fault, seed=chosen.seed, cluster=chosen.cluster) as stack:
            ready = monotonic()
            primed, _ = await _smoke("prime", state)
            before = monotonic()
            verdicts = await _everybody(stack, stack.deploy())
            after = monotonic()
        if chosen.keep_run is not None:
            _keep(state, chosen.keep_run)
    took = {"start": ready - began, "prime": before - ready, "judge": after - before, "end": monotonic() - after}
    return {
        "verdicts": verdicts,
        "primed": primed == 0,
        "took_s": {name: round(one, 2) for name, one in took.items()},
        "cpu_s": round(_processor_s(), 2),
    }


def _processor_s() -> float:
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


async def _everybody(stack: Stack, release: DeployedRelease) -> list[dict[str, Any]]:
    """Let the verifier and the policies judge, all from the same moment on."""
    began = monotonic()
    site = Site(stack.state, release.commit)
    policies = (_policy(name, policy, site, began) for name, policy in POLICIES.items())
    return list(await asyncio.gather(_verify(stack, release, began), *policies))


async def _policy(name: str, policy: Policy, site: Site, began: float) -> dict[str, Any]:
    opinion: Opinion = await policy(site)
    seconds = round(monotonic() - began, 2)
    return {"policy": name, "verdict": opinion.verdict, "seconds": seconds, "message": opinion.message}


async def _verify(stack: Stack, release: DeployedRelease, began: float) -> dict[str, Any]:
    manifest = stack.state / "demo" / "release.toml"
    manifest.write_text(release.manifest(), encoding="utf-8")
    status, said = await _smoke("verify", stack.state, "--release", str(manifest), **stack.environment)
    seconds = round(monotonic() - began, 2)
    given = {"policy": US, "verdict": NONE, "seconds": seconds, "exit_status": status}
    try:
        found = json.loads(_verdict(stack.state).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {**given, "message": f"exit {status} without a verdict: {said[-500:]}"}
    if status != EXIT_STATUS[Word(found["verdict"])]:
        return {**given, "message": f"exit {status}, but the file says {found['verdict']}: {found['summary']}"}
    return {
        **given,
        "verdict": found["verdict"],
        "cause": found["reasons"][0]["cause"] if found["reasons"] else "",
        "message": found["summary"],
        "checks": [one["check"] for one in found["reasons"]],
        "duration_s": found["duration_s"],
    }


async def _smoke(command: str, state: Path, *more: str, **variables: str) -> tuple[int, str]:
    """Run `smoke` as a user does; returns its exit status and what it said."""
    process = await asyncio.create_subprocess_exec(
        *(str(SMOKE), command, NAME, "--environments", str(ROOT / "environments")),
        *(f"--reports={state / command}", "--run-id=run", *more),
        env={**os.environ, "SMOKE_STATE_DIR": str(state), "GITHUB_ACTIONS": "", "NO_COLOR": "1", **variables},
        cwd=ROOT,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        said, _ = await process.communicate()
        return process.returncode or 0, said.decode("utf-8", "replace")
    finally:
        if process.returncode is None:  # it takes its browser and workers with it
            process.terminate()
            await process.wait()


def _verdict(state: Path) -> Path:
    return state / "verify" / NAME / "run" / "verdict.json"


def _keep(state: Path, place: Path) -> None:
    with suppress(OSError):
        shutil.rmtree(place, ignore_errors=True)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(_verdict(state).parent, place)


if __name__ == "__main__":
    sys.exit(main())
