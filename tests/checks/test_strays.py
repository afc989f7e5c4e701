"""Server errors that every check takes for chance are counted together."""

from dataclasses import replace
from itertools import count
from typing import Any

import pytest

from smoke.checks import confirm, pages
from smoke.checks._check import Check
from smoke.checks._memory import Memory
from smoke.checks._strays import Strays, by_hand, note
from smoke.environment import Environment
from smoke.http import Exchange, Request
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome, Stage
from tests.checks.fake_world import NEW, answer, concluded, environment_of, json_answer, world_of

RELEASE = Release(commit=NEW)
PATHS = [f"/page/{number}" for number in range(20)]


def environment() -> Environment:
    """Return an environment with one service of two replicas, twenty pages and a health."""
    service = {"url": "https://api.test", "release": {"path": "/health", "commit": "commit"}}
    names = [path.strip("/").replace("/", "-") for path in PATHS]
    described = [
        {"name": name, "path": path, "service": "bff", "contains": ["x"]}
        for name, path in zip(names, PATHS, strict=True)
    ]
    return environment_of(services={"bff": service}, pages=described)


def page_check() -> Check:
    """Return one check that counts."""
    return next(iter(pages.checks(environment(), RELEASE)))


def exchanges(path: str, *statuses: int, method: str = "GET") -> list[Exchange]:
    """Return what was asked and answered."""
    return [replace(answer("", status), request=Request(method, f"https://api.test{path}?q=1")) for status in statuses]


def memory_of(failing: int, *, asked: int = 30, status: int = 502, check: Check | None = None, lots: int = 1) -> Memory:
    """Return what is remembered of twenty pages, asked in *lots*; one request of the first *failing* lots failed."""
    memory = Memory()
    for place, path in enumerate(PATHS * lots):
        bad = [status] if place < failing else [200]
        note(memory, check or page_check(), exchanges(path, *bad, *[200] * (asked - 1)))
    return memory


class TestSuspicion:
    """What makes the last check look again."""

    def test_clean(self) -> None:
        """Nothing strayed."""
        strays = Strays.of(memory_of(0), "bff")

        assert (strays.total, strays.suspicious) == ((0, 600), False)

    @pytest.mark.parametrize("failing", [1, 3, 6])
    def test_ambient(self, failing: int) -> None:
        """One request in a hundred is what the field knows as noise."""
        assert not Strays.of(memory_of(failing), "bff").suspicious

    def test_few_requests(self) -> None:
        """Ten of two hundred are too few to be sure, and enough to look again."""
        strays = Strays.of(memory_of(10, asked=10), "bff")

        assert (strays.total, strays.suspicious) == ((10, 200), True)

    def test_one_in_thirty(self) -> None:
        """Twenty addresses of which each failed once in thirty: no check could be sure, together they are."""
        strays = Strays.of(memory_of(20), "bff")

        assert (strays.total, strays.suspicious) == ((20, 600), True)

    def test_an_address_with_a_fault_of_its_own(self) -> None:
        """Its checks tell that it fails; for the others it proves nothing."""
        memory = memory_of(0)
        note(memory, page_check(), exchanges("/broken", *[500] * 12))

        assert Strays.of(memory, "bff").total == (0, 600)

    def test_few_addresses(self) -> None:
        """What strays at one or two addresses is left to their checks."""
        memory = memory_of(0)
        for path in PATHS[:2]:
            note(memory, page_check(), exchanges(path, *[502] * 12))

        strays = Strays.of(memory, "bff")

        assert (strays.total, strays.suspicious) == ((24, 624), False)

    @pytest.mark.parametrize("status", [404, 429, 302])
    def test_other_answers(self, status: int) -> None:
        """Only what the server calls its own error counts."""
        assert Strays.of(memory_of(20, status=status), "bff").total[0] == 0

    @pytest.mark.parametrize("changes", [{"depends_on": ("whmcs",)}, {"service": None}])
    def test_checks_that_do_not_count(self, changes: dict[str, Any]) -> None:
        """What leans on a third party, or concerns no service, fails for reasons of its own."""
        check = replace(page_check(), **changes)

        assert Strays.of(memory_of(20, check=check), "bff").counts == ()

    def test_writes_do_not_count(self) -> None:
        """They could not be asked again."""
        memory = Memory()
        note(memory, page_check(), exchanges("/orders", 502, 200, 200, 200, method="POST"))

        assert Strays.of(memory, "bff").counts == ()


