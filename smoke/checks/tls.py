"""Every public host shows a certificate that clients accept."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from smoke.checks._answers import no_answer, split
from smoke.checks._check import Check, Observation
from smoke.checks._sampled import curl, locate, transport_facts
from smoke.environment import Environment
from smoke.environment.services import Service
from smoke.http import EXPIRED, Certificate, Exchange, Request
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.tally import Sample, samples_needed
from smoke.verdict.words import Cause, Outcome, Stage

if TYPE_CHECKING:
    from smoke.checks._world import World

EXPECTED = "a certificate that is accepted"

BESIDE_A_CENSUS = 2
"""Handshakes where the census of the release makes many more: this check only looks at what they are shown."""

LOOKS_AT_THE_UNREACHABLE = 3
"""A host that is not reached at all has no certificate to wait for."""

DAY_S = 86_400.0
_LATE = 1 / 3
"""Share of its lifetime that a certificate has left when it should have been renewed, however short-lived it is."""


def checks(environment: Environment, release: Release) -> Iterator["TlsCheck"]:
    """Return a check for each host that speaks TLS; services that share a host share its check."""
    seen: set[str] = set()
    for name, service in environment.services.items():
        parts = split(service.url)
        host = (parts.hostname or "").lower()
        address = f"{host}:{parts.port or 443}"
        if parts.scheme == "https" and address not in seen:
            seen.add(address)
            yield TlsCheck(subject=name, service=name, host=host, server=service, warn_days=environment.tls.warn_days)


@dataclass(frozen=True, kw_only=True)
class TlsCheck(Check):
    """
    A public host shows a certificate that clients accept: known issuer, right name, not expired, chain complete.

    A new ingress may need a moment for its certificate, so a refused one is waited for as long as a rollout that stands
    still; meanwhile nothing else waits for this check. A certificate that ends soon is noted.
    """

    kind: ClassVar[str] = "tls"
    stage: ClassVar[Stage] = Stage.IMMEDIATE
    independent: ClassVar[bool] = True

    host: str
    server: Service
    warn_days: float

    async def observe(self, world: "World", round_number: int) -> Observation:
        """Shake hands until every certificate is accepted; a second look does not wait."""
        converge = world.environment.converge
        began, looks, exchanges = world.remaining_s(), 0, tuple[Exchange, ...]()
        while True:
            exchanges = await world.http.sample(self._request, self._times)
            looks += 1
            waited_s = began - world.remaining_s()
            refused = any(_refused(one) for one in exchanges)
            reached = refused or any(one.status is not None for one in exchanges)
            enough = LOOKS_AT_THE_UNREACHABLE if not reached else looks + refused
            if looks >= enough or round_number > 1 or waited_s >= min(converge.stuck_after_s, converge.within_s):
                break
            await world.pause(converge.every_s)
        return Observation(exchanges, {"now": world.now()})

    def judge(self, rounds: Sequence[Observation]) -> Judgement:
        """Judge the newest handshakes: a certificate that is refused is no noise."""
        newest = rounds[-1].exchanges
        facts = transport_facts(newest)
        refused = [one for one in newest if _refused(one)]
        shown = next((one.certificate for one in newest if one.certificate is not None), None)
        if refused:
            return self._refused(newest, refused, facts)
        if shown is None and not any(one.status is not None for one in newest):
            fault = next((no_answer(one) or "no answer" for one in newest), "no answer")
            facts["signature"] = fault
            message = f"{self.host} was not reached, so nothing was seen of its certificate: {fault}"
            return Judgement(Outcome.FAILED, message, Cause.RELEASE, EXPECTED, newest[0].outline(), facts)
        return self._accepted(shown, float(rounds[-1].facts["now"]), facts)

    def reproduce(self) -> str:
        """Return the request as a curl command."""
        return curl(self._request.url, "-v")

    @property
    def _request(self) -> Request:
        probe = self.server.health or self.server.release
        path = probe.path if probe is not None else "/"
        return Request("HEAD", f"{self.server.url}{path}", show_certificate=True)

    @property
    def _times(self) -> int:
        needed = samples_needed(self.server.share)
        return min(BESIDE_A_CENSUS, needed) if self.server.release is not None else needed

    def _refused(self, newest: Sequence[Exchange], refused: Sequence[Exchange], facts: dict[str, Any]) -> Judgement:
        why = refused[0].failure.certificate if refused[0].failure else ""
        facts["signature"] = why
        if why == EXPIRED:
            facts["remedy"] = "certificate"
        where = "" if len(refused) == len(newest) else f" {locate([Sample(no_answer(one)) for one in newest])}"
        message = f"no client connects to {self.host}: {why}{where}"
        return Judgement(Outcome.FAILED, message, Cause.RELEASE, EXPECTED, refused[0].outline(), facts)

    def _accepted(self, shown: Certificate | None, now: float, facts: dict[str, Any]) -> Judgement:
        if shown is None:
            message = "the host answers over TLS"
            return Judgement(Outcome.PASSED, message, None, EXPECTED, message, facts)
        left_s = shown.not_after - now
        facts["measured"] = {"not_after": shown.not_after, "issuer": shown.issuer[:80]}
        message = f"accepted, good for {left_s / DAY_S:.0f} more days"
        if left_s < min(self.warn_days * DAY_S, _LATE * (shown.not_after - shown.not_before)):
            facts["noted"] = f"the certificate of {self.host} ends in {left_s / DAY_S:.1f} days; renew it"
        return Judgement(Outcome.PASSED, message, None, EXPECTED, message, facts)


def _refused(exchange: Exchange) -> bool:
    return exchange.failure is not None and bool(exchange.failure.certificate)
