"""The journey that nobody has to write: a visitor from before the deploy comes back to the pages of the others."""

from collections import Counter

from smoke.environment.environment import Environment
from smoke.environment.journeys import Journey

NAME = "returning-visitor"

MOST_PAGES = 2
"""Enough to meet a worker, a cached page and cached scripts; each costs a visit, before the deploy and after it."""


def journeys_of(environment: Environment) -> tuple[Journey, ...]:
    """Return every journey of *environment*: those of its file and, last, the one of the returning visitor."""
    own = environment.journeys
    if not environment.browser.returning or any(one.flow == "returning" for one in own):
        return tuple(sorted(own, key=lambda one: one.flow == "returning"))
    described = [one for one in own if one.flow is None]
    if not described or any(one.name == NAME for one in own):
        return own
    role, _ = Counter(one.role for one in described).most_common(1)[0]
    return (*own, completed(environment, Journey(name=NAME, flow="returning", role=role)))


def completed(environment: Environment, journey: Journey) -> Journey:
    """Return *journey* with what follows from the pages that it opens."""
    pages = pages_of(environment, journey)
    needed = dict.fromkeys(name for one in pages for name in one.depends_on)
    service = pages[0].service if pages else journey.service
    return journey.model_copy(update={"service": service, "depends_on": tuple(needed)})


def pages_of(environment: Environment, journey: Journey) -> tuple[Journey, ...]:
    """
    Return the pages that the visitor of *journey* opens: those that other journeys describe.

    Pages of the visitor's own role go before those that everybody may see, pages that no third party can take away
    before those that need one.
    """
    seen = [one for one in environment.journeys if one.flow is None and one.role in {journey.role, None}]
    seen.sort(key=lambda one: (bool(one.depends_on), one.role != journey.role))
    return tuple(seen[:MOST_PAGES])
