"""What the HTTP client is told once, as plain values."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from smoke import __version__
from smoke.environment.environment import Environment, Limits
from smoke.http.exchange import Exchange
from smoke.http.guard import AllowedWrite, allowed_writes
from smoke.http.service_headers import Carry, nothing

USER_AGENT = f"Smokegate/{__version__} (post-deploy verification)"
"""Makes every request recognisable as synthetic, in access logs and analytics."""

RUN_HEADER = "X-Smokegate-Run"
"""Carries the run id on every request."""


def unchanged(host: str, port: int) -> tuple[str, int]:
    """Connect to where the URL says."""
    return host, port


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpSettings:
    """
    All that the client needs to know.

    *connect_to* maps host and port of a URL to those of the connection; *ca_file* holds CA certificates that are
    trusted besides the system's; *proxy* replaces what the process environment says; *recorder* is called with every
    exchange as it ends. *carry* returns what requests to a URL carry for the sake of their service (see
    `smoke.http.service_headers`), and may raise SecretMissing.
    """

    run_id: str
    limits: Limits = field(default_factory=Limits)
    connect_to: Callable[[str, int], tuple[str, int]] = unchanged
    ca_file: Path | None = None
    proxy: str | None = None
    writes: tuple[AllowedWrite, ...] = ()
    recorder: Callable[[Exchange], None] | None = None
    carry: Carry = nothing
    user_agent: str = USER_AGENT

    @classmethod
    def for_environment(
        cls,
        environment: Environment,
        *,
        run_id: str,
        connect_to: Callable[[str, int], tuple[str, int]] = unchanged,
        ca_file: Path | None = None,
        recorder: Callable[[Exchange], None] | None = None,
    ) -> "HttpSettings":
        """Take limits, proxy and allowed writes from *environment*; paths and rules come resolved from the caller."""
        return cls(
            run_id=run_id,
            limits=environment.limits,
            connect_to=connect_to,
            ca_file=ca_file,
            proxy=environment.proxy,
            writes=allowed_writes(environment),
            recorder=recorder,
        )
