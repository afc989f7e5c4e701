"""The edge's cache: keeps what the origin declares public, and what its operator tells it to keep."""

import time
from dataclasses import dataclass, field

from smoke.demo.edge.freshness import Rule, declared_lifetime_s, rule_for
from smoke.demo.wire import Answer

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer in the cache: when it was made and until when it is fresh, on the monotonic clock."""

    made: float
    fresh_until: float
    answer: Answer


@dataclass(slots=True)
class Cache:
    """Answers by host and target; *rules* of the operator go before what origins say."""

    rules: tuple[Rule, ...] = ()
    kept: dict[Key, Kept] = field(default_factory=dict)

    def find(self, host: str, method: str, target: str) -> Answer | None:
        """Return the kept answer with its age, and without the name of the replica that once gave it."""
        if method != "GET":
            return None
        one = self.kept.get(self._key(host, target))
        now = time.monotonic()
        if one is None or now >= one.fresh_until:
            return None
        age = str(int(now - one.made)).encode()
        return Answer(one.answer.status, [*one.answer.headers, (b"age", age), (b"x-cache", b"HIT")], one.answer.body)

    def forget(self, names: frozenset[str]) -> None:
        """Drop the files of these names, as a purge does."""
        self.kept = {key: one for key, one in self.kept.items() if key[1].rpartition("/")[2] not in names}

    def keep(self, host: str, method: str, target: str, answer: Answer) -> Answer:
        """Keep *answer* if it may be kept, and return it marked as fetched."""
        if method == "GET":
            lasts_s, age_s = self._lifetime_s(host, target, answer)
            if lasts_s > 0:
                now = time.monotonic()
                headers = [(name, value) for name, value in answer.headers if name != b"x-replica"]
                kept = Kept(now - age_s, now + lasts_s, Answer(answer.status, headers, answer.body))
                self.kept[self._key(host, target)] = kept
        return Answer(answer.status, [*answer.headers, (b"x-cache", b"MISS")], answer.body)

    def purge(self) -> None:
        """Forget everything, and the operator's rules with it."""
        self.rules = ()
        self.kept.clear()

    def _lifetime_s(self, host: str, target: str, answer: Answer) -> tuple[float, float]:
        """Return how long *answer* may be kept, and how old it already is."""
        rule = rule_for(self.rules, host, target.partition("?")[0])
        if rule is not None and rule.status == answer.status:
            return rule.lasts_s, rule.age_s
        return declared_lifetime_s(answer), 0.0

    def _key(self, host: str, target: str) -> Key:
        if self.rules:
            path = target.partition("?")[0]
            rule = rule_for(self.rules, host, path)
            if rule is not None and not rule.whole_target:
                return host, path
        return host, target
