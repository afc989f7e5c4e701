"""Writes: the only requests that may change something in an environment."""

import re
from typing import Literal

from pydantic import Field

from smoke.environment._model import Model, Name, Path

Method = Literal["POST", "PUT", "PATCH", "DELETE"]


class Write(Model):
    """A write that the suite may make in this environment."""

    name: Name = Field(description="its name, unique among writes")
    service: Name = Field("bff", description="the service that is written to")
    methods: tuple[Method, ...] = Field(min_length=1, description="the HTTP methods that are allowed")
    path: Path = Field(
        description="the path; `*` stands for (a part of) one segment, as the last character for all that follows"
    )

    def covers(self, method: str, path: str) -> bool:
        """Tell whether this entry allows *method* on *path*, as far as a configured path can tell."""
        return method in self.methods and fits(self.path, path)


def fits(pattern: str, path: str) -> bool:
    """Tell whether *path* is one of those that *pattern* stands for, as `Write.path` describes them."""
    middle, rest = (pattern[:-1], ".*") if pattern.endswith("*") else (pattern, "")
    return re.fullmatch("[^/]*".join(map(re.escape, middle.split("*"))) + rest, path) is not None
