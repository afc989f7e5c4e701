"""What the journeys of one environment have in common: the browser, the secrets, the clock, the place for evidence."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from threading import Event as Signal
from typing import Any

from smoke.browser.evidence import Evidence
from smoke.browser.hosts import Hosts, authority
from smoke.browser.live import LiveBrowser
from smoke.environment.addresses import is_loopback
from smoke.environment.connect_to import ConnectTo
from smoke.environment.environment import Environment
from smoke.environment.journeys import Journey
from smoke.environment.redaction import Redactor
from smoke.environment.secrets import Reveal, Secret
from smoke.errors import SecretMissing
from smoke.http.exchange import Exchange, Request
from smoke.http.service_headers import Carry, carrier
from smoke.verdict.plan import Before


def _unknown(_check: str) -> Before | None:
    return None


def _nobody(_request: Request, _times: int) -> tuple[Exchange, ...]:
    return ()


def _wait(seconds: float) -> None:
    Signal().wait(seconds)


@dataclass
class JourneyWorld:
    """
    Everything outside a journey that it may touch.

    *directory* is the run's `browser` folder. *once* does something once per run, across processes
    (`smoke.running.once`). *secret* resolves a reference and raises SecretMissing. *remaining_s* is what the run has
    left, in seconds.
    *profile* is where the profile of the returning visitor is put before a deploy, None after it; *before* tells what a
    check found before the deploy.
    *ask* sends a request so often, past the browser, each time on a fresh connection.
    *chosen* are the ids of the checks that this run makes, None for all of the environment file.
    """

    environment: Environment
    browser: LiveBrowser
    directory: Path
    redactor: Redactor
    once: Callable[[str, Callable[[], Any]], Any]
    secret: Reveal
    remaining_s: Callable[[], float]
    run_id: str = ""
    profile: Path | None = None
    before: Callable[[str], Before | None] = _unknown
    ask: Callable[[Request, int], tuple[Exchange, ...]] = _nobody
    pause: Callable[[float], None] = _wait
    chosen: frozenset[str] | None = None
    connect_to: ConnectTo = field(default_factory=ConnectTo)

    @cached_property
    def hosts(self) -> Hosts:
        """The hosts of the environment."""
        return Hosts.of(self.environment)

    @cached_property
    def carry(self) -> Carry:
        """What the browser's requests carry past a gate; it may raise SecretMissing."""

        def secret(reference: Secret) -> str:
            value = self.secret(reference)
            self.redactor.register(value)  # traces hold what was sent
            return value

        return carrier(self.environment, secret, browser=True)

    def unable(self) -> str:
        """Say what the browser lacks to pass the gates of this environment; nothing if it can."""
        try:
            for service in self.environment.services.values():
                for header in service.headers.values():
                    self.carry(service.url + header.below, frozenset())
        except SecretMissing as missing:
            return str(missing)
        return ""

    @cached_property
    def evidence(self) -> Evidence:
        """Where traces and screenshots are kept."""
        return Evidence(self.directory, self.redactor)

    def login_journey(self, role: str) -> Journey | None:
        """Return the journey that answers for the login of *role*: made in this run, and gating; None without one."""
        own = [one for one in self.environment.journeys if one.flow == "login" and one.role == role and one.gating]
        return next((one for one in own if self.chosen is None or f"journey/{one.name}" in self.chosen), None)

    def is_local(self, service: str) -> bool:
        """Tell whether connections to *service* stay on this machine, so that no network can be to blame."""
        host, port = self.connect_to.target(*authority(self.environment.services[service].url))
        return is_loopback(f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}")

    def credentials(self, role: str) -> tuple[str, str]:
        """Return user and password of *role*; raises SecretMissing."""
        account = self.environment.roles[role]
        user, password = self.secret(account.user), self.secret(account.password)
        self.evidence.shown.add(user)
        for value in (user, password):
            self.redactor.register(value)
        return user, password
