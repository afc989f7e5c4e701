"""Run a configured command on this machine, which only reads, within a time limit."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from subprocess import DEVNULL

import anyio

from smoke.dependencies.answer import Answer, refused, unknown
from smoke.verdict.words import Cause

REFUSALS = ("unauthorized", "forbidden", "permission denied", "must be logged in", "credentials")
MOST_BYTES = 2_000_000


@dataclass(frozen=True, slots=True)
class Output:
    """What a command wrote to its standard output before it ended well."""

    text: str


async def run(command: Sequence[str], timeout_s: float) -> Output | Answer:
    """Return what *command* writes, or why nothing of use came; never raises for that, and leaves nothing running."""
    program = command[0]
    try:
        with anyio.fail_after(timeout_s):
            done = await anyio.run_process(list(command), stdin=DEVNULL, check=False, env=dict(os.environ))
    except TimeoutError:
        return unknown(f"`{program}` gave no answer within {timeout_s:g} s", Cause.RUNNER)
    except OSError as error:
        return unknown(f"`{program}` cannot be run here: {error.strerror or 'no such program'}", Cause.RUNNER)
    if done.returncode == 0:
        return Output(done.stdout[:MOST_BYTES].decode("utf-8", "replace"))
    said = " ".join(done.stderr.decode("utf-8", "replace").split())[:200]
    message = f"`{program}` ended with {done.returncode}: {said or 'it said nothing'}"
    if any(one in said.lower() for one in REFUSALS):
        return refused(message)
    return unknown(message, Cause.RUNNER)