class Service:
    """A service that tells its commit; every *one_in*th page fails from the moment on that the check looks again."""

    def __init__(self, one_in: int | None) -> None:
        self.one_in, self.turn = one_in, count(1)

    def __call__(self, request: Request) -> Exchange:
        """Answer."""
        if request.url.endswith("/health"):
            return json_answer({"commit": NEW})
        failing = self.one_in is not None and next(self.turn) % self.one_in == 0
        return answer("", 502) if failing else answer("fine")


def judged(one_in: int | None, failing: int = 20) -> Judgement:
    """Conclude the confirmation after the pages were asked."""
    described, service = environment(), Service(one_in)
    urls = [f"https://api.test{path}" for path in ["/health", *PATHS]]
    world = world_of(dict.fromkeys(urls, service), described, RELEASE, memory=memory_of(failing))
    (check,) = confirm.checks(described, RELEASE)
    assert check.stage is Stage.CONFIRM
    return concluded(check, world)


def test_it_goes_on() -> None:
    """One in twenty fails still: the release is at fault, though no check alone could tell."""
    found = judged(one_in=20)

    assert (found.outcome, found.cause) == (Outcome.FAILED, Cause.RELEASE)
    assert found.message == (
        "20 of 600 requests, at 20 addresses, ended in a server error, and 10 of 200 when they were asked again: "
        "too many for chance"
    )


def test_by_hand() -> None:
    """The census tells nothing of strays: the command asks the addresses again, and counts what they answer."""
    command = judged(one_in=20).reproduce

    assert command.startswith(
        "for n in $(seq 25); do curl -sS -o /dev/null -w '%{http_code}\\n' 'https://api.test/page/0?"
    )
    assert command.endswith("done | sort | uniq -c")
    assert command.count("curl -sS ") == 8
    assert judged(one_in=20, failing=3).reproduce == ""


def test_by_hand_with_sessions() -> None:
    """What was asked with a session cannot be asked by hand without it, and its cookie is nobody's."""
    memory = Memory()
    for path in PATHS:
        asked = [replace(one, request=replace(one.request, headers={"Cookie": "a=b"})) for one in exchanges(path, 502)]
        note(memory, page_check(), [*asked, *exchanges(path, *[200] * 9)])

    assert by_hand(Strays.of(memory, "bff")) == ""


def test_it_has_passed() -> None:
    """What came with the start and is over condemns nobody; it is said."""
    found = judged(one_in=None)

    assert found.outcome is Outcome.PASSED
    assert found.facts["noted"].endswith("and 0 of 200 when they were asked again: it has passed")


def test_many_requests_of_which_few_fail() -> None:
    """Two in a hundred of some thousand requests are noise by their number, and nothing is asked again."""
    described, service = environment(), Service(None)
    world = world_of({"https://api.test/health": service}, described, RELEASE, memory=memory_of(60, asked=50, lots=3))
    (check,) = confirm.checks(described, RELEASE)

    found = concluded(check, world)

    assert found.outcome is Outcome.PASSED
    assert found.facts["noted"] == (
        "60 of 3000 requests, at 20 addresses, ended in a server error: as many as chance makes"
    )


def test_too_seldom_for_certainty() -> None:
    """Two in a hundred lie between noise and fault, however often it is looked: held."""
    found = judged(one_in=60)

    assert (found.outcome, found.cause) == (Outcome.UNDECIDED, Cause.RELEASE)
    assert found.message.endswith("too many for chance, too few for certainty")


def test_nothing_strayed() -> None:
    """Nothing is asked again."""
    found = judged(one_in=20, failing=3)

    assert found.outcome is Outcome.PASSED
    assert "noted" not in found.facts
