"""From command line options to the runs of a session."""

import os
import secrets
import tempfile
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from time import time

from smoke import baseline
from smoke.checks._patterns import dead_patterns
from smoke.environment import Environment, loading
from smoke.environment.parameters import parse_settings, refuse_unknown
from smoke.environment.redaction import Redactor
from smoke.errors import ConfigurationError, UsageError
from smoke.record.run_directory import new_run_id
from smoke.running.choice import environment_of, release_of
from smoke.running.places import PRIVATE, citing_base, environments_directory, reports_directory, state_of
from smoke.running.run import Run, Settings, with_previous
from smoke.verdict.release import Release

LONGEST_BUDGET_S = 86400
"""A verification that takes longer than a day is none."""

PRIMING_PART = 0.25
"""How much of the soak is made before a deploy: enough to know how many requests fail by chance."""


def open_settings(namespace: Namespace) -> Settings:
    """Return the settings of a new session; its private directory is made by who needs it first."""
    temporary = Path(os.environ.get(PRIVATE) or tempfile.gettempdir())
    return Settings(
        run_id=namespace.smoke_run_id or new_run_id(),
        started_at=time(),
        private=str(temporary / f"smokegate-{secrets.token_hex(16)}"),
        reports=str(reports_directory(namespace)),
        state=str(state_of(namespace)),
        connect_to=tuple(namespace.smoke_connect_to),
        prime=bool(getattr(namespace, "smoke_prime", False)),
    )


def open_runs(namespace: Namespace, settings: Settings) -> Iterator[Run]:
    """
    Yield a run for each environment that may be selected; which of them is, pytest's own selection decides.

    Raises ConfigurationError or UsageError for a wrong file, manifest or flag.
    """
    release = release_of(namespace)
    for environment in _wanted(namespace):
        _refuse_unknown_services(release, environment, namespace)
        known = (
            None if settings.prime else baseline.load(Path(settings.state), environment.name, environment.given.values)
        )
        yield Run(
            environment=_with_flags(environment, namespace, settings),
            release=with_previous(release, known),
            settings=settings,
            redactor=Redactor(),
        )


def _refuse_unknown_services(release: Release, environment: Environment, namespace: Namespace) -> None:
    """A session over several environments has one manifest, of which each environment takes what it knows."""
    unknown = [name for name in release.services if name not in environment.services]
    if unknown and (getattr(namespace, "smoke_environment", None) or unknown == list(release.services)):
        raise ConfigurationError(
            f"{namespace.smoke_release}: services: found {unknown[0]!r}, but {environment.name} has "
            f"{', '.join(environment.services)}; name those that the release replaces, or none if it replaces all"
        )


def _wanted(namespace: Namespace) -> list[Environment]:
    name = getattr(namespace, "smoke_environment", None)
    given = parse_settings(namespace.smoke_set)
    if name:
        loaded = [environment_of(namespace, name, rule=dead_patterns)]
    else:
        directory = environments_directory(namespace)
        loaded = loading.load_all(directory, citing_base(directory), given, rule=dead_patterns)
    refuse_unknown(given, {one for each in loaded for one in each.parameters}, name or "any environment")
    return loaded


def _with_flags(environment: Environment, namespace: Namespace, settings: Settings) -> Environment:
    changed: dict[str, object] = {}
    if namespace.smoke_budget is not None:
        if not 0 < namespace.smoke_budget <= LONGEST_BUDGET_S:
            given = f"--budget {namespace.smoke_budget:g}"
            raise UsageError(f"{given}: give a number of seconds above 0, at most {LONGEST_BUDGET_S}")
        changed["budget_s"] = namespace.smoke_budget
    lasts_s = _soak_s(environment, namespace, settings, float(str(changed.get("budget_s", environment.budget_s))))
    if lasts_s != environment.soak.lasts_s:
        changed["soak"] = environment.soak.model_copy(update={"lasts_s": lasts_s})
    if settings.connect_to:
        changed["connect_to"] = settings.connect_to
    if namespace.smoke_ca is not None:
        changed["ca"] = str(namespace.smoke_ca)
    return environment.model_copy(update=changed)


def _soak_s(environment: Environment, namespace: Namespace, settings: Settings, budget_s: float) -> float:
    """Return how long to watch on; before a deploy a part of it is enough to know what is normal."""
    asked = namespace.smoke_soak
    if asked is not None and not 0 <= asked < budget_s:
        raise UsageError(
            f"--soak {asked:g}: give a number of seconds from 0, below the budget of {budget_s:g} s; "
            "raise that one with --budget"
        )
    lasts_s = environment.soak.lasts_s if asked is None else float(asked)
    return lasts_s * PRIMING_PART if settings.prime else lasts_s
