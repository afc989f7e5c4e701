"""A handle on the embedded stack: starts its process, deploys, and lets it end."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import tomli_w

from smoke.demo.dialect import Dialect
from smoke.demo.errors import StackError
from smoke.demo.systems import find
from smoke.errors import UsageError
from smoke.verdict.words import EXIT_USAGE

if TYPE_CHECKING:
    from smoke.demo.faults import Fault


@dataclass(frozen=True, slots=True)
class DeployedRelease:
    """What the deploy announced; *deployed_at* is its beginning in epoch seconds, *declares* what else was declared."""

    commit: str
    previous: str
    version: str
    deployed_at: float
    declares: Mapping[str, Any] = field(default_factory=dict)

    def manifest(self) -> str:
        """Return the release manifest, as TOML."""
        named = {name: getattr(self, name) for name in ("commit", "previous", "version", "deployed_at")}
        return tomli_w.dumps({**named, **self.declares})


class Stack:
    """
    The embedded stack as a child process; a context manager.

    Entering waits until the stack is ready with the release before; raises UsageError for an unknown fault and
    StackError when it cannot start. The child ends with this process, however this process ends;
    a *temporary* *state* goes with it. Whoever starts many gives them a *cluster*, a place where the first leaves
    the database's empty files for the others. With a *dialect* it speaks as that system does.
    """

    def __init__(  # noqa: PLR0913 - all but the first are optional, and the rest named
        self,
        state: Path,
        faults: Sequence[str] = (),
        *,
        seed: int = 1,
        speed: float = 1.0,
        temporary: bool = False,
        cluster: Path | None = None,
        dialect: Dialect | None = None,
    ) -> None:
        self.state = state
        self.faults: tuple[Fault, ...] = tuple(find(identifier, dialect) for identifier in faults)
        self.description: dict[str, Any] = {}
        self._options = ["--seed", str(seed), "--speed", str(speed), *(["--temporary"] if temporary else [])]
        self._options += ["--cluster", str(cluster)] if cluster else []
        self._options += ["--system", dialect.environment] if dialect else []
        self._process: subprocess.Popen[str] | None = None

    @property
    def environment(self) -> dict[str, str]:
        """Variables that the faults want the verifying process to have."""
        pairs = (pair for fault in self.faults for pair in fault.environment.items())
        return {name: value.format(state=self.state.absolute()) for name, value in pairs}

    @property
    def addresses(self) -> dict[str, str]:
        """HOST:PORT on this machine by public host name."""
        return dict(self.description.get("addresses", {}))

    def announced(self) -> str:
        """Return the release manifest of the deploy that is to come, as TOML."""
        described = self.description
        named = {"commit": described["after"], "previous": described["before"], "version": described["version"]}
        return tomli_w.dumps({**named, **described["declares"]})

    def start(self) -> None:
        """Start the process and wait until it is ready."""
        faults = (argument for fault in self.faults for argument in ("--fault", fault.id))
        self._process = self._begun(["--state", str(self.state), *self._options, *faults])
        self.description = self._answer("ready")

    def deploy(self) -> DeployedRelease:
        """Deploy the new release; returns when the switch begins."""
        self._order("deploy")
        answer = self._answer("deployed")
        return DeployedRelease(**{name: value for name, value in answer.items() if name != "event"})

    def close(self, timeout_s: float = 15.0) -> None:
        """Let the stack end and wait until nothing of it is left."""
        if self._process is None:
            return
        process, self._process = self._process, None
        if process.stdin is not None:
            process.stdin.close()
        try:
            process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()

    def __enter__(self) -> Self:
        """Start the stack."""
        try:
            self.start()
        except BaseException:  # whatever stops the start, Ctrl-C included, no stack is left behind
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Let the stack end."""
        self.close()

    def _begun(self, arguments: Sequence[str]) -> "subprocess.Popen[str]":
        """Start the process with *arguments*; its stdin and stdout are pipes."""
        # Its own session: Ctrl-C is for the verifier first, which still needs the stack for its last words.
        return subprocess.Popen(
            [sys.executable, "-m", "smoke.demo.stack", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def _order(self, word: str) -> None:
        if self._process is None or self._process.stdin is None:
            raise StackError("the stack is not running; start it first")
        try:
            self._process.stdin.write(f"{word}\n")
            self._process.stdin.flush()
        except BrokenPipeError as error:
            raise StackError("the stack has ended by itself; its last words are on stderr") from error

    def _answer(self, expected: str) -> dict[str, Any]:
        if self._process is None or self._process.stdout is None:
            raise StackError("the stack is not running; start it first")
        line = self._process.stdout.readline()
        answer = dict(json.loads(line)) if line else {"message": "it ended without a word; see stderr"}
        if answer.get("event") == expected:
            return answer
        if self._process.poll() == EXIT_USAGE:
            raise UsageError(str(answer.get("message")))
        raise StackError(f"the embedded stack failed: {answer.get('message')}")
