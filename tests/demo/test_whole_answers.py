"""Tests of what builds and settings do to whole answers."""

import asyncio
import json

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from smoke.demo.bff.sessions import COOKIE, Sessions
from smoke.demo.bff.whole_answers import CutShort, Memoised, SaidOtherwise

SESSIONS = Sessions("secret")


async def account(request: Request) -> Response:
    """Tell whose account it is; the anonymous are refused."""
    customer = SESSIONS.customer(request.cookies.get(COOKIE))
    return JSONResponse({"customer": customer}) if customer else PlainTextResponse("Unauthorized", 401)


async def listing(_request: Request) -> Response:
    """Answer with nested objects."""
    return JSONResponse({"items": [{"sku": "A", "price": "1.00"}], "total": 1})


async def text(_request: Request) -> Response:
    """Answer with a text that is no JSON."""
    return PlainTextResponse("x" * 100)


APP = Starlette(routes=[Route("/account/summary", account), Route("/auth/me", account), Route("/items", listing)])
APP.add_route("/text", text)


def asked(app: ASGIApp, *requests: tuple[str, int | None]) -> list[httpx.Response]:
    """Return what *app* answers to each path, asked by the customer of that number or by nobody."""

    async def ask() -> list[httpx.Response]:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bff.test") as client:
            return [await client.get(path, headers=cookie(customer)) for path, customer in requests]

    return asyncio.run(ask())


def cookie(customer: int | None) -> dict[str, str]:
    """Return the header of a session."""
    return {"cookie": f"{COOKIE}={SESSIONS.issue(customer)}"} if customer else {}


def test_a_memoised_account_is_given_to_whoever_asks_next() -> None:
    """The second customer sees the first one's account; the anonymous and other routes are as ever."""
    summary = "/account/summary"
    requests = [(summary, None), (summary, 1), (summary, 2), ("/auth/me", 2), (summary, None)]
    nobody, first, second, other, still_nobody = asked(Memoised(APP, SESSIONS), *requests)
    assert nobody.status_code == still_nobody.status_code == 401
    assert first.json() == second.json() == {"customer": 1}
    assert other.json() == {"customer": 2}


def test_a_long_answer_is_cut_short() -> None:
    """What arrives is well-formed HTTP with the beginning of the body; short answers are whole."""
    cut, whole = asked(CutShort(APP, 20), ("/text", None), ("/auth/me", None))
    assert (cut.status_code, cut.text, cut.headers["content-length"]) == (200, "x" * 20, "20")
    assert whole.text == "Unauthorized"


def test_json_is_said_otherwise() -> None:
    """Every object has one more field and another order, and says the same; a text stays as it is."""
    listed, plain = asked(SaidOtherwise(APP), ("/items", None), ("/text", None))
    same = {"apiVersion": 2, "items": [{"apiVersion": 2, "sku": "A", "price": "1.00"}], "total": 1}
    assert json.loads(listed.text) == same
    assert listed.text.index("total") < listed.text.index("items")
    assert plain.text == "x" * 100
