"""What was deployed, and how a deployed build names itself."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

PLACEHOLDERS = frozenset({"", "null", "none", "undefined", "dev", "local", "unknown", "head", "latest", "0.0.0"})
"""Values that mean *unknown*; an unexpanded `${…}` or `$VAR` is one too."""

_PREFIX = re.compile(r"^(?:v(?=[0-9a-f])|(?:sha|prod|production|main|master|staging|stg|dev|preview)-)", re.IGNORECASE)
_HEX = re.compile(r"^[0-9a-f]{7,64}$")
_NUMBERS = re.compile(r"^v?(\d{1,9}(?:\.\d{1,9}){1,3})(?![0-9A-Za-z])", re.ASCII | re.IGNORECASE)
"""The numbers of a version such as 1.42.0 or v2026.11.3-rc.1."""
_SEMVER = re.compile(r"^v?\d+\.\d+\.\d+(?:-(?P<pre>[0-9a-z.-]+))?(?:\+[0-9a-z.-]+)?$", re.ASCII | re.IGNORECASE)
_SUFFIXED = re.compile(r"^(?:.*?[-_\s])??v?\d+(?:\.\d+)+(?P<suffix>[^+]*)", re.ASCII | re.IGNORECASE)
"""A version of two numbers or more, after a branch if need be, and what follows it but for SemVer's build."""
_EARLY = re.compile(
    r"^[abc]\d+\b|(?:^|[-_.\s])(?:alpha|beta|rc|pre|prerelease|preview|dev|snapshot|canary|next|nightly)\d*(?=[-_.\s]|$)",
    re.ASCII | re.IGNORECASE,
)
"""What means a pre-release in a version's suffix; at once after the numbers Python's short words do too."""
_DESCRIBED = re.compile(r"^(?:\d+-g)?[0-9a-f]{7,64}(?:-dirty)?$", re.IGNORECASE)
"""What follows a version where a build names its commit, as `git describe` does: no pre-release."""
_TAIL = re.compile(r"[-_+.:/@]g?([0-9a-f]{7,64})$")
"""A commit at the end of an image tag or a described version, whatever the branch before it is called."""
_DIGEST = "@sha256:"
_FULL = 40
_LONGEST = 200
_LONG_TAG = re.compile(r"^(?P<branch>.+)-(?P<commit>[0-9a-f]{40})$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Marker:
    """
    Something new that the release brings: *path* of *service* must answer *status* and show all of *contains*.

    Where it stands behind a *flag* that the release stages, its absence is no fault for users whose flag is off.
    """

    name: str
    path: str
    service: str = "web"
    role: str | None = None
    status: int = 200
    contains: tuple[str, ...] = ()
    flag: str | None = None


@dataclass(frozen=True, slots=True)
class StagedFlag:
    """A feature that only the share *share* of users (0 to 1) sees for now, so that its absence is no fault."""

    name: str
    share: float = 0.0


@dataclass(frozen=True, slots=True)
class Maintenance:
    """A declared window, in epoch seconds, during which nothing can be judged."""

    begins_at: float
    ends_at: float

    def covers(self, now: float) -> bool:
        """Tell whether *now* lies in the window."""
        return self.begins_at <= now < self.ends_at


@dataclass(frozen=True, slots=True)
class Release:
    """
    What should be live.

    *commit* None means that nothing was announced: what is live is reported and the replicas must agree.
    *deployed_at* is the deploy's start in epoch seconds. *migrations* are the names that must be applied, *retired*
    the ids of checks that the release makes obsolete.

    *condemned* makes it the way back from a bad release: that commit was rolled back, and must not be served any more.
    *services* are those that it replaces, where it does not replace all.
    """

    commit: str | None = None
    version: str | None = None
    previous: str | None = None
    deployed_at: float | None = None
    author: str | None = None
    changelog: str | None = None
    invalidates_sessions: bool = False
    retired: tuple[str, ...] = ()
    migrations: tuple[str, ...] = ()
    markers: tuple[Marker, ...] = ()
    staged_flags: tuple[StagedFlag, ...] = ()
    maintenance: Maintenance | None = None
    condemned: str | None = None
    services: tuple[str, ...] = ()

    def of(self, service: str | None) -> "Release":
        """Return what should be live of *service*: any commit, where the release does not replace it."""
        if not self.services or service is None or service in self.services:
            return self
        return replace(self, commit=None, version=None, previous=None, condemned=None, deployed_at=None)

    @property
    def replaced(self) -> str | None:
        """The commit whose place it takes: the one that was rolled back, else the one that was live before."""
        return self.condemned or self.previous

    @property
    def replaced_is_called(self) -> str:
        """What people call that commit."""
        return "the condemned commit" if self.condemned else "the previous commit"

    def staged(self, flag: str | None) -> StagedFlag | None:
        """Return the declaration that only some users see what stands behind *flag*, if there is one."""
        return next((one for one in self.staged_flags if one.name == flag and one.share < 1), None)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Release":
        """Read back what `dataclasses.asdict` made of a release; raises KeyError or TypeError on anything else."""
        plain: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in data.items()}
        window = plain.get("maintenance")
        nested: dict[str, Any] = {
            "markers": tuple(Marker(**{**one, "contains": tuple(one["contains"])}) for one in plain.get("markers", ())),
            "staged_flags": tuple(StagedFlag(**one) for one in plain.get("staged_flags", ())),
            "maintenance": Maintenance(**window) if window else None,
        }
        return cls(**{**plain, **nested})


