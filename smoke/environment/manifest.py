"""The release manifest (`--release FILE`) and the flags that are its short form."""

from dataclasses import replace
from pathlib import Path

from smoke.environment._declared import Manifest, check_commit
from smoke.environment._layers import read_toml
from smoke.environment._validation import refuse, repeated_names, validate
from smoke.errors import ConfigurationError
from smoke.verdict.release import Release, same_commit


def load(file: Path) -> Release:
    """Return the release that the manifest *file* describes; raises ConfigurationError with all of its problems."""
    layer = read_toml(file, str(file))
    refuse(repeated_names([layer]), [layer])
    outcome = validate(Manifest, layer.data)
    if isinstance(outcome, Manifest):
        return outcome.release()
    refuse(outcome, [layer])
    raise AssertionError("an invalid manifest has at least one problem")


def combine(manifest: Release | None, sha: str | None, previous: str | None) -> Release:
    """
    Return *manifest* completed by the flags `--sha` and `--previous`; of two names of one commit the longer counts.

    Raises ConfigurationError when a flag names no commit or contradicts the manifest.
    """
    release = manifest or Release()
    return replace(
        release,
        commit=_one_commit("--sha", sha, "commit", release.commit),
        previous=_one_commit("--previous", previous, "previous", release.previous),
    )


def _one_commit(flag: str, given: str | None, key: str, declared: str | None) -> str | None:
    if given is None:
        return declared
    try:
        commit = check_commit(given)
    except ValueError as error:
        raise ConfigurationError(f"{flag}: {error}") from None
    if declared is None:
        return commit
    if not same_commit(commit, declared):
        raise ConfigurationError(
            f"{flag}: found {given!r}, but the release manifest says {key} = {declared!r}; drop one of them"
        )
    return max(commit, declared, key=len)
