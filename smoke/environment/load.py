"""What is watched for a while, and what is measured under a little load."""

from typing import Annotated

from pydantic import Field

from smoke.environment._model import Kind, Model, Seconds

NoneOrMore = Annotated[float, Field(ge=0), Kind("seconds")]


class Soak(Model):
    """Watching on for a while once the release has settled: for what needs time to appear."""

    lasts_s: NoneOrMore = Field(
        0.0, description="how long every service is watched, from when the release has settled; 0 is not at all"
    )
    every_s: Seconds = Field(2.0, description="pause between two looks at a service; each look is a few requests")
