"""What the options choose: the environment of a name, and the release that is to be live."""

from argparse import Namespace
from pathlib import Path

from smoke.environment import Environment, loading, manifest
from smoke.environment.loading import Rule
from smoke.environment.parameters import parse_settings
from smoke.running.places import citing_base, environments_directory
from smoke.verdict.release import Release


def environment_of(namespace: Namespace, name: str, *, rule: Rule | None = None) -> Environment:
    """
    Return the environment *name* of the chosen files, its parameters filled in by `--set`; it must pass *rule* too.

    Raises UsageError or ConfigurationError, which cite files as a person here can open them.
    """
    directory = environments_directory(namespace)
    given = parse_settings(getattr(namespace, "smoke_set", None) or ())
    return loading.load(directory, name, citing_base(directory), given, rule=rule)


def release_of(namespace: Namespace) -> Release:
    """Return what `--release`, `--sha` and `--previous` say together; raises UsageError or ConfigurationError."""
    declared = manifest.load(Path(namespace.smoke_release)) if namespace.smoke_release else None
    return manifest.combine(declared, sha=namespace.smoke_sha, previous=namespace.smoke_previous)
