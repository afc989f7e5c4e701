"""What may happen to a deploy, as plain values; whoever brings it about announces it (see `smoke.notify.announce`)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class DeployNews(StrEnum):
    """What happened to a deploy."""

    START = "start"
    PASS = "pass"  # noqa: S105 - a word of the verdict
    FAIL = "fail"
    INCONCLUSIVE = "inconclusive"
    ROLLBACK = "rollback"
    """The rollback begins."""
    ROLLED_BACK = "rolled back"
    """The previous release is served again, which was looked at."""
    ROLLBACK_UNPROVEN = "rollback unproven"
    """It cannot be told whether the previous release serves as it did."""
    ROLLBACK_FAILED = "rollback failed"
    """The loudest message there is."""


@dataclass(frozen=True, slots=True)
class Event:
    """
    Something that happened to a deploy at the moment *at*, in epoch seconds.

    *commit* is what is or was deployed, also when it is rolled back; *previous* what was there before. *reason* is one
    sentence, *details* are further lines, *do* is what a person is to do now. *links* are addresses by their label,
    *report* is the path of a report below the directory of all reports.
    """

    news: DeployNews
    environment: str
    at: float
    commit: str | None = None
    previous: str | None = None
    author: str = ""
    changelog: str = ""
    reason: str = ""
    details: tuple[str, ...] = ()
    do: str = ""
    took_s: float | None = None
    links: Mapping[str, str] = field(default_factory=dict)
    report: str = ""
