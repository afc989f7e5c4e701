"""Almafrica: an API whose health promises no more than 200, its version, and the web app on another origin."""

from collections.abc import Sequence
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from smoke.demo import addresses
from smoke.demo.bff import account
from smoke.demo.dialect import Dialect, Door, Speaker
from smoke.demo.quirks import Quirk
from smoke.demo.scene import Scene
from smoke.demo.systems import _traps
from smoke.demo.systems._answers import parts_of, soft_404, version_keys
from smoke.verdict.words import Word

API, APP = "api.almafrica.com", "app.almafrica.com"
TITLE = "Almafrica"


def _speak(speaker: Speaker) -> Sequence[Route]:
    async def health(_request: Request) -> Response:
        if speaker.has(Quirk.PAGE_FOR_HEALTH):
            return soft_404(TITLE)
        well = all(await parts_of(speaker))
        headers = {"cf-cache-status": "HIT", "age": "240"} if speaker.has(Quirk.CACHED_HEALTH) else {}
        return JSONResponse({"status": "healthy" if well else "unhealthy"}, 200 if well else 503, headers)

    async def version(_request: Request) -> Response:
        return JSONResponse(version_keys(speaker, commit="commitSha"), headers={"cache-control": "no-store"})

    if speaker.service != "bff":
        return ()
    return [Route("/health", health), Route("/version", version), Route("/orders", account.invoices)]


def _settle(scene: Scene) -> None:
    scene.declares.clear()


DIALECTS = {
    "almafrica/prod": Dialect(
        environment="almafrica/prod",
        doors=(Door(API, "bff", "/health", "/health"), Door(API, "bff", "/api"), Door(API, "bff"), Door(APP, "web")),
        pages=f"https://{APP}",
        api=f"https://{API}/api",
        title=TITLE,
        speak=_speak,
        also={
            addresses.CONTROL: ("www.example.org", "www.iana.org"),
            addresses.PLATFORMS: ("coolify.almafrica.com",),
        },
        secrets={
            "ALMAFRICA_SMOKE_USER": "customer-user",
            "ALMAFRICA_SMOKE_PASSWORD": "customer-password",
            "COOLIFY_TOKEN": "watchers-token",
        },
        balanced=True,
        settle=_settle,
        traps=(
            _traps.CACHED,
            _traps.SOFT_404,
            _traps.PART_DOWN,
            _traps.OTHER_COMMIT,
            _traps.BEHIND,
            _traps.LOGIN_BROKEN,
            _traps.missing_chunk("order-broken", "The script of the checkout is missing from the image", "checkout.js"),
            _traps.ACROSS,
            _traps.error_page("app-broken", "The app's first page is an error text with status 200", "/"),
            _traps.as_in("white-screen", "C01"),
            _traps.as_in("old-app", "A04"),
            _traps.quirk(
                "deployment-failed", "Coolify's deployment failed: reported", Word.PASS, Quirk.DEPLOYMENT_FAILED
            ),
            replace(
                _traps.quirk("dead-uuid", "The deploy step was given a uuid that never existed", Word.PASS),
                environment={"COOLIFY_DEPLOYMENT_UUID": "zs4o0gck0kwc8sk8gskw0s84"},
            ),
            _traps.quirk(
                "early-image", "The image that Coolify deployed is a pre-release", Word.FAIL, Quirk.EARLY_IMAGE
            ),
            _traps.quirk("late-tag", "The tag came late: the image is called `prod-<sha>`", Word.PASS, Quirk.LATE_TAG),
            _traps.NAMELESS,
            _traps.quirk("pre-release", "The version that went live is a pre-release", Word.FAIL, Quirk.PRE_RELEASE),
            _traps.SHORT_SHA,
            _traps.quirk("prefixed-sha", "The commit is told as `prod-<sha>`", Word.PASS, Quirk.PREFIXED_SHA),
            _traps.NO_VERSION,
        ),
    )
}
