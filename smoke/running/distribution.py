"""
How xdist spreads the items: the HTTP checks of one environment stay together, journeys go where there is room.

`--dist loadgroup` would do the same, but it writes the group into ids of items where pytest 9.2 does not let it, and
then nothing is grouped any more (pytest-xdist, issue 1386).
"""

from typing import TYPE_CHECKING

from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]  # xdist has no py.typed

from smoke.running.selection import together

if TYPE_CHECKING:
    from xdist.workermanage import WorkerController  # type: ignore[import-untyped]


class Spread(LoadScopeScheduling):  # type: ignore[misc]  # for the same reason
    """Hands out the items by what must stay in one process."""

    def remove_node(self, node: "WorkerController") -> str | None:
        """
        Take what a worker was given back, and return the item that it died with.

        xdist would give that item to the next worker, and to the one after it: each would die with it too.
        """
        given = self.assigned_work.pop(node)
        died_with: str | None = next((item for unit in given.values() for item, made in unit.items() if not made), None)
        if died_with is None:
            return None
        for unit in given.values():
            unit.update({died_with: True} if died_with in unit else {})
        self.workqueue.update({scope: unit for scope, unit in given.items() if not all(unit.values())})
        for other in self.assigned_work:
            self._reschedule(other)
        return died_with

    def _split_scope(self, nodeid: str) -> str:
        return together(nodeid)
