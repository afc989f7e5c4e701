"""A small queue of export jobs for tests, over the routes of `FakeHttp`."""

from collections.abc import Callable
from dataclasses import dataclass, field

from smoke.http import Exchange, Request
from tests.checks.fake_world import Answer, answer, json_answer


@dataclass
class Exports:
    """A queue whose jobs are done at the *looks*-th look; any of the answers may be replaced."""

    looks: int = 3
    end: str = "completed"
    submit: Callable[[int], Exchange] = lambda number: json_answer({"id": f"job {number}"}, 202)
    status: Callable[[int], Exchange | None] = lambda _look: None
    removal: Exchange = field(default_factory=lambda: answer("", 204))
    depths: tuple[int, ...] = ()
    oldest_s: float = 5
    submitted: list[Request] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    _looks: dict[str, int] = field(default_factory=dict)

    def routes(self) -> dict[str, Answer]:
        """Return the routes for `FakeHttp`; an id is quoted in a path."""
        one = {f"https://api.test/exports/job%20{number}": self._one for number in range(1, 4)}
        return {"https://api.test/exports": self._submit, "https://api.test/health/queues": self._depth, **one}

    def _depth(self, _request: Request) -> Exchange:
        if not self.depths:
            return answer("", 404)
        depth, *rest = self.depths
        self.depths = (*rest, depth)
        return json_answer({"queues": {"exports": {"waiting": depth, "oldestWaitingSeconds": self.oldest_s}}})

    def _submit(self, request: Request) -> Exchange:
        self.submitted.append(request)
        return self.submit(len(self.submitted))

    def _one(self, request: Request) -> Exchange:
        if request.method == "DELETE":
            self.removed.append(request.url)
            return self.removal
        self._looks[request.url] = look = self._looks.get(request.url, 0) + 1
        return self.status(look) or json_answer({"status": self.end if look >= self.looks else "queued"})
