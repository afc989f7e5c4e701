"""The rules of `rollbacks` that no single entry can tell."""

from collections.abc import Iterator

from smoke.environment._positions import Place
from smoke.environment._validation import Problem
from smoke.environment._wording import unknown
from smoke.environment.environment import Environment


def rollback_rules(environment: Environment) -> Iterator[Problem]:
    """Yield what contradicts something else: each service has one way back at most."""
    owners: dict[str, str] = {
        name: f"services.{name}.rollback" for name, service in environment.services.items() if service.rollback
    }
    for owner, place, service in _parts(environment):
        if service not in environment.services:
            remedy = f"add [services.{service}] or remove it here"
            yield Problem(place, unknown(service, list(environment.services), "service", remedy))
        elif service in owners:
            yield Problem(
                place, f"found {service!r}, which {owners[service]} rolls back already; keep one way back for it"
            )
        else:
            owners[service] = f"rollbacks.{owner}"
    for name, part in environment.rollbacks.items():
        if name in environment.services and name not in part.services:
            yield Problem(
                ("rollbacks", name), f"{name!r} is a service; write this as [services.{name}.rollback], or rename it"
            )


def _parts(environment: Environment) -> Iterator[tuple[str, Place, str]]:
    for name, part in environment.rollbacks.items():
        for index, service in enumerate(part.services):
            yield name, ("rollbacks", name, "services", index), service
