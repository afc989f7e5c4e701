"""Handoffs: the customer is sent on to a third party, to pay for instance, and the suite turns round at its door."""

from typing import Literal, Self

from pydantic import Field, model_validator

from smoke.environment._model import ChosenStage, JmesPath, Model, Name, Path, Scalar, Status
from smoke.environment._secrecy import sounds_secret
from smoke.environment.expectations import Expectation

ID = "{id}"


class Handoff(Model):
    """
    A session at a third party, such as a payment, that is opened as far as it can be taken back, and given up again.

    An entry of `writes` must allow the opening and the giving up; nothing is ever paid.
    """

    name: Name = Field(description="its name, unique among handoffs; the check's id is `handoff/<name>`")
    service: Name = Field("bff", description="the service that opens the session")
    role: Name | None = Field(None, description="the role to open it as; anonymous without it")
    path: Path = Field(description="where it is opened with POST")
    body: dict[str, Scalar] = Field({}, description="the JSON body that is posted")
    opened: tuple[Status, ...] = Field((200, 201), min_length=1, description="statuses of a session that was opened")
    expect: tuple[Expectation, ...] = Field(
        (), description="what the JSON answer must hold, e.g. `livemode` true and an id that contains `cs_live_`"
    )
    id: JmesPath = Field("id", description="where the answer holds the session's id")
    cleanup_path: Path | None = Field(None, description="where it is given up afterwards; `{id}` stands for its id")
    cleanup_method: Literal["DELETE", "POST"] = Field("DELETE", description="how it is given up")
    times: int | None = Field(
        None, ge=1, le=50, description="sessions of one look; without it as many as it takes to meet a bad replica"
    )
    depends_on: tuple[Name, ...] = Field((), description="dependencies whose outage explains a failure")
    stage: ChosenStage = Field("integration", description="when it is made")
    gating: bool = Field(True, description="whether its failure counts for the verdict")

    @model_validator(mode="after")
    def _names_what_it_gives_up(self) -> Self:
        if self.cleanup_path is not None and ID not in self.cleanup_path:
            raise ValueError(
                f"found cleanup_path = {self.cleanup_path!r}, which names no session; put {{id}} where its id belongs"
            )
        secret = next((key for key in self.body if sounds_secret(key)), None)
        if secret is not None:
            raise ValueError(f"'body' holds {secret!r}, which looks like a secret; open sessions that need none")
        return self