def normalise(commit: object) -> str | None:
    """Return the bare lower-case commit, or None for a placeholder or anything that is not a string."""
    if not isinstance(commit, str):
        return None
    text = commit.strip().lower()
    bare = _PREFIX.sub("", text)
    if bare in PLACEHOLDERS or "$" in bare:
        return None
    return bare


def is_newer(version: object, than: object) -> bool:
    """Tell whether one version's numbers are above the other's; what has no numbers is newer than nothing."""
    left, right = _numbers(version), _numbers(than)
    longest = max(len(left), len(right))
    return bool(left and right) and _padded(left, longest) > _padded(right, longest)


def is_commit(text: str) -> bool:
    """Tell whether *text* names a commit: 7 to 64 hex characters, after a prefix such as `v`, `sha-` or `prod-`."""
    return bool(_HEX.match(normalise(text) or ""))


def same_commit(one: object, other: object) -> bool:
    """
    Tell whether two names mean one commit: equal, or one is a prefix of at least seven hex characters.

    An image tag that ends in the commit names it too, whatever stands before: `feature-x-9f1c2ab`, `v1.4.0-3-g9f1c2ab`.
    """
    left, right = normalise(one), normalise(other)
    if left is None or right is None:
        return False
    if left == right:
        return True
    short, long = sorted((_bare(left), _bare(right)), key=len)
    return bool(_HEX.match(short)) and bool(_HEX.match(long)) and long.startswith(short)


def commit_in(name: object) -> str | None:
    """Return the commit that *name*, such as an image with its tag, ends in; a digest or a date is none."""
    bare = _bare(normalise(name) or "")
    return bare if _HEX.match(bare) and (len(bare) == _FULL or not bare.isdigit()) else None


def is_version(text: object) -> bool:
    """Tell whether *text* is a version of three numbers, such as v1.4.0, and names no commit beside."""
    found = _SEMVER.match(text.strip()) if isinstance(text, str) else None
    return found is not None and not _DESCRIBED.match(found["pre"] or "")


def is_pre_release(version: object) -> bool:
    """
    Tell whether a version, alone or after the name of a package, image or branch, is a pre-release such as 1.4.0-rc.1.

    Its word tells it, as `rc` does. Any other suffix names a build, a fix or a base image: `1.4.0-57`, `1.4.0-alpine`.
    """
    found = _SUFFIXED.match(_last_name(version)) if isinstance(version, str) else None
    return found is not None and bool(_EARLY.search(found["suffix"]))


def is_final(version: object) -> bool:
    """Tell whether *version* says that it is no pre-release: it has numbers, or is a branch's tag of a commit."""
    if not isinstance(version, str) or normalise(version) is None or is_pre_release(version):
        return False
    name = _last_name(version)
    return bool(_SUFFIXED.match(name)) or (commit_in(name) is not None and not _HEX.match(name.lower()))


def same_version(told: str, due: str, commit: str | None) -> bool:
    """
    Tell whether two names of a build agree: `v1.4.0` and `1.4.0` do, and so do a version and a tag of its commit.

    Where an image carries `prod-<sha>` because the tag came late, the commit decides.
    """
    if normalise(told) == normalise(due):
        return True
    if commit is None:
        return same_commit(told, due)
    return same_commit(told, commit) or (is_version(told) and same_commit(due, commit))


def long_tag(tag: object) -> str | None:
    """Explain an image tag that holds all 40 digits of a commit where the usual workflow pushes seven, or None."""
    found = _LONG_TAG.match(tag.strip()) if isinstance(tag, str) else None
    if found is None:
        return None
    return (
        f"the tag {found['branch']}-{found['commit'][:7]}… has 40 digits of the commit, while docker/metadata-action "
        f"pushes 7 ({found['branch']}-{found['commit'][:7]}): such a deploy finds no image"
    )


def _numbers(version: object) -> tuple[int, ...]:
    found = _NUMBERS.match(version.strip()) if isinstance(version, str) else None
    return tuple(int(one) for one in found[1].split(".")) if found else ()


def _last_name(version: str) -> str:
    """Return what stands last in the name of a package, image or reference; a digest is no part of it."""
    return re.split(r"[@:/]", version.strip().partition(_DIGEST)[0])[-1][:_LONGEST]


def _bare(name: str) -> str:
    found = None if _HEX.match(name) or _DIGEST in name else _TAIL.search(name)
    return found[1] if found else name


def _padded(numbers: tuple[int, ...], length: int) -> tuple[int, ...]:
    return (*numbers, *(0,) * (length - len(numbers)))
