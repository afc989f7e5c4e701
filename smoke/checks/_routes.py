"""The routes of an environment that can be asked again and again: its reads and its pages."""

from collections.abc import Iterator

from smoke.checks import pages, reads
from smoke.checks._sampled import SampledCheck
from smoke.environment import Environment
from smoke.environment.promises import Page, Read
from smoke.verdict.release import Release


def routes(environment: Environment, release: Release) -> Iterator[tuple[SampledCheck, Read | Page]]:
    """Yield the check of each route with its entry in the environment file; not retired ones, and not behind flags."""
    for check in (*reads.checks(environment, release), *pages.checks(environment, release)):
        entry = getattr(check, "read", None) or getattr(check, "page", None)
        if not isinstance(check, SampledCheck) or not isinstance(entry, Read | Page):
            continue
        if check.id not in release.retired and getattr(check, "gate", None) is None:
            yield check, entry
