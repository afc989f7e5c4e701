"""What the checks of one run leave behind for later ones, each thing in its place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from smoke.checks._attempts import Attempt
    from smoke.checks._census import Vote
    from smoke.checks._strays import Count
    from smoke.checks._uptime import Start


@dataclass(slots=True)
class Memory:
    """
    What was seen so far, by service where that is not said otherwise; processes hand it over to each other.

    *settled* is the census that the rollout came to rest with, and the commits seen earlier. *census* and *starts* are
    the newest votes for a commit, and starts of processes. *strays* counts answers by address. *attempts* are those to
    log in, *doubtful_assets* the addresses of files that failed at least once.
    """

    settled: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    census: "dict[str, Sequence[Vote]]" = field(default_factory=dict)
    starts: "dict[str, Sequence[Start]]" = field(default_factory=dict)
    strays: "dict[str, dict[str, Count]]" = field(default_factory=dict)
    attempts: "list[Attempt]" = field(default_factory=list)
    doubtful_assets: set[str] = field(default_factory=set)

    def add(self, other: "Memory") -> None:
        """Add what another process has seen."""
        self.settled.update(other.settled)
        self.census.update(other.census)
        self.starts.update(other.starts)
        for service, counts in other.strays.items():
            mine = self.strays.setdefault(service, {})
            for route, count in counts.items():
                mine[route] = mine[route].with_those_of(count) if route in mine else count
        self.attempts.extend(other.attempts)
        self.doubtful_assets |= other.doubtful_assets
