"""How each component gets back to what was live before."""

import re
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from smoke.environment._model import VISIBLE, Kind, Model, Name, Seconds, Text

CheckPattern = Annotated[str, Field(pattern=VISIBLE), Kind("check id or pattern")]

IMPOSSIBLE = (
    (
        r"\brailway rollback\b",
        (
            "the Railway CLI has no 'rollback'; `railway redeploy` repeats the latest deployment only, so use the "
            "'deploymentRollback' mutation of its GraphQL API, or the dashboard"
        ),
    ),
    (r"\brailway up\b[^;&|]* --image\b", "`railway up` takes no '--image'; it uploads the working directory"),
    (
        r"\bapi\.railway\.app/v1\b",
        "Railway documents no REST API there; its API is GraphQL at https://backboard.railway.com/graphql/v2",
    ),
    (
        r"\bdocker[ -]compose\b[^;&|]*\bup\b[^;&|]* (-e|--env)\b",
        (
            "`docker compose up` takes no '-e'; set the variable for the command, as in "
            '`["env", "IMAGE=…", "docker", "compose", "up", "-d"]`'
        ),
    ),
)
"""
Commands that are often written and do not exist (July to November 2026), and what works instead.

They are found wherever they stand: in a line for a shell, or for another host.
"""


def _that_exists(arguments: tuple[str, ...]) -> tuple[str, ...]:
    line = " ".join(arguments)
    for pattern, remedy in IMPOSSIBLE:
        if re.search(pattern, line):
            raise ValueError(f"found {line!r}, but {remedy}")
    return arguments


Command = Annotated[tuple[Text, ...], AfterValidator(_that_exists), Kind("list of texts")]


class Rollback(Model):
    """
    How one component gets back to what was live before: by a command, by people, or not at all.

    A command is a program and its arguments, not a shell line. `{sha}` and `{previous}` in it stand for the two
    commits, `{short_sha}` and `{short_previous}` for their first seven digits, as image tags have them; it gets the
    commits as `SMOKE_SHA` and `SMOKE_PREVIOUS` too. What it needs beside them comes from variables.
    """

    possible: bool = Field(True, description="whether it can be rolled back at all; if not, say `instead`")
    command: Command = Field((), description="what `smoke guard` runs to roll it back")
    procedure: Text | None = Field(None, description="the same for people, in one sentence")
    takes_s: Seconds | None = Field(None, description="how long that usually takes")
    within_s: Seconds = Field(180.0, description="how long the command may take before it counts as failed")
    purge: Command = Field((), description="what empties the caches before it, run after the rollback")
    instead: Text | None = Field(None, description="what to do where it cannot be rolled back")

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.possible and not (self.command or self.procedure):
            raise ValueError("neither 'command' nor 'procedure' says how; add one, or 'possible = false' and 'instead'")
        if self.possible and self.instead is not None:
            raise ValueError("found 'instead', which is for what cannot be rolled back; add 'possible = false'")
        if not self.possible and self.instead is None:
            raise ValueError("found 'possible = false', but nothing says what to do; add 'instead'")
        if not self.possible and (found := [key for key in ("command", "purge") if getattr(self, key)]):
            raise ValueError(f"found 'possible = false' and {found[0]!r}; keep one of them")
        return self


class Part(Rollback):
    """A component that is no service, or several that are rolled back together."""

    services: tuple[Name, ...] = Field((), description="the services that it consists of")
    checks: tuple[CheckPattern, ...] = Field(
        (),
        description='checks that put it at fault whatever service they ask, by id or pattern such as `"migrations/*"`',
    )

    @model_validator(mode="after")
    def _can_be_at_fault(self) -> Self:
        if not (self.services or self.checks):
            raise ValueError("nothing puts this component at fault; add 'services' or 'checks'")
        return self


class Guard(Model):
    """How long `smoke guard` may take."""

    deploy_within_s: Seconds = Field(1800.0, description="how long the deploy command may take")
    restore_within_s: Seconds = Field(
        300.0, description="from the verdict until the previous release is proven to be served again"
    )
