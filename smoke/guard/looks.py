"""The looks that a guarded deployment takes: each is a run of its own, as `smoke prime` and `smoke verify` make it."""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from smoke import options
from smoke.attestation import signing
from smoke.commands.prime import prime
from smoke.commands.verify import supervised
from smoke.record import run_directory
from smoke.running.places import reports_directory

GITHUB = ("GITHUB_ACTIONS", "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")
"""Who is told of the verdict on the release is not told of the looks before and after it: outputs would be replaced."""

OF_THE_RELEASE = ("smoke_sha", "smoke_previous", "smoke_release", "smoke_run_id", "smoke_soak")


@dataclass(frozen=True, slots=True)
class Looks:
    """Looks at one environment, with the options of the guard; their runs are named after *identifier*."""

    chosen: argparse.Namespace
    environ: Mapping[str, str]
    identifier: str

    def prime(self) -> int:
        """Record the baseline; returns what `smoke prime` returns."""
        return prime(self._chosen("prime"), self._quietly(), quiet=True)

    def verify(self, part: str, *extra: str, quietly: bool = False, **release: Any) -> "Look":
        """
        Verify what is live; *part* names the run, *release* is what should be live.

        *quietly* tells GitHub nothing of it, *extra* are pytest arguments.
        """
        chosen = self._chosen(part, **release)
        status = supervised(chosen, self._quietly() if quietly else self.environ, *extra)
        directory = Path(reports_directory(chosen)) / chosen.environment / chosen.smoke_run_id
        return Look(status, directory, run_directory.read_verdict(directory) or {})

    def sign(self, look: "Look") -> str | None:
        """Sign the verdict of *look* if a key is configured; returns a warning when that could not be."""
        return signing.sign(look.directory, self.environ)

    def _chosen(self, part: str, **release: Any) -> argparse.Namespace:
        known = {
            one.destination: getattr(self.chosen, one.destination) for one in (*options.VERIFY, *options.ONLY_VERIFY)
        }
        given = {f"smoke_{name}": value for name, value in release.items()}
        own = {**dict.fromkeys(OF_THE_RELEASE), "smoke_run_id": f"{self.identifier}-{part}"}
        return argparse.Namespace(**{**known, **own, **given}, environment=self.chosen.environment)

    def _quietly(self) -> dict[str, str]:
        return {name: value for name, value in self.environ.items() if name not in GITHUB}


@dataclass(frozen=True, slots=True)
class Look:
    """What one run found: its exit status, its directory, and its verdict, which is empty where there is none."""

    status: int
    directory: Path
    verdict: Mapping[str, Any] = field(default_factory=dict)

    @property
    def word(self) -> str:
        """The verdict's word, or `none`."""
        return str(self.verdict.get("verdict", "none"))

    @property
    def summary(self) -> str:
        """The verdict's sentence."""
        return str(self.verdict.get("summary", "there is no verdict"))

    def commits(self, service: str | None = None) -> tuple[str, ...]:
        """Return the commits that *service*, or any, was seen to serve in the newest census."""
        observed = self.verdict.get("release", {}).get("observed", {})
        seen = [census for name, census in observed.items() if service in {None, name}]
        return tuple(dict.fromkeys(commit for census in seen for commit in census.get("commits", {})))

    def settled(self, service: str) -> bool:
        """Tell whether every replica of *service* was seen to serve what it should."""
        checks: Sequence[Mapping[str, Any]] = self.verdict.get("checks", ())
        return any(one["id"] == f"converge/{service}" and one["outcome"] == "passed" for one in checks)

    def variables(self) -> dict[str, str]:
        """Return what the commands of a rollback are told in their environment."""
        return {"SMOKE_VERDICT": str(self.directory / "verdict.json")}

    def told(self) -> dict[str, Any]:
        """Return the verdict in short, for the report of the whole."""
        keys = ("run_id", "verdict", "action", "summary", "advice", "severity", "incidents", "services")
        return {**{key: self.verdict.get(key) for key in keys}, "report": str(self.directory / "report.html")}
