"""Mobile apps: what the API demands of them must be there to be had in the App Store."""

from typing import Annotated

from pydantic import Field

from smoke.environment._model import JmesPath, Kind, Model, Name, Path, Text
from smoke.environment.addresses import BaseUrl

Country = Annotated[str, Field(pattern=r"^[a-z]{2}$"), Kind("country code")]


class App(Model):
    """
    The least version that the API demands of an app is not above the one in the App Store, or everybody is locked out.

    Example: `[apps.ios]` with `bundle_id = "app.impulseai.ios"`, `path = "/config"` and
    `minimum = "MIN_APP_VERSION_IOS"`. It makes the check `force-update/ios`.
    """

    bundle_id: Text = Field(description="the app's identifier in the App Store")
    countries: tuple[Country, ...] = Field(
        ("us",), min_length=1, description="storefronts, such as `no`; the oldest version in them counts"
    )
    service: Name = Field("bff", description="the service that tells the app what it demands")
    path: Path = Field(description="the call that tells it")
    role: Name | None = Field(None, description="the role to ask as; anonymous without it")
    key: Name | None = Field(None, description="the name of the API key in `keys` to ask with")
    minimum: JmesPath = Field(
        description="where the least version lies, below which an app is blocked; `0.0.0`, null and nothing mean off"
    )
    latest: JmesPath | None = Field(None, description="where the version lies that older apps are nudged to")
    store: BaseUrl = Field("https://itunes.apple.com", description="where the App Store is asked")
    gating: bool = Field(True, description="whether its failure counts for the verdict")
