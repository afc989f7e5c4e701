"""A read through the API answers with what it must hold, on every replica."""

from collections.abc import Iterator, Sized
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from smoke.checks._answers import find, quote
from smoke.checks._check import Check
from smoke.checks._json import document_of
from smoke.checks._obstacle import role_headers
from smoke.checks._sampled import SampledCheck, curl
from smoke.environment import Environment
from smoke.environment.promises import Expectation, Read
from smoke.http import Exchange, Request
from smoke.verdict.release import Release
from smoke.verdict.words import Stage

if TYPE_CHECKING:
    from smoke.checks._world import World

WORDS = {bool: "a truth value", int: "a number", float: "a number", str: "text"}


@dataclass(frozen=True, kw_only=True)
class ReadCheck(SampledCheck):
    """A read through the API answers with what it must hold, on every replica."""

    kind: ClassVar[str] = "read"

    read: Read
    url: str

    @property
    def stage(self) -> Stage:  # type: ignore[override] # the environment file says when each read is made
        """The stage that the environment file gives the read."""
        return Stage(self.read.stage)

    async def request(self, world: "World") -> Request:
        """Ask as the role, or anonymously."""
        return Request("GET", self.url, headers=await role_headers(world, self.read.role))

    def fault(self, exchange: Exchange) -> str | None:
        """Demand HTTP 200, JSON, and every expectation."""
        document = document_of(exchange)
        if document.fault:
            return document.fault
        faults = (unmet(one, document.value) for one in self.read.expect)
        return next((fault for fault in faults if fault), None)

    @property
    def expected(self) -> str:
        """The expectations in words."""
        return ", ".join(["HTTP 200 with JSON", *map(wish, self.read.expect)])

    def reproduce(self) -> str:
        """Return the request; the role's session is left out."""
        return curl(self.url)


def unmet(expectation: Expectation, document: Any) -> str | None:
    """Return how *document* misses *expectation*, or None if it meets it; pure."""
    at, value = expectation.at, find(expectation.at, document)
    if value is None:
        return f"nothing at {at}"
    if expectation.equals is not None and not _same(value, expectation.equals):
        return f"{at} is {_typed(value, expectation.equals)}, expected {quote(expectation.equals)}"
    if expectation.contains is not None and not _contains(value, expectation.contains):
        return f"{at} does not contain {quote(expectation.contains)}"
    return _outside(expectation, value)


def wish(expectation: Expectation) -> str:
    """Say an expectation in words."""
    least, most = expectation.at_least, expectation.at_most
    words = {
        "=": None if expectation.equals is None else quote(expectation.equals),
        "contains": None if expectation.contains is None else quote(expectation.contains),
        "at least": None if least is None else f"{least:g}",
        "at most": None if most is None else f"{most:g}",
    }
    wishes = [f"{word} {value}" for word, value in words.items() if value is not None]
    return f"{expectation.at} {' and '.join(wishes) or 'present'}"


def _same(value: Any, wanted: Any) -> bool:
    """Compare strictly: `1`, `true` and `"1"` are three different things."""
    numbers = isinstance(value, (int, float)) and isinstance(wanted, (int, float))
    alike = isinstance(value, bool) == isinstance(wanted, bool) and (numbers or type(value) is type(wanted))
    return alike and bool(value == wanted)


def _typed(value: Any, wanted: Any) -> str:
    """Name the types where they make the difference."""
    word, other = WORDS.get(type(value)), WORDS.get(type(wanted))
    return f"{quote(value)} ({word}, not {other})" if word and word != other else quote(value)


def _contains(value: Any, wanted: Any) -> bool:
    if isinstance(value, str):
        return isinstance(wanted, str) and wanted in value
    return isinstance(value, (list, dict)) and any(_same(one, wanted) for one in value)


def _outside(expectation: Expectation, value: Any) -> str | None:
    least, most, at = expectation.at_least, expectation.at_most, expectation.at
    if least is None and most is None:
        return None
    size = _size(value)
    if size is None:
        return f"{at} is {quote(value)}, which is neither a number nor a list"
    found = f"{at} is {size:g}" if isinstance(value, (int, float)) else f"{at} has {size:g} entries"
    if least is not None and size < least:
        return f"{found}, expected at least {least:g}"
    if most is not None and size > most:
        return f"{found}, expected at most {most:g}"
    return None


def _size(value: Any) -> float | None:
    if isinstance(value, (bool, str)):
        return None
    if isinstance(value, (int, float)):
        return value
    return len(value) if isinstance(value, Sized) else None


def checks(environment: Environment, release: Release) -> Iterator[Check]:  # noqa: ARG001 - the same for every release
    """Return one check for each read."""
    for read in environment.reads:
        service = environment.services[read.service]
        yield ReadCheck(
            subject=read.name,
            service=read.service,
            gating=read.gating,
            depends_on=read.depends_on,
            share=service.share,
            replica_header=service.replica_header,
            read=read,
            url=service.url.rstrip("/") + read.path,
        )
