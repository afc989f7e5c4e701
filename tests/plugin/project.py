"""A project with environment files in a directory of its own, and the processes that verify it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Any

from tests.nursery import Nursery
from tests.plugin.site import Site

ROOT = Path(__file__).parent.parent.parent
SUITE = ROOT / "smoke" / "suite"

PATIENCE_S = 60.0
"""When a process has not ended by then, a test fails instead of waiting for it."""

CHECKS = """
tier = "{tier}"
budget_s = {budget_s}
control = ["{control}"]
[converge]
within_s = {within_s}
stuck_after_s = {stuck_after_s}
every_s = 0.1
[limits]
timeout_s = {timeout_s}
connect_timeout_s = {timeout_s}
requests_per_s = 2000
concurrency = 50
[confirm]
pause_s = 0.1
[services.web]
url = "{url}"
replicas = {replicas}
health = {{ path = "/health" }}
release = {{ path = "/health", commit = "version" }}
[[pages]]
name = "home"
path = "/"
contains = ["Welcome"]
[[pages]]
name = "terms"
path = "/terms"
contains = ["Terms"]
[[protected]]
name = "account"
service = "web"
path = "/account"
[[reads]]
name = "items"
service = "web"
path = "/items"
expect = [{{ at = "items", at_least = 1 }}]
"""

JOURNEY = """
[[journeys]]
name = "orders"
path = "/orders"
landmark = { role = "heading", name = "Orders" }
"""

ACCOUNT = """
[login]
service = "web"
path = "/login"
who = "/me"
[roles.customer]
user = { env = "SHOP_USER" }
password = { env = "SHOP_PASSWORD" }
"""


def eventually(condition: Callable[[], object], within_s: float = 20.0) -> bool:
    """Wait until *condition* holds; tell whether it did in time."""
    deadline = monotonic() + within_s
    while not condition():
        if monotonic() > deadline:
            return False
        Event().wait(0.02)
    return True


@dataclass(frozen=True)
class Ended:
    """How a process ended, and what it left."""

    status: int
    out: str
    err: str
    reports: Path

    @cached_property
    def verdicts(self) -> dict[str, dict[str, Any]]:
        """The latest verdict of each environment."""
        files = sorted(self.reports.glob("*/*/latest/verdict.json"))
        return {one["environment"]: one for one in (json.loads(file.read_text("utf-8")) for file in files)}

    @property
    def verdict(self) -> dict[str, Any]:
        """The verdict of the only environment."""
        (only,) = self.verdicts.values()
        return only

    @property
    def checks(self) -> dict[str, dict[str, Any]]:
        """The checks of the only verdict, by id."""
        return {one["id"]: one for one in self.verdict["checks"]}

    @property
    def outcomes(self) -> dict[str, str]:
        """The outcomes of the only verdict, by check id."""
        return {name: one["outcome"] for name, one in self.checks.items()}


@dataclass
class Project:
    """Environment files, reports and state under *directory*; sessions and commands come from *processes*."""

    directory: Path
    processes: Nursery
    variables: dict[str, str] = field(default_factory=dict)

    @property
    def reports(self) -> Path:
        """Where the results lie."""
        return self.directory / "reports"

    def environment(self, name: str, site: Site, more: str = "", **settings: object) -> Path:
        """Write the file of an environment of *site*; *settings* replace what stands in `CHECKS`, *more* is added."""
        values: dict[str, object] = {
            "tier": name.partition("/")[2],
            "url": site.url,
            "control": f"http://localhost:{site.port}/",
            "replicas": 1,
            "budget_s": 60,
            "timeout_s": 10,
            "within_s": 20,
            "stuck_after_s": 1.0,
        }
        file = self.directory / "environments" / f"{name}.toml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(CHECKS.format(**values | settings) + more, "utf-8")
        return file

    def plugin(self, code: str) -> str:
        """Write a pytest plugin as somebody else might have installed it; returns the argument that loads it."""
        (self.directory / "foreign_plugin.py").write_text(code, "utf-8")
        self.variables["PYTHONPATH"] = str(self.directory)
        return "-pforeign_plugin"

    def pytest(self, *arguments: str, cwd: Path = ROOT) -> Ended:
        """Run pytest at the root of the repository."""
        return self.run(*self.session(*arguments), cwd=cwd)

    def smoke(self, command: str, *arguments: str) -> Ended:
        """Run a command of the CLI."""
        return self.run(*self.command(command, *arguments))

    def run(self, *arguments: str, cwd: Path = ROOT, within_s: float = PATIENCE_S) -> Ended:
        """Run Python with *arguments* (`-m` and so on), forked: everything has been imported already."""
        process = self.processes.run("tests.plugin.forked", arguments[1:], cwd=cwd, variables=self.environ())
        try:
            out, err = process.communicate(within_s)
        finally:
            process.kill()
        return Ended(process.wait(), out, err, self.reports)

    def started_in_full(self, *arguments: str, within_s: float = PATIENCE_S) -> Ended:
        """Run Python with *arguments*, importing everything."""
        with self.started(*arguments) as process:
            return self.end(process, within_s)

    def command(self, command: str, *arguments: str) -> list[str]:
        """Return Python's arguments for a command of the CLI."""
        everything = dict.fromkeys(("verify", "prime", "guard", "rollback"), self._places())
        places = {**everything, "environments": self._places()[:1]}
        return ["-m", "smoke", command, *places.get(command, []), *arguments]

    def session(self, *arguments: str) -> list[str]:
        """Return Python's arguments for a session of pytest."""
        return ["-m", "pytest", *self._places(), *arguments]

    @contextmanager
    def started(self, *arguments: str, cwd: Path = ROOT, **popen: Any) -> Iterator[subprocess.Popen[str]]:
        """Start Python with *arguments*; it is killed should it outlive the block."""
        streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "stdin": subprocess.DEVNULL} | popen
        with subprocess.Popen(
            [sys.executable, *arguments], cwd=cwd, env=self.environ(), text=True, **streams
        ) as process:
            try:
                yield process
            finally:
                process.kill()

    def end(self, process: "subprocess.Popen[str]", within_s: float = PATIENCE_S) -> Ended:
        """Wait for the end of *process*."""
        out, err = process.communicate(timeout=within_s)
        return Ended(process.returncode, out or "", err or "", self.reports)

    def environ(self) -> Mapping[str, str]:
        """Return the variables of a process, without those of the session that runs the tests."""
        foreign = ("PYTEST_", "SMOKE_", "GITHUB_", "COV_")
        own = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
        return {**own, "NO_COLOR": "1", "TMPDIR": str(self.directory), **self.variables}

    def _places(self) -> list[str]:
        return [f"--environments={self.directory / 'environments'}", f"--reports={self.reports}"]
