"""What an xdist worker hands over to the controller when it ends: its sessions, and what its checks remember."""

import pickle
from collections.abc import Mapping
from dataclasses import dataclass, field

from smoke.checks._memory import Memory
from smoke.running.engine import Engine

KEY = "smokegate"
"""Where it lies in xdist's `workeroutput`."""

Sessions = dict[str, dict[str, dict[str, str]]]
"""Headers by role, by environment."""


@dataclass
class Handover:
    """What the checks of several processes leave for the end of the run, by environment."""

    sessions: Sessions = field(default_factory=dict)
    memories: dict[str, Memory] = field(default_factory=dict)

    @classmethod
    def of(cls, engines: Mapping[str, Engine]) -> "Handover":
        """Return what the checks of this process leave."""
        return cls(
            {name: one.world.sessions() for name, one in engines.items()},
            {name: one.world.memory for name, one in engines.items()},
        )

    def pack(self) -> bytes:
        """Return it as bytes: the memory holds objects of ours, which xdist cannot send."""
        return pickle.dumps((self.sessions, self.memories))

    @classmethod
    def unpack(cls, packed: bytes) -> "Handover":
        """Return what a worker packed; it is a child of ours that runs the same code."""
        return cls(*pickle.loads(packed))  # noqa: S301 - from our own child, over its pipe

    def add(self, other: "Handover") -> None:
        """Add what another process leaves."""
        for name, sessions in other.sessions.items():
            self.sessions.setdefault(name, {}).update(sessions)
        for name, memory in other.memories.items():
            self.memories.setdefault(name, Memory()).add(memory)
