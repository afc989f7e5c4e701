"""Everything that can be otherwise in one run of the stack: faults write here, the portal acts on it."""

from dataclasses import dataclass, field
from enum import Enum
from random import Random
from typing import Any

from smoke.demo.edge.change import EdgeChange
from smoke.demo.edge.screens import Screen
from smoke.demo.outages import Outage
from smoke.demo.release import Image, Settings

REPLICAS = 3

CLOCK = 20
"""How much faster than in the field everything happens on the stack: a minute takes three seconds."""


class Strategy(Enum):
    """How a release gets to its place."""

    SWITCH = "new replicas start beside the old ones, then take their places one by one"
    ALL_AT_ONCE = "the old replicas are stopped before the new ones start"
    NOT_AT_ALL = "nothing is replaced, although the deploy says so"


@dataclass(frozen=True, slots=True)
class Sequel:
    """What the platform does by itself *at_s* seconds after the announcement: it puts *image* in all places."""

    at_s: float
    image: Image
    settings: Settings


class TestData(Enum):
    """What became of the data that tests rely on, before the deploy already."""

    DELETED = "the known invoice was deleted"
    RENAMED = "the known invoice has another number"
    LEFT_OVER = "earlier tests left so many notes that no more are taken"


class Widget(Enum):
    """How the third party fails whose script the pages may load."""

    HANGS = "takes requests and lets them wait for a minute"
    REFUSED = "takes no connection"


@dataclass(slots=True)
class Plan:
    """
    How one deploy goes.

    With *starts_anyway* the new release is started although its migration failed. *switches_s* tell when each slot is
    switched, in seconds after the announcement; *pinned* slots stay as they are. *sequels* are what comes after the
    switch. *keeps_old_assets* tells whether the files of the release before are still there after the switch.
    """

    strategy: Strategy = Strategy.SWITCH
    migrates: bool = True
    starts_anyway: bool = False
    switches_s: tuple[float, ...] = (0.1, 0.35, 0.6)
    pinned: frozenset[int] = frozenset()
    sequels: tuple[Sequel, ...] = ()
    keeps_old_assets: bool = True


@dataclass(slots=True)
class Scene:
    """
    One run: the release before, the release after, how the deploy goes, and what the world does meanwhile.

    *odd_ones* are the settings of single replicas of the new release, by service and slot; *declares* is what the
    release manifest says besides the commits, *window_s* the maintenance that it declares, in seconds after the deploy.
    The deploy carries out *sql* besides the migrations. Other customers try to log in *logins_a_minute* times in a
    minute of the field; with *another_canary* somebody else tests with our customer's account, from the deploy on.
    *backlog* jobs wait already when the portal starts, *piles_up* come with the deploy. Without faults a scene is a
    good deploy in ordinary weather: a few connections are reset, the first answer of a replica is slow. With *staging*
    the API of that environment can be reached beside that of production.
    """

    rng: Random
    speed: float
    before: Image
    after: Image
    settings_before: Settings
    settings: Settings
    plan: Plan = field(default_factory=Plan)
    edge: EdgeChange = field(default_factory=EdgeChange)
    database_stops: bool = False
    sql: tuple[str, ...] = ()
    piles_up: int = 0
    test_data: TestData | None = None
    odd_ones: dict[tuple[str, int], Settings] = field(default_factory=dict)
    reset_share: float = 0.0
    account_expired: bool = False
    blip_s: float = 0.0
    blip_share: float = 0.6
    screen: Screen | None = None
    window_s: tuple[float, float] | None = None
    salesforce: Outage | None = None
    expired_payment_keys: frozenset[str] = field(default=frozenset(), repr=False)
    logins_a_minute: float = 0.0
    another_canary: bool = False
    backlog: int = 0
    whmcs: Outage | None = None
    salesforce_refuses_release: bool = False
    whmcs_refuses_release: bool = False
    widget: Widget | None = None
    staging: bool = False
    names_resolve: bool = True
    browser_lives_s: float | None = None
    declares: dict[str, Any] = field(default_factory=dict)

    def declared(self, began: float) -> dict[str, Any]:
        """Return what the manifest says besides the commits; *began* is the deploy's beginning in epoch seconds."""
        if self.window_s is None:
            return self.declares
        begins, ends = self.window_s
        return {**self.declares, "maintenance": {"from": began + begins, "until": began + ends}}

    def in_the_field(self, seconds: float, spread: float = 0.3) -> float:
        """Return what *seconds* of the field, more or less, take here: the stack's clock is `CLOCK` times faster."""
        return self.about(seconds / CLOCK, spread)

    def about(self, seconds: float, spread: float = 0.3) -> float:
        """Return *seconds* more or less, on the clock of this run."""
        return seconds * self.rng.uniform(1 - spread, 1 + spread) / self.speed

    def one_slot(self) -> int:
        """Return the slot of some replica."""
        return self.rng.randrange(REPLICAS)
