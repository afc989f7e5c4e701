"""Invariants: what must hold between the answers of two reads."""

from typing import Literal

from pydantic import Field

from smoke.environment._model import JmesPath, Model, Name


class Side(Model):
    """A place in the answer of a read."""

    read: Name = Field(description="the name of a read")
    at: JmesPath = Field(description="the place in its answer")


class Invariant(Model):
    """What must hold between the answers of two reads, such as a price in the basket and the same one in the list."""

    name: Name = Field(description="its name, unique among invariants; the check's id is `invariant/<name>`")
    left: Side = Field(description="the one side")
    relation: Literal["equals", "at_most"] = Field(
        "equals", description="how the left side must stand to the right one"
    )
    right: Side = Field(description="the other side")
    read_as: Literal["number", "version"] | None = Field(
        None, alias="as", description="how texts are compared, as in the `expect` of a read"
    )
    gating: bool = Field(True, description="whether its failure counts for the verdict")
