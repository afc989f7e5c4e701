"""Back to the release before: the ways back of what is at fault, the caches, and the proof that it is served again."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import time

from smoke.environment import Environment
from smoke.guard import turn
from smoke.guard.command import CommandEnd, run
from smoke.guard.interruption import Interruption
from smoke.guard.looks import Look, Looks
from smoke.guard.story import Story
from smoke.notify.event import DeployNews, Event
from smoke.outputs.answer import enumerate_in_words, seconds, short
from smoke.outputs.response import filled, lacks_previous
from smoke.verdict.component import Component
from smoke.verdict.release import is_commit, same_commit


@dataclass(frozen=True, slots=True)
class Restoration:
    """
    The rollback of one release, made once.

    *environ* are the variables that commands get. A rollback is finished whatever is asked: a signal is reported, not
    obeyed.
    """

    environment: Environment
    state: Path
    environ: Mapping[str, str]
    looks: Looks
    story: Story
    interruption: Interruption
    announce: Callable[[Event], None]
    services: tuple[str, ...] = ()
    """The services that the release replaced, where it did not replace all."""

    def restore(self, failed: Look) -> int:
        """Roll back what *failed* puts at fault, and prove it; returns the exit status of the whole."""
        began = time()
        parts = [Component.from_json(one) for one in failed.verdict.get("components", ())]
        self.story.facts["components"] = [one.to_json() for one in parts]
        mine = [one for one in parts if self._was_replaced(one)]
        able = [one for one in mine if one.possible and one.command]
        left = [*_left_to_people(mine), *(_untouched(one) for one in parts if one not in mine)]
        left = left if parts else ["nothing in the environment file says how to roll back"]
        if not able:
            return self.leave("; ".join(left))
        self._tell_people(DeployNews.ROLLBACK, failed.summary)
        mark = turn.begin(self.state, self.environment.name, self.story.sha, self.story.identifier)
        broken = [*self._roll_back(able), *self._purge(able)]
        proof = self._prove(able)
        turn.end(self.state, self.environment.name, mark)
        self._timed(began)
        missing = [*broken, *proof, *left]
        if missing:
            return self._lost(f"{'; '.join(missing)}. Look at what is live and restore it by hand.")
        names = enumerate_in_words([one.name for one in able])
        said = f"{names} {self._back()}."
        self._tell_people(DeployNews.ROLLED_BACK, said)
        return self.story.conclude("restored", f"{said} {failed.summary}")

    def _was_replaced(self, part: Component) -> bool:
        """Tell whether the release replaced anything of *part*: what it left alone has nothing to go back to."""
        return not self.services or not part.services or bool(set(part.services) & set(self.services))

    def leave(self, why: str) -> int:
        """Roll nothing back, and say *why* as loudly as of a rollback that failed; returns the exit status."""
        return self._lost(f"nothing was rolled back: {why}. The release is still served.")

    def purge(self, failed: Look) -> bool:
        """Empty the caches before what *failed* puts at fault; tells whether that was declared, and ended well."""
        parts = [Component.from_json(one) for one in failed.verdict.get("components", ())]
        purging = [one for one in parts if one.purge]
        return bool(purging) and not self._purge(purging)

    def _roll_back(self, parts: Iterable[Component]) -> list[str]:
        broken = []
        for one in parts:
            self.story.begin("rollback", f"{one.name}: {one.procedure or 'rolling back'}")
            ended = self._run(one, one.command)
            self._tell("rollback", one, ended)
            if not ended.well:
                broken.append(f"the rollback of {one.name} {ended.how} ({ended.line})")
        return broken

    def _purge(self, parts: Iterable[Component]) -> list[str]:
        broken, done = [], set()
        for one in parts:
            if one.purge and one.purge not in done:
                done.add(one.purge)
                self.story.begin("purge", f"{one.name}: emptying the caches before it")
                ended = self._run(one, one.purge)
                self._tell("purge", one, ended)
                if not ended.well:
                    broken.append(f"the purge for {one.name} {ended.how} ({ended.line})")
        return broken

    def _run(self, component: Component, arguments: Sequence[str]) -> CommandEnd:
        command = filled(arguments, self.story.sha, self.story.previous)
        told = {**self.environ, "SMOKE_COMPONENT": component.name}
        if lacks_previous(command):
            return CommandEnd(tuple(command), None, "was not tried, as nobody knows what was live before", 0.0)
        return run(command, told, component.within_s, self.interruption)

    def _tell(self, what: str, component: Component, ended: CommandEnd) -> None:
        self.story.end(f"{component.name}: the {what} {ended.how}", well=ended.well)

    def _prove(self, parts: Sequence[Component]) -> list[str]:
        """Look whether every replica serves the release before; returns what is not proven."""
        named = dict.fromkeys(name for one in parts for name in one.services)
        wanted = [name for name in named if not self.services or name in self.services]
        telling = [name for name, service in self.environment.services.items() if service.release is not None]
        provable = [name for name in wanted if name in telling]
        if not provable:
            names = enumerate_in_words([one.name for one in parts])
            self.story.facts["restored"] = None
            return [f"nothing tells what {names} serves now, so that it is back is not proven"]
        self.story.begin(
            "proof", f"is {self._before()} served again by every replica of {enumerate_in_words(provable)}?"
        )
        some = () if set(provable) >= set(telling) else ("-k", " or ".join(f"converge/{one}" for one in provable))
        look = self.looks.verify(
            "proof", *some, quietly=True, soak=0.0, release=self._way_back(provable if some else ())
        )
        wrong = [one for one in provable if not self._is_back(look, one)]
        self._weigh(look, partial=bool(some))
        self.story.facts["restored"] = not wrong
        seen = dict.fromkeys(commit for one in wrong for commit in look.commits(one))
        served = enumerate_in_words([short(one) for one in seen]) or "no answer that names a commit"
        said = f"{self._before()} is served by every replica of {enumerate_in_words(provable)}"
        self.story.end(f"{enumerate_in_words(wrong)}: seen was {served}" if wrong else said, well=not wrong)
        return [f"{enumerate_in_words(wrong)} is not proven to be back: seen was {served}"] if wrong else []

    def _way_back(self, services: Sequence[str]) -> str:
        """Write the manifest of the way back: what must be served again, and what not, of all or *services*."""
        said = {"commit": self.story.previous, "condemned": self.story.sha}
        file = self.story.directory / "way-back.toml"
        lines = [f'{key} = "{commit}"\n' for key, commit in said.items() if is_commit(commit)]
        if services:
            lines.append(f"services = {json.dumps(list(services))}\n")
        file.write_text("".join(lines), encoding="utf-8")
        return str(file)

    def _is_back(self, look: Look, service: str) -> bool:
        commits = look.commits(service)
        if self.story.previous:
            back = all(same_commit(one, self.story.previous) for one in commits)
        else:
            back = not any(same_commit(one, self.story.sha) for one in commits)
        return look.settled(service) and bool(commits) and back

    def _weigh(self, look: Look, *, partial: bool) -> None:
        """Warn where what is back is not sound: that is no fault of the rollback, but somebody must know."""
        if not partial and look.word != "pass":
            self.story.facts.setdefault("warnings", []).append(f"what is back: {look.word}. {look.summary}")
        self.story.facts["proof"] = look.told()

    def _timed(self, began: float) -> None:
        took, limit = round(time() - began, 1), self.environment.guard.restore_within_s
        self.story.facts |= {"restored_in_s": took, "restore_within_s": limit}
        if took > limit:
            self.story.facts.setdefault("warnings", []).append(
                f"the rollback took {seconds(took)}, promised are at most {limit:g} s"
            )
        if came := self.interruption.came:
            self.story.facts.setdefault("warnings", []).append(
                f"{came} came while rolling back, which went on to its end"
            )

    def _lost(self, what: str) -> int:
        said = f"The release before is not back: {what}"
        self._tell_people(DeployNews.ROLLBACK_FAILED, said)
        return self.story.conclude("not restored", said)

    def _tell_people(self, news: DeployNews, reason: str) -> None:
        """Say what is known of the rollback; whoever cannot be told changes nothing."""
        story = self.story
        took_s = story.facts.get("restored_in_s")
        self.announce(
            Event(
                news, story.environment, time(), story.sha or None, story.previous or None, reason=reason, took_s=took_s
            )
        )

    def _back(self) -> str:
        took = self.story.facts.get("restored_in_s")
        return f"rolled back to {self._before()}, proven on every replica" + (f" in {seconds(took)}" if took else "")

    def _before(self) -> str:
        return short(self.story.previous) if self.story.previous else "another release"


def _left_to_people(parts: Iterable[Component]) -> list[str]:
    """Say what no command does: what cannot be rolled back, and what people have to."""
    said = []
    for one in parts:
        if not one.possible:
            said.append(f"{one.name} cannot be rolled back: {one.instead}")
        elif not one.command:
            said.append(f"{one.name} must be rolled back by hand: {one.procedure or 'no procedure is declared'}")
    return said


def _untouched(part: Component) -> str:
    return f"{part.name} is at fault, though the release did not replace it"
