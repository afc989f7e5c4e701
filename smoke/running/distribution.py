"""
How xdist spreads the items: the HTTP checks of one environment stay together, journeys go where there is room.

`--dist loadgroup` would do the same, but it writes the group into ids of items where pytest 9.2 does not let it, and
then nothing is grouped any more (pytest-xdist, issue 1386).
"""

from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]  # xdist has no py.typed

from smoke.running.selection import together


class Spread(LoadScopeScheduling):  # type: ignore[misc]  # for the same reason
    """Hands out the items by what must stay in one process."""

    def _split_scope(self, nodeid: str) -> str:
        return together(nodeid)
