"""What an environment says of what to do when a release is at fault, as the plain values that the verdict uses."""

from collections.abc import Iterator

from smoke.environment import Environment
from smoke.environment.canary import Alerts
from smoke.environment.platform_rollbacks import PLATFORM_ROLLBACKS, PlatformRollback
from smoke.environment.rollbacks import Rollback
from smoke.verdict.component import Component
from smoke.verdict.severities import Declared, Grading


def components_of(environment: Environment) -> tuple[Component, ...]:
    """Return what can be rolled back, the services first, in the order of the file."""
    return tuple(_components(environment))


def grading_of(alerts: Alerts) -> Grading:
    """Return how bad which incident is, and who must know."""
    declared = (
        Declared(
            name=name,
            severity=one.severity,
            verdicts=tuple(word.value for word in one.verdict),
            checks=one.checks,
            more_than=one.more_than,
            down=one.down,
            services=one.services,
            deploy_over_s=one.deploy_over_s,
            remedy=one.remedy,
            tell=one.tell,
            within_s=one.within_s,
        )
        for name, one in alerts.incidents.items()
    )
    return Grading(
        declared=tuple(declared),
        checks=tuple(alerts.checks.items()),
        failing=alerts.severity.failing,
        titles={grade.value: text for grade, text in alerts.titles.items()},
    )


def _components(environment: Environment) -> Iterator[Component]:
    for name, service in environment.services.items():
        if service.rollback is not None:
            yield _component(name, service.rollback, (name,), ())
        elif (way_back := _platforms_own(environment, name)) is not None:
            yield Component(name=name, services=(name,), procedure=way_back.in_words, takes_s=way_back.takes_s)
    for name, part in environment.rollbacks.items():
        yield _component(name, part, part.services, part.checks)


def _platforms_own(environment: Environment, service: str) -> PlatformRollback | None:
    """
    Return how the platform of *service* goes back, where the file says nothing: for people, as it holds no ids.

    A service that several platforms deploy has no single way back; GitHub only starts what another one carries out.
    """
    kinds = {one.kind for one in environment.platforms.values() if one.service == service}
    kinds = kinds - {"github"} or kinds
    return PLATFORM_ROLLBACKS[kinds.pop()] if len(kinds) == 1 else None


def _component(name: str, rollback: Rollback, services: tuple[str, ...], checks: tuple[str, ...]) -> Component:
    return Component(
        name=name,
        services=services,
        checks=checks,
        possible=rollback.possible,
        procedure=rollback.procedure or "",
        command=rollback.command,
        purge=rollback.purge,
        takes_s=rollback.takes_s,
        within_s=rollback.within_s,
        instead=rollback.instead or "",
    )
