"""Roundtrips: harmless writes that are read back at once and removed again."""

from typing import Self

from pydantic import Field, model_validator

from smoke.environment._model import ChosenStage, JmesPath, Model, Name, Path, Scalar, Seconds, Status
from smoke.environment._secrecy import sounds_secret

UNIQUE = "{unique}"
ID = "{id}"


class Roundtrip(Model):
    """
    A harmless write, such as a note or a draft, that is read back from every replica and removed again.

    An entry of `writes` must allow the write and the removal.
    """

    name: Name = Field(description="its name, unique among roundtrips; the check's id is `roundtrip/<name>`")
    service: Name = Field("bff", description="the service that is written to")
    role: Name | None = Field(None, description="the role to write as; anonymous without it")
    path: Path = Field(description="where it is posted to")
    body: dict[str, Scalar] = Field(
        description="the JSON body that is posted; `{unique}` in one of its texts stands for a text of this write alone"
    )
    created: tuple[Status, ...] = Field((200, 201), min_length=1, description="statuses of a write that was taken")
    id: JmesPath = Field("id", description="where the answer holds the id of what was made")
    read_path: Path = Field(description="where to read it; `{id}` stands for its id")
    at: JmesPath = Field(description="where that answer holds the text with `{unique}`")
    cleanup_path: Path = Field(description="DELETE here afterwards; `{id}` stands for its id")
    times: int | None = Field(
        None, ge=1, le=50, description="writes of one look; without it as many as it takes to meet a bad replica"
    )
    within_s: Seconds = Field(10.0, description="how soon after the write every read must show it")
    slower_s: Seconds = Field(1.0, description="how much later than before the deploy the reads may show it")
    depends_on: tuple[Name, ...] = Field((), description="dependencies whose outage explains a failure")
    stage: ChosenStage = Field("functional", description="when it is made")
    gating: bool = Field(True, description="whether its failure counts for the verdict")

    @model_validator(mode="after")
    def _names_what_it_made(self) -> Self:
        for key in ("read_path", "cleanup_path"):
            path = getattr(self, key)
            if ID not in path:
                raise ValueError(f"found {key} = {path!r}, which names nothing made; put {{id}} where its id belongs")
        if not any(isinstance(value, str) and UNIQUE in value for value in self.body.values()):
            raise ValueError("'body' holds no text with {unique}, so nothing could be told apart; put it into one")
        secret = next((key for key in self.body if sounds_secret(key)), None)
        if secret is not None:
            raise ValueError(f"'body' holds {secret!r}, which looks like a secret; write something that needs none")
        return self
