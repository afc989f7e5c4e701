"""What a check may use while it observes."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from smoke.checks._cookies import Cookie
from smoke.checks._memory import Memory
from smoke.environment import Environment
from smoke.environment.secrets import Reveal
from smoke.http import Exchange, Request
from smoke.verdict.plan import Before
from smoke.verdict.release import Release


class Http(Protocol):
    """The HTTP client as checks see it (see `smoke.http.client`)."""

    async def send(self, request: Request) -> Exchange:
        """Send one request; what the target does wrong comes back as `Exchange.failure`."""
        ...

    async def sample(self, request: Request, times: int) -> tuple[Exchange, ...]:
        """Send the same request *times* times at once, each on a fresh connection."""
        ...


@dataclass(frozen=True, slots=True)
class Session:
    """
    A logged-in role: the headers (Cookie or Authorization) that prove it. Secret.

    *faults* are the answers of attempts that did not log in before one did. *cookies* are those that a browser would
    keep of the login, none where the session is not of this run.
    """

    role: str
    headers: dict[str, str]
    faults: tuple[str, ...] = ()
    cookies: tuple[Cookie, ...] = ()

    def __repr__(self) -> str:
        return f"Session({self.role!r})"


@dataclass(frozen=True, slots=True)
class World:
    """
    Everything outside the process that a check may touch.

    *session* logs a role in once per run and raises `LoginRefused` or `SecretMissing`; *old_session* returns the
    session recorded before the deploy, or None; *sessions* returns the headers of all roles logged in. *before* returns
    what the check with an id found before the deploy, or None; it belongs into the observation, for `judge` to compare.
    *secret* resolves a reference of the environment file.
    *remaining_s* is what is left of the budget, in seconds; *now* is the wall clock in epoch seconds.
    *condemned* tells whether other checks have proved that the release is at fault, so that watching on tells no more.
    *memory* holds what earlier checks of this run saw, for later ones to compare with.
    *earlier_logins* is when runs before this one tried to log in, as far as this machine knows (epoch seconds).
    *asked* returns how many requests a host was sent by this process so far.
    *shared* holds what the checks of this process need in common while they look, such as turns; it goes nowhere else.
    """

    environment: Environment
    release: Release
    http: Http
    session: Callable[[str], Awaitable[Session]]
    old_session: Callable[[str], Session | None]
    sessions: Callable[[], dict[str, dict[str, str]]]
    before: Callable[[str], Before | None]
    secret: Reveal
    remaining_s: Callable[[], float]
    now: Callable[[], float]
    pause: Callable[[float], Awaitable[None]]
    memory: Memory = field(default_factory=Memory)
    shared: dict[str, Any] = field(default_factory=dict)
    asked: Callable[[str], int] = lambda _: 0
    condemned: Callable[[], bool] = lambda: False
    earlier_logins: Sequence[float] = ()
