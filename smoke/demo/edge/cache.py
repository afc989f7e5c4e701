"""The edge's cache: keeps what the origin declares public and immutable."""

import re
import time
from dataclasses import dataclass, field
from http import HTTPStatus

from smoke.demo.wire import Answer

_PUBLIC = re.compile(rb"public.*max-age=[1-9]")


@dataclass(slots=True)
class Cache:
    """Answers by host and target, kept as long as the stack runs: file names change with their content."""

    kept: dict[tuple[str, str], tuple[float, Answer]] = field(default_factory=dict)

    def find(self, host: str, method: str, target: str) -> Answer | None:
        """Return the kept answer with its age, and without the name of the replica that once gave it."""
        if method != "GET" or (host, target) not in self.kept:
            return None
        at, answer = self.kept[host, target]
        age = str(int(time.monotonic() - at)).encode()
        headers = [(name, value) for name, value in answer.headers if name != b"x-replica"]
        return Answer(answer.status, [*headers, (b"age", age), (b"x-cache", b"HIT")], answer.body)

    def keep(self, host: str, method: str, target: str, answer: Answer) -> Answer:
        """Keep *answer* if it may be kept, and return it marked as fetched."""
        if method == "GET" and answer.status == HTTPStatus.OK and _PUBLIC.search(answer.header(b"cache-control")):
            self.kept[host, target] = (time.monotonic(), answer)
        return Answer(answer.status, [*answer.headers, (b"x-cache", b"MISS")], answer.body)
