"""Every check of an environment, in the order of the stages."""

from collections.abc import Iterable, Iterator, Sequence
from importlib import import_module
from operator import attrgetter
from typing import Protocol

from smoke.checks._check import Check
from smoke.environment import Environment
from smoke.verdict.release import Release
from smoke.verdict.words import Stage

MODULES = (
    "control",
    "canary",
    "converge",
    "tls",
    "health",
    "version",
    "restarts",
    "pages",
    "markers",
    "flags",
    "headers",
    "cors",
    "strangers",
    "assets",
    "source_maps",
    "components",
    "deployments",
    "pre_releases",
    "deployment_times",
    "migrations",
    "databases",
    "login",
    "login_limit",
    "session",
    "session_cookies",
    "protected",
    "private",
    "keys",
    "exposure",
    "reads",
    "warm",
    "invariants",
    "roundtrips",
    "handoffs",
    "queues",
    "queue_direct",
    "queue_jobs",
    "schedules",
    "salesforce",
    "whmcs",
    "third_parties",
    "force_update",
    "errors",
    "metrics",
    "targets",
    "alerts",
    "logs",
    "announcements",
    "latency",
    "burst",
    "soak",
    "origin",
    "login_replicas",
    "confirm",
)
"""Modules of this package; each offers `checks(environment, release)`."""

NEEDS = {
    **{name: name for name in ("announcements", "assets", "components", "databases", "errors", "handoffs", "headers")},
    **{name: name for name in ("keys", "login", "logs", "metrics", "migrations", "protected", "queues", "roundtrips")},
    **{name: name for name in ("schedules", "targets")},
    **dict.fromkeys(("login_limit", "private", "session_cookies"), "login"),
    **dict.fromkeys(("queue_direct", "queue_jobs"), "queues"),
    **dict.fromkeys(("deployments", "deployment_times", "pre_releases"), "platforms"),
    **{name: f"dependencies.{name}" for name in ("salesforce", "whmcs")},
    "alerts": "monitoring.alertmanager",
    "force_update": "apps",
    "soak": "soak.lasts_s",
    "source_maps": "assets",
    "third_parties": "dependencies.others",
}
"""What of the environment a module's checks come from: without it there are none, and the module is not imported."""


class CheckModule(Protocol):
    """What a check module offers."""

    def checks(self, environment: Environment, release: Release) -> Iterable[Check]:
        """Return this module's checks for *environment*."""
        ...


def build(environment: Environment, release: Release, modules: Sequence[str] = MODULES) -> tuple[Check, ...]:
    """
    Return every check of *environment* but those that the release declares retired.

    What binds the verdict to the release cannot be retired (law 2).
    """
    stages = list(Stage)
    binding = {Stage.CONVERGE, Stage.CONFIRM}
    every = _all(environment, release, modules)
    built = [one for one in every if one.id not in release.retired or one.stage in binding]
    return tuple(sorted(built, key=lambda one: stages.index(one.stage)))


def _all(environment: Environment, release: Release, modules: Sequence[str]) -> Iterator[Check]:
    for name in modules:
        if name in NEEDS and not attrgetter(NEEDS[name])(environment):
            continue
        module: CheckModule = import_module(f"smoke.checks.{name}")
        yield from module.checks(environment, release)
