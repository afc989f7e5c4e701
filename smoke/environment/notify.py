"""Who is told of deploys and incidents, and by which way: Slack, or anything that Apprise knows."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from smoke.environment._model import MENTION, Kind, Model, Secret, Text, exactly_one
from smoke.environment.addresses import BaseUrl

SLACK_API = "https://slack.com/api"

SLACK_METADATA = "smokegate_message"
"""The type of the metadata by which messages of ours are known, whichever bot has written them."""


class Moment(StrEnum):
    """What a notifier may want to be told of a deploy."""

    START = "start"
    PASS = "pass"  # noqa: S105 - a word of the verdict
    FAIL = "fail"
    INCONCLUSIVE = "inconclusive"
    ROLLBACK = "rollback"


class Notifier(Model):
    """A way to tell people: exactly one of `token` (Slack), `webhook` (Slack) and `url` (Apprise)."""

    token: Secret | None = Field(
        None, description="bot token of a Slack app (`chat:write`): one thread for each deploy and each incident"
    )
    channel: Text | None = Field(
        None, description="the Slack channel for `token`: its id (`C0123456789`), which survives renaming, or its name"
    )
    webhook: Secret | None = Field(
        None, description="URL of a Slack incoming webhook, bound to its channel; it cannot answer in a thread"
    )
    url: Secret | None = Field(
        None, description="URL of any service that Apprise knows, such as `mailto://…`; needs `smokegate[notify]`"
    )
    on: tuple[Moment, ...] = Field(
        tuple(Moment), min_length=1, description="what it is told of deploys; a rollback that failed it is always told"
    )
    mention: Annotated[str, Field(pattern=MENTION), Kind("here, channel or the id of a user or group")] | None = Field(
        None, description="whom a critical message calls in Slack"
    )
    api: BaseUrl = Field(SLACK_API, description="the Web API of Slack, for `token`; GovSlack has another one")

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        exactly_one(self, "token", "webhook", "url")
        if self.token is not None and self.channel is None:
            raise ValueError("a 'token' needs the 'channel' to write to; add it")
        if self.token is None and self.channel is not None:
            raise ValueError("found 'channel' without 'token', but the channel of a webhook is fixed; remove it")
        return self
