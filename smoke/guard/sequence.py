"""The way of one guarded deployment: prime, deploy, verify, and back where the release is at fault."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import time

from smoke import baseline
from smoke.canary.announcements import deploy_over
from smoke.environment import Environment
from smoke.guard import turn
from smoke.guard.command import CommandEnd, run
from smoke.guard.interruption import Interruption
from smoke.guard.looks import Look, Looks
from smoke.guard.restoration import Restoration
from smoke.guard.story import Story
from smoke.notify.deploys import verdict_event
from smoke.notify.event import DeployNews, Event
from smoke.outputs.answer import enumerate_in_words, short
from smoke.verdict.release import Release, same_commit
from smoke.verdict.words import EXIT_USAGE


@dataclass
class Guard:
    """One deployment; *deploy* is the command that makes it, *manifest* the text of the release manifest, if any."""

    environment: Environment
    state: Path
    environ: Mapping[str, str]
    looks: Looks
    story: Story
    interruption: Interruption
    deploy: Sequence[str]
    release: Release
    announce: Callable[[Event], None]
    manifest: str = ""
    again: bool = False

    def run(self) -> int:
        """Make the deployment; returns the exit status of the whole."""
        try:
            with turn.turn(self.state, self.environment.name):
                if not self.again:
                    turn.object_to(self.state, self.environment.name, self.story.sha)
                return self._run()
        except turn.Refused as refusal:
            return self.story.conclude("refused", f"Nothing was deployed: {refusal}.")

    def _run(self) -> int:
        if (status := self._prime()) == EXIT_USAGE:
            return status
        if self.interruption.came:
            return self._stopped("before the deploy began; nothing was changed")
        if not self.story.steps[-1]["well"]:
            return self.story.conclude("refused", "Nothing was deployed: what is live could not be looked at before.")
        began = time()
        self.announce(self._start(began))
        ended = self._deploy()
        if self.interruption.came:
            return self._stopped(f"while deploying; the deploy command {ended.how}, and nothing was verified")
        if not ended.well:
            return self._after_a_failed_deploy(ended)
        look = self._verify("verify", began)
        return self._obey(look, purged=False)

    def _prime(self) -> int:
        self.story.begin("prime", "recording what the checks see before the deploy")
        status = self.looks.prime()
        known = baseline.load(self.state, self.environment.name)
        fresh = known is not None and known.run_id == f"{self.looks.identifier}-prime"
        self.story.previous = self.release.previous or (known.commit if known and fresh else None) or ""
        live = f"{short(self.story.previous)} is live" if self.story.previous else "nobody tells what is live"
        said = f"the baseline is recorded; {live}" if fresh else "no baseline could be recorded"
        self.story.end(said, well=fresh)
        return status

    def _deploy(self) -> CommandEnd:
        self.story.begin("deploy", "the deploy command is running")
        limit_s = self.environment.guard.deploy_within_s
        ended = run(self.deploy, {**self.environ, **self.story.variables()}, limit_s, self.interruption, stoppable=True)
        self.story.end(f"the deploy command {ended.how}", well=ended.well)
        return ended

    def _verify(self, part: str, began: float) -> Look:
        self.story.begin("verify", f"is {short(self.story.sha)} good?")
        file = self._manifest(began)
        before, soak = self.story.previous or None, self.looks.chosen.smoke_soak
        look = self.looks.verify(part, release=str(file), sha=self.story.sha, previous=before, soak=soak)
        self._note(look)
        if warning := self.looks.sign(look):
            self.story.facts.setdefault("warnings", []).append(warning)
        if look.verdict:
            self.announce(verdict_event(look.verdict))
        return look

    def _obey(self, look: Look, *, purged: bool) -> int:
        """Do what the verdict says: go on, hold, or go back; a rollback that would not help is not made."""
        if look.word == "pass":
            return self.story.conclude("promoted", f"The release is good. {look.summary}")
        if look.word == "fail":
            helps = look.verdict.get("rollback_helps", True)
            return self._restore(look) if helps else self._otherwise(look, purged=purged)
        outcome, said = "held", f"Nothing was rolled back, and nothing is proven. {look.summary}"
        if came := self.interruption.came:
            outcome, said = "interrupted", f"{came} stopped the guard while verifying: {look.word}. {look.summary}"
        # Who was told of a verdict is told nothing else; without one, the deploy that was announced has no end yet.
        return self.story.conclude(outcome, said) if look.verdict else self._given_up(outcome, said)

    def _otherwise(self, look: Look, *, purged: bool) -> int:
        """A rollback would not help: empty the caches once if that is the advice, else leave it to people, loudly."""
        remedies = {one.get("remedy") for one in look.verdict["checks"] if one.get("remedy")}
        able = remedies == {"purge"} and not purged and not self.interruption.came
        if able and self._restoration(look).purge(look):
            return self._obey(self._verify("purged", time()), purged=True)
        advice = look.verdict.get("advice", "")
        return self.story.conclude("left", f"Nothing was rolled back, as that would not help: {advice}. {look.summary}")

    def _after_a_failed_deploy(self, ended: CommandEnd) -> int:
        """See what is live now: a release that came through in part is rolled back, and nothing else is."""
        self.story.begin("verify", "the deploy failed: what is live?")
        look = self.looks.verify("verify", soak=0.0)
        self._note(look)
        commits = look.commits()
        failed = f"The deploy command {ended.how}"
        if look.word == "fail" and any(same_commit(one, self.story.sha) for one in commits):
            return self._restore(look)
        live = enumerate_in_words([short(one) for one in commits]) or "nobody tells what"
        sound = {"pass": "and is sound", "fail": "and fails: "}.get(look.word, "and nothing is proven: ")
        more = "" if look.word == "pass" else look.summary
        return self._given_up("not deployed", f"{failed}; {live} is live {sound}{more}".strip())

    def _restore(self, look: Look) -> int:
        if came := self.interruption.came:
            return self._restoration(look).leave(f"{came} stopped the guard before")
        return self._restoration(look).restore(look)

    def _restoration(self, look: Look) -> Restoration:
        told = {**self.environ, **self.story.variables(), **look.variables()}
        own = (self.environment, self.state, told, self.looks, self.story, self.interruption, self.announce)
        return Restoration(*own, services=self.release.services)

    def _start(self, at: float) -> Event:
        release = self.release
        return Event(
            news=DeployNews.START,
            environment=self.environment.name,
            at=at,
            commit=self.story.sha,
            previous=self.story.previous or None,
            author=release.author or "",
            changelog=release.changelog or "",
        )

    def _stopped(self, when: str) -> int:
        return self._given_up("interrupted", f"{self.interruption.came} stopped the guard {when}.")

    def _given_up(self, outcome: str, said: str) -> int:
        """End without a verdict on the release: who was told that a deploy begins is told that it does not go on."""
        deploy_over(self.state, self.environ, self.environment.name)
        told = replace(self._start(time()), news=DeployNews.INCONCLUSIVE, reason=said, changelog="")
        self.announce(told)
        return self.story.conclude(outcome, said)

    def _note(self, look: Look) -> None:
        self.story.facts["verdict"] = look.told()
        self.story.end(f"{look.word}: {look.summary}", well=look.word == "pass")

    def _manifest(self, began: float) -> Path:
        """Write the manifest that the release is verified against: what was declared, and when the deploy began."""
        start = "" if self.release.deployed_at is not None else f"deployed_at = {began:.3f}\n"
        file = self.story.directory / "release.toml"
        file.write_text(start + self.manifest, encoding="utf-8")
        return file
