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


class Latency(Model):
    """How long routes may take, once they are warm."""

    every_route: bool = Field(
        False,
        description="whether every read and page is timed, some five requests more for each, up to `samples` where "
        "replicas do not name themselves, or only those that say `timed` or `max_median_ms`",
    )
    ratio: float = Field(3.0, gt=1, description="how many times as long as before the deploy is too long")
    floor_ms: float = Field(200.0, ge=0, description="what must be added at least, in milliseconds, to be too long")
    max_median_ms: float | None = Field(
        None, gt=0, description="the longest median of any route in milliseconds, with or without a baseline"
    )
    samples: int = Field(20, ge=7, le=100, description="most samples of a route in one look; a clear case takes fewer")


class Burst(Model):
    """What a burst of parallel requests may take; reads allow it with their own `burst`."""

    ratio: float = Field(10.0, gt=1, description="how many times as long as alone a request may take in a burst")
    floor_ms: float = Field(1000.0, ge=0, description="what must be added at least, in milliseconds, to be too long")
