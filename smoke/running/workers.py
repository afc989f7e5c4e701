"""The workers of xdist, as the controller sees them."""

import os
import signal
from contextlib import suppress
from threading import Timer
from typing import Any

import pytest

from smoke.running.handover import KEY, Handover
from smoke.running.watchdog import GRACE_S


class Workers:
    """The plugin object that knows which workers there are, and keeps in *left* what those that ended leave."""

    def __init__(self) -> None:
        self.left = Handover()
        self._known: set[int] = set()

    def break_off(self) -> None:
        """Interrupt every worker, so that it cleans up; one that has not ended when the grace is over is killed."""
        self.end(signal.SIGINT)  # xdist would wait for them for long, for one after the other
        killing = Timer(GRACE_S, self.end, (signal.SIGKILL,))
        killing.daemon = True
        killing.start()

    def end(self, number: signal.Signals = signal.SIGTERM) -> None:
        """Send a signal to every worker of this machine."""
        for worker in tuple(self._known):
            with suppress(ProcessLookupError):
                os.kill(worker, number)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: Any) -> Any:
        """Spread the items over the workers as they can be spread."""
        from smoke.running.distribution import Spread  # only who distributes pays for this import

        return Spread(config, log)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodeready(self, node: Any) -> None:
        """Note a worker of this machine."""
        if node.gateway.spec.popen:
            self._known.add(_pid(node))

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Take what a worker leaves; one that crashed leaves nothing."""
        self._known.discard(_pid(node))
        packed = getattr(node, "workeroutput", {}).get(KEY)
        if packed:
            self.left.add(Handover.unpack(packed))


def _pid(node: Any) -> int:
    return int(node.gateway._rinfo().pid)  # noqa: SLF001 - nothing else tells it; xdist has asked for it already
