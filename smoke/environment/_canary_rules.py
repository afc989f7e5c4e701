"""The rules of `canary` and `alerts` that neither can tell alone."""

from collections.abc import Iterator

from smoke.environment._validation import Problem
from smoke.environment._wording import unknown
from smoke.environment.environment import Environment


def canary_rules(environment: Environment) -> Iterator[Problem]:
    """Yield what contradicts something else."""
    yield from _interval(environment)
    yield from _escalation(environment)
    yield from _incidents(environment)


def _interval(environment: Environment) -> Iterator[Problem]:
    every_s, budget_s = environment.canary.every_s, environment.budget_s
    if "every_s" in environment.canary.model_fields_set and every_s <= budget_s:
        yield Problem(
            ("canary", "every_s"),
            f"found {every_s:g}, but one look may take budget_s = {budget_s:g}; look less often, or lower the budget",
        )


def _escalation(environment: Environment) -> Iterator[Problem]:
    channels = list(environment.alerts.channels)
    for index, step in enumerate(environment.alerts.escalation):
        for place, name in enumerate(step.to):
            if name not in channels:
                remedy = f"add [alerts.channels.{name}] or remove it here"
                yield Problem(("alerts", "escalation", index, "to", place), unknown(name, channels, "channel", remedy))


def _incidents(environment: Environment) -> Iterator[Problem]:
    services = list(environment.services)
    for name, incident in environment.alerts.incidents.items():
        for index, service in enumerate(incident.services):
            if service not in services:
                remedy = f"add [services.{service}] or remove it here"
                place = ("alerts", "incidents", name, "services", index)
                yield Problem(place, unknown(service, services, "service", remedy))
