"""What must be found at places of a JSON answer: values, types, and how places relate to each other and to before."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from smoke.environment._model import FIELD, JmesPath, Kind, Model, Scalar, Text

JsonType = Literal["string", "number", "integer", "boolean", "array", "object"]
"""The words of JSON Schema."""

FieldPath = Annotated[str, Field(pattern=FIELD), Kind("field path")]
Shape = dict[FieldPath, JsonType]
"""Types by path: `customer.id`, `items[].price` for every element, `contact?.email` where there may be no contact."""


class Expectation(Model):
    """What must be found at a place in a JSON answer."""

    at: JmesPath = Field(description="the place")
    each: JmesPath | None = Field(
        None, description="a list: what is expected must hold in each of its elements, where `at` is then looked up"
    )
    read_as: Literal["number", "version"] | None = Field(
        None,
        alias="as",
        description="how texts are compared: `number` reads decimal texts such as '105.19' exactly, "
        "`version` demands versions such as 4.2.0 and orders them so",
    )
    type: JsonType | None = Field(None, description="the type of the value, in the words of JSON Schema")
    equals: Scalar | None = Field(None, description="the value that must be there")
    contains: Scalar | None = Field(None, description="a member of the list, or a part of the text, that is there")
    at_least: float | None = Field(None, description="smallest number, or smallest length of a list")
    at_most: float | None = Field(None, description="largest number, or largest length of a list")
    equals_at: JmesPath | None = Field(None, description="another place that must hold the same value")
    at_most_at: JmesPath | None = Field(None, description="another place whose value must not be exceeded")
    at_most_version: Text | None = Field(None, description="the highest version that may be there; read as a version")
    sum_of: JmesPath | None = Field(None, description="a list of numbers that must add up to the value")
    product_of: JmesPath | None = Field(
        None, description="a list of numbers, such as `[quantity, price]`, whose product the value must be"
    )
    within: float = Field(0.0, ge=0, description="how far the value may lie from that sum or product, for rounding")
    unchanged: bool = Field(False, description="whether the value must be the one that was there before the deploy")
    keeps: Annotated[float, Field(gt=0, le=1)] | None = Field(
        None, description="smallest share of the number, or of the length of the list, that was there before the deploy"
    )
    at_most_before: JmesPath | None = Field(
        None, description="another place whose value of before the deploy must not be exceeded"
    )

    @model_validator(mode="after")
    def _range_is_possible(self) -> Self:
        if self.at_least is not None and self.at_most is not None and self.at_least > self.at_most:
            raise ValueError(
                f"found at_least = {self.at_least:g} above at_most = {self.at_most:g}, "
                "which nothing can satisfy; swap or correct them"
            )
        return self

    @model_validator(mode="after")
    def _before_is_one_place(self) -> Self:
        key = next((key for key in ("unchanged", "keeps", "at_most_before") if getattr(self, key)), None)
        if self.each is not None and key is not None:
            raise ValueError(f"found {key!r} beside 'each', but elements have no names to find them again by; drop one")
        return self
