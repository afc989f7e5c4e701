"""What a form of the pages posts to the web service itself: it is taken only with the key that the page was given."""

import hashlib
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from smoke.demo.release import Bug, Image

PATH = "/availability"
HEADER = "next-action"
UNKNOWN = "Failed to find Server Action. This request might be from an older or newer deployment.\n"


def key_of(image: Image, replica: str) -> str:
    """Return the key that every replica of a build shares, unless the build makes a new one at each start."""
    owner = replica if Bug.KEYS_DIFFER in image.bugs else ""
    return hashlib.sha256(f"{image.commit} {owner}".encode()).hexdigest()[:40]


async def check_availability(request: Request, key: str) -> Response:
    """POST /availability: tell whether fibre reaches a postcode; changes nothing."""
    if request.headers.get(HEADER) != key:
        return PlainTextResponse(UNKNOWN, HTTPStatus.NOT_FOUND, headers={"x-nextjs-action-not-found": "1"})
    postcode = (await request.body())[:20].decode("utf-8", "replace")
    return JSONResponse({"postcode": postcode, "available": True}, headers={"cache-control": "no-store"})
