"""What is asked of a monitoring system needs its address, and no credential travels in clear text."""

from collections.abc import Iterator

from smoke.environment._validation import Problem
from smoke.environment._wording import unknown
from smoke.environment.addresses import is_loopback
from smoke.environment.environment import Environment
from smoke.environment.monitoring import Asked
from smoke.verdict.words import Tier

NEEDS = {"errors": "sentry", "metrics": "prometheus", "targets": "prometheus", "logs": "loki"}
"""The section of the environment file, and the monitoring system that it needs."""


def monitoring_rules(environment: Environment) -> Iterator[Problem]:
    """Yield what contradicts something else."""
    for section, system in NEEDS.items():
        for name in getattr(environment, section):
            if getattr(environment.monitoring, system) is None:
                said = f"nothing says where to ask for it; add [monitoring.{system}], or remove it"
                yield Problem((section, name), said)
    yield from _clear_text(environment)
    yield from _keys(environment)


def _keys(environment: Environment) -> Iterator[Problem]:
    for name, app in environment.apps.items():
        if app.key is not None and app.key not in environment.keys:
            remedy = f"add [keys.{app.key}] or remove it here"
            yield Problem(("apps", name, "key"), unknown(app.key, list(environment.keys), "key", remedy))


def _clear_text(environment: Environment) -> Iterator[Problem]:
    for name in type(environment.monitoring).model_fields:
        system = getattr(environment.monitoring, name)
        if not isinstance(system, Asked) or environment.tier is not Tier.PROD:
            continue
        proven = system.token or getattr(system, "password", None)
        if proven and system.url.lower().startswith("http:") and not is_loopback(system.url):
            said = "but credentials must not cross a network in clear text in tier prod; use https"
            yield Problem(("monitoring", name, "url"), f"found {system.url!r}, {said}")
