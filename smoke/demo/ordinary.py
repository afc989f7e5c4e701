"""An ordinary day: the scene of a good deploy, before any fault changes it."""

import secrets
from dataclasses import replace
from random import Random

from smoke.demo import addresses, migrate
from smoke.demo.database import dsn
from smoke.demo.dialect import Dialect
from smoke.demo.foundation import PRODUCTION, Paths
from smoke.demo.release import USAGE, Credential, Image, LoginLimit, Settings, commit_of
from smoke.demo.scene import CLOCK, Scene

AMBIENT_RESETS = (0.001, 0.005)
COLD_START_S = 0.3
MINUTE_S = 60 / CLOCK
"""A minute of the field, in seconds of the stack."""

NEW_FEATURE = {
    "name": USAGE,
    "service": "bff",
    "path": "/account/usage",
    "role": "customer",
    "contains": ["gigabytes"],
    "flag": USAGE,
}
"""What the release manifest says of the feature that the new release brings."""


def good_deploy(rng: Random, paths: Paths, speed: float) -> Scene:
    """Return the scene of a good deploy."""
    first, newest = migrate.shipped()[:-1], migrate.shipped()
    before = Image(commit_of(rng), "1.41.2", first, asks_due_date=False)
    settings = _settings(rng, paths, speed)
    return Scene(
        rng=rng,
        speed=speed,
        before=before,
        after=Image(commit_of(rng), "1.42.0", newest),
        settings_before=settings,
        settings=replace(
            settings,
            salesforce=credential("bff-v1.42"),
            whmcs=credential("bff-v1.42"),
            flags={**settings.flags, USAGE: 1.0},
        ),
        declares={"markers": [NEW_FEATURE]},
        reset_share=rng.uniform(*AMBIENT_RESETS),
    )


def adopt(scene: Scene, dialect: Dialect) -> None:
    """Let the system of *dialect* be deployed instead of the portal."""
    before, after = (
        replace(settings, web_origin=dialect.pages, api_origin=dialect.api, title=dialect.title)
        for settings in (scene.settings_before, scene.settings)
    )
    scene.settings_before, scene.settings = before, after
    dialect.settle(scene)


def credential(name: str) -> Credential:
    """Return a new credential for whoever is called *name*."""
    return Credential(f"{name}-{secrets.token_hex(6)}", secrets.token_urlsafe(24))


def _settings(rng: Random, paths: Paths, speed: float) -> Settings:
    return Settings(
        database=dsn(paths.postgres, PRODUCTION),
        valkey=str(paths.valkey),
        session_secret=secrets.token_hex(32),
        salesforce=credential("bff-v1.41"),
        whmcs=credential("bff-v1.41"),
        web_origin=f"https://{addresses.WEB}",
        api_origin=f"https://{addresses.API}",
        flags={"csv-export": 1.0},
        slow_first_s=COLD_START_S * rng.uniform(0.5, 1.0) / speed,
        payment=Credential(f"pk_live_{secrets.token_hex(12)}", f"sk_live_{secrets.token_hex(12)}"),
        api_keys=tuple(f"pak_{secrets.token_urlsafe(24)}" for _ in ("previous", "current")),
        login_limit=LoginLimit(window_s=MINUTE_S / speed),
        tick_s=MINUTE_S / speed,
    )
