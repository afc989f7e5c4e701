"""A world in a directory: commands change what is live, and looks tell it without asking anybody."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from smoke import baseline
from smoke.guard.looks import Look
from smoke.verdict.component import Component
from smoke.verdict.words import ACTIONS, EXIT_STATUS, Word
from tests.plugin.site import COMMIT, PREVIOUS

WEB = Component("web", services=("web",), procedure="switch back", command=("sh", "-c", "echo {previous} > live"))


@dataclass
class World:
    """
    What is live lies in the file *live* of *directory*; the commit that is deployed is *word*, every other one passes.

    *more* is what its verdict says besides, such as components; *asked* are the looks that were taken,
    *condemned* what each was told to be rolled back.
    """

    directory: Path
    word: Word = Word.PASS
    more: dict[str, Any] = field(default_factory=lambda: {"components": [WEB.to_json()]})
    asked: list[str] = field(default_factory=list)
    condemned: list[str | None] = field(default_factory=list)

    @property
    def live(self) -> str:
        """The commit that is served."""
        return (self.directory / "live").read_text("utf-8").strip()

    @live.setter
    def live(self, commit: str) -> None:
        (self.directory / "live").write_text(commit, "utf-8")


@dataclass
class FakeLooks:
    """Looks at a world."""

    world: World
    chosen: Any
    identifier: str = "one"
    environ: Mapping[str, str] = field(default_factory=dict)

    def prime(self) -> int:
        """Record what is live as the baseline."""
        self.world.asked.append("prime")
        observed = {"web": {"commits": {self.world.live: 3}, "replicas": {}}}
        known = baseline.Baseline(f"{self.identifier}-prime", 1.0, {}, observed)
        baseline.save(self.world.directory / "state", "shop/prod", known)
        return 0

    def sign(self, _look: Look) -> None:
        """Sign nothing: there is no key."""

    def verify(self, part: str, *_extra: str, quietly: bool = False, **release: Any) -> Look:
        """Say the world's word of the deployed commit, and pass of any other."""
        _ = quietly
        self.world.asked.append(part)
        manifest = tomllib.loads(Path(release["release"]).read_text("utf-8")) if release.get("release") else {}
        live, expected = self.world.live, release.get("sha") or manifest.get("commit")
        self.world.condemned.append(manifest.get("condemned"))
        word = self.world.word if live == COMMIT else Word.PASS
        if expected and live != expected:
            word = Word.FAIL
        settled = "passed" if expected in {None, live} else "failed"
        verdict = {
            "run_id": part,
            "environment": "shop/prod",
            "verdict": word.value,
            "action": ACTIONS[word].value,
            "summary": f"{live[:7]} was looked at.",
            "advice": "do what helps",
            "rollback_helps": True,
            "reasons": [],
            "release": {
                "expected": expected,
                "previous": release.get("previous"),
                "observed": {"web": {"commits": {live: 3}, "replicas": {}}},
            },
            "finished_at": "2026-11-26T02:00:00.000Z",
            "duration_s": 1.0,
            "services": ["web"],
            "checks": [{"id": "converge/web", "outcome": settled}],
            **(self.world.more if word is not Word.PASS else {}),
        }
        return Look(EXIT_STATUS[word], self.world.directory / part, verdict)


def shell(script: str) -> list[str]:
    """Return a command that runs *script*."""
    return ["sh", "-c", script]


DEPLOY = f"echo {COMMIT} > live"
BACK = f"echo {PREVIOUS} > live"
