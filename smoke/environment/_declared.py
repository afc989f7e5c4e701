"""What a release manifest may hold."""

from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from smoke.environment._model import CHECK_ID, Kind, Model, Name, Path, Status, Text
from smoke.verdict.release import Maintenance, Marker, Release, StagedFlag, commit_in, is_commit, normalise

_MILLISECONDS = 1e11
"""Epoch seconds reach this in the year 5138; a larger number is meant in milliseconds."""


def _moment(value: Any) -> float:
    if isinstance(value, str):
        return _from_rfc3339(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("found no time; write it as 2026-11-20T10:02:00+09:00 or as epoch seconds")  # noqa: TRY004 - pydantic reports ValueError
    if value <= 0:
        raise ValueError(f"found {value}, which is no moment after 1970; write epoch seconds")
    if value >= _MILLISECONDS:
        raise ValueError(f"found {value}, but epoch seconds are needed, not milliseconds; divide by 1000")
    return float(value)


def _from_rfc3339(text: str) -> float:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"found {text!r}, which is no time; write it as 2026-11-20T10:02:00+09:00") from None
    if moment.tzinfo is None:
        raise ValueError(f"found {text!r}, a time without zone; add Z or an offset such as +09:00")
    return moment.timestamp()


def check_commit(text: str) -> str:
    """Return the bare lower-case commit that *text* is, or ends in as an image tag does; raises ValueError without."""
    if is_commit(text):
        return str(normalise(text))
    if not text.strip():
        raise ValueError("nothing was given, as where a variable is not set; give the commit")
    ending = commit_in(text)
    if ending is None or ending.isalpha():  # a branch may end in a word of these letters, such as `fix-defaced`
        raise ValueError(
            f"found {text!r}, but a commit has 7 to 64 hex digits (after a prefix such as 'sha-'); "
            "give the commit, as `git rev-parse HEAD` says it"
        )
    return ending


Commit = Annotated[str, AfterValidator(check_commit), Kind("commit")]
Moment = Annotated[float, BeforeValidator(_moment), Kind("RFC 3339 time or epoch seconds")]
Share = Annotated[float, Field(ge=0, le=1)]
CheckId = Annotated[str, Field(pattern=CHECK_ID), Kind("check id")]


class MarkerEntry(Model):
    """Something new that must be there."""

    name: Name = Field(description="its name, unique among markers")
    path: Path = Field(description="where it must answer")
    service: Name = Field("web", description="the service to ask")
    role: Name | None = Field(None, description="the role to ask as; anonymous without it")
    status: Status = Field(200, description="the status it must answer with")
    contains: tuple[Text, ...] = Field((), description="texts that the answer must contain")
    flag: Text | None = Field(
        None, description="the feature flag it stands behind; with an entry in `staged_flags` it may be absent"
    )


class StagedFlagEntry(Model):
    """A feature that only some users see for now."""

    name: Text = Field(description="the flag's name")
    share: Share = Field(0.0, description="the share of users that see the feature, 0 to 1")


class MaintenanceEntry(Model):
    """A window during which nothing can be judged."""

    begins_at: Moment = Field(alias="from", description="when it begins")
    ends_at: Moment = Field(alias="until", description="when it ends")

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.ends_at <= self.begins_at:
            raise ValueError("found 'until' that is not after 'from'; swap or correct them")
        return self


class Manifest(Model):
    """A release manifest."""

    commit: Commit | None = Field(None, description="the commit that must be live")
    version: Text | None = Field(None, description="its version, for people")
    previous: Commit | None = Field(None, description="the commit that was live before")
    condemned: Commit | None = Field(
        None, description="the commit that was rolled back, where this is the way back: it must not be served any more"
    )
    services: tuple[Name, ...] = Field(
        (), description="the services that it replaces; all, if none is named. The others may serve any commit"
    )
    deployed_at: Moment | None = Field(None, description="when the deploy began")
    author: Text | None = Field(None, description="who made the release")
    changelog: str | None = Field(None, description="what changed, for people")
    invalidates_sessions: bool = Field(False, description="whether sessions from before the deploy may end")
    retired: tuple[CheckId, ...] = Field(
        (), description="ids of checks that the release makes obsolete; they are not made, which the verdict says"
    )
    migrations: tuple[Text, ...] = Field((), description="names of migrations that must be applied")
    markers: tuple[MarkerEntry, ...] = Field((), description="new things that must be there")
    staged_flags: tuple[StagedFlagEntry, ...] = Field((), description="features that only some users see for now")
    maintenance: MaintenanceEntry | None = Field(None, description="a window during which nothing can be judged")

    def release(self) -> Release:
        """Return what the manifest says as plain data."""
        plain = {key: getattr(self, key) for key in type(self).model_fields}
        window = self.maintenance
        return Release(
            **{
                **plain,
                "markers": tuple(Marker(**entry.model_dump()) for entry in self.markers),
                "staged_flags": tuple(StagedFlag(**entry.model_dump()) for entry in self.staged_flags),
                "maintenance": window and Maintenance(window.begins_at, window.ends_at),
            }
        )
