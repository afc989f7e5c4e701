"""Announcements: a message about the deploy that must stand in a chat channel."""

from typing import Annotated, Literal

from pydantic import Field

from smoke.environment._model import Model, Secret, Text
from smoke.environment.addresses import BaseUrl


class Announcement(Model):
    """
    The deploy is confirmed in a Slack channel: a message since its start names the commit.

    Example: `[announcements.deploys]` with `channel = "C024BE91L"` and `token = { env = "SLACK_TOKEN" }`. A missing
    message rolls nothing back: with `gating` it holds the verdict. What Smokegate itself writes (`notify`) confirms
    nothing, nor does a message that the deploy failed, was taken back or has only begun.
    """

    channel: Annotated[str, Field(pattern=r"^[A-Z0-9]{5,}$")] = Field(
        description="the channel's id (channel details, at the very bottom), not its name"
    )
    token: Secret = Field(description="a bot token with the scope `channels:history`; the bot must be in the channel")
    contains: tuple[Text, ...] = Field((), description="further texts in the message, such as `production`")
    of: Literal["success", "start"] = Field(
        "success", description="what the message must tell; before a verdict many pipelines have told the start only"
    )
    names: tuple[Literal["author", "changelog"], ...] = Field(
        (), description="what it must name beside the commit, as the release manifest tells it"
    )
    within_s: float = Field(0.0, ge=0, description="how long to wait for the message, asked twice a minute at most")
    url: BaseUrl = Field("https://slack.com/api", description="Slack's Web API")
    gating: bool = Field(False, description="whether its absence holds the verdict")
