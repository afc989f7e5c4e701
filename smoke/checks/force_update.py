"""No app is locked out: the least version that the API demands is to be had in the App Store."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from smoke.checks._answers import find, quote
from smoke.checks._check import Check, Observation
from smoke.checks._json import document_of
from smoke.checks._obstacle import role_headers
from smoke.checks._quantities import version
from smoke.checks._replicas import every_replica_of
from smoke.checks._sampled import SampledCheck, curl
from smoke.checks.keys import headers_with
from smoke.dependencies import app_store
from smoke.dependencies.answer import Answer
from smoke.environment import Environment
from smoke.environment.apps import App
from smoke.environment.keys import ApiKey
from smoke.http import Exchange, Request
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome, Stage

if TYPE_CHECKING:
    from smoke.checks._world import World

OFF = version("0.0.0")


@dataclass(frozen=True, kw_only=True)
class ForceUpdateCheck(SampledCheck):
    """
    No app is locked out: the least version that the API demands is to be had in the App Store.

    The API is asked as often as it takes to meet a bad replica, the App Store once. *served* is the version that it
    serves, known only while judging. Where it does not tell, only a demand that is off is right.
    """

    kind: ClassVar[str] = "force-update"
    stage: ClassVar[Stage] = Stage.INTEGRATION

    app: App
    url: str
    key: ApiKey | None
    store_timeout_s: float
    served: str | None = None

    async def request(self, world: "World") -> Request:
        """Ask what is demanded; raises LoginRefused or SecretMissing."""
        headers = await role_headers(world, self.app.role)
        if self.key is not None:
            headers |= headers_with(self.key, world.secret(self.key.current))
        return Request("GET", self.url, headers=headers)

    async def observe(self, world: "World", round_number: int) -> Observation:
        """Ask the API, and the App Store of each country."""
        seen = await super().observe(world, round_number)
        if seen.obstacle:
            return seen
        store: dict[str, list[str]] = {"versions": [], "trouble": []}
        for country in self.app.countries:
            request = app_store.lookup(self.app, country, world.now(), self.store_timeout_s)
            told = app_store.read(await world.http.send(request), self.app.bundle_id, country)
            if isinstance(told, Answer):
                store["trouble"] += [told.message, (told.cause or Cause.DEPENDENCY).value]
            else:
                store["versions"].append(told)
        before = world.before(self.id)
        return replace(seen, facts={**store, "before": dict(before.measured) if before else {}})

    def fault(self, exchange: Exchange) -> str | None:
        """Demand a version that is served, or none."""
        document = document_of(exchange)
        if document.fault:
            return document.fault
        demanded = find(self.app.minimum, document.value)
        if _off(demanded):
            return None
        least, served = version(demanded), version(self.served)
        if least is None:
            return f"{self.app.minimum} is {quote(demanded)}, which is no version"
        if served is not None and least > served:
            return f"{self.app.minimum} is {quote(demanded)}, above {self.served} in the App Store: all are locked out"
        return None

    @property
    def expected(self) -> str:
        """The relation in words."""
        return f"{self.app.minimum} at most what the App Store serves"

    def remark(self, exchange: Exchange) -> str | None:
        """Note what is demanded, and a nudge to a version that is not there."""
        document = document_of(exchange).value
        demanded = find(self.app.minimum, document)
        latest = find(self.app.latest, document) if self.app.latest else None
        said = (
            f"{self.app.minimum} is {'off' if _off(demanded) else quote(demanded)}, the App Store serves {self.served}"
        )
        newest, served = version(latest), version(self.served)
        if newest and served and newest > served:
            return f"{said}; users are nudged to {quote(latest)}, which is not there yet"
        return said if self.served else None

    def more_facts(self, rounds: Sequence[Observation]) -> Mapping[str, Any]:
        """Return what is demanded, for the comparison after the next deploy."""
        found = [find(self.app.minimum, document_of(one).value) for one in rounds[-1].exchanges]
        texts = sorted({one for one in found if isinstance(one, str)})
        return {"measured": {"minimum": texts}}

    def judge(self, rounds: Sequence[Observation]) -> Judgement:
        """Judge the answers by what the App Store serves."""
        store = rounds[-1].facts
        known = sorted((found, text) for text in store["versions"] if (found := version(text)))
        bound = replace(self, served=known[0][1] if known else None)
        judgement = super(ForceUpdateCheck, bound).judge(rounds)
        if judgement.outcome is Outcome.FAILED and self._unchanged(judgement, store["before"]):
            said = f"{judgement.message}; it was demanded before the deploy too"
            return replace(judgement, cause=Cause.PREEXISTING, message=said)
        off = all(_off(find(self.app.minimum, document_of(one).value)) for one in rounds[-1].exchanges)
        if judgement.outcome is not Outcome.PASSED or off or (known and not store["trouble"]):
            return judgement
        message, cause = (*store["trouble"], "the App Store tells no version", Cause.DEPENDENCY.value)[:2]
        facts = {**judgement.facts, "decider": f"look {self.app.bundle_id} up in the App Store"}
        return Judgement(Outcome.UNDECIDED, message, Cause(cause), self.expected, message, facts)

    def reproduce(self) -> str:
        """Return both requests."""
        query = f"bundleId={self.app.bundle_id}&country={self.app.countries[0]}"
        return f"{curl(self.url)}; {curl(f'{self.app.store}/lookup?{query}')}"

    def _unchanged(self, judgement: Judgement, before: Mapping[str, Any]) -> bool:
        """Tell whether all are locked out by what was demanded before the deploy already."""
        now = judgement.facts.get("measured", {}).get("minimum")
        return bool(now) and before.get("minimum") == now


def _off(demanded: Any) -> bool:
    return demanded is None or demanded == "" or version(demanded) == OFF


def checks(environment: Environment, release: Release) -> Iterator[Check]:
    """Return one check for each app."""
    for name, app in environment.apps.items():
        service = environment.services[app.service]
        yield ForceUpdateCheck(
            subject=name,
            **every_replica_of(environment, app.service),
            gating=app.gating,
            app=app,
            url=service.url + app.path,
            key=environment.keys[app.key] if app.key else None,
            store_timeout_s=environment.monitoring.timeout_s,
        )
