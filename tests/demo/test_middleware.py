"""What stands before every application: the replica's name, its slow start, and the net under the handlers."""

import asyncio
from types import SimpleNamespace

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from smoke.demo import warmth
from smoke.demo.bff.guarding import Unguessed
from smoke.demo.serving import Serving
from smoke.demo.warmth import Replica
from smoke.demo.wire import Answer, Call, Peer, fetch


async def hello(_request: Request) -> Response:
    """Answer at once."""
    return PlainTextResponse("hello")


async def crash(_request: Request) -> Response:
    """Never answer."""
    raise ZeroDivisionError("nobody foresaw this")


APP = Starlette(routes=[Route(path, hello) for path in ("/a/{rest:path}", "/b", "/health", "/_health")])


def visits(app: ASGIApp, *paths: str) -> list[Answer]:
    """Return the answers of *paths*, asked for one after the other."""

    async def run() -> list[Answer]:
        serving = Serving(app)
        peer = Peer(await serving.start())
        seen = [await fetch(peer, Call("GET", path, [(b"host", b"x")])) for path in paths]
        await serving.stop()
        return seen

    return asyncio.run(run())


def test_every_answer_names_its_replica() -> None:
    """Errors carry the name as well."""
    seen = visits(Replica(APP, "app-1"), "/b", "/nowhere")
    assert [answer.header(b"x-replica") for answer in seen] == [b"app-1", b"app-1"]


@pytest.mark.parametrize(
    ("each_route", "slow"),
    [(False, [False, True, False, False, False]), (True, [False, True, False, True, True])],
)
def test_first_answers_are_slow(each_route: bool, slow: list[bool], monkeypatch: pytest.MonkeyPatch) -> None:
    """Either the first answer of the replica or that of each route is slow; health never is."""
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr(warmth, "asyncio", SimpleNamespace(sleep=sleep))
    app = Replica(APP, "app-1", slow_first_s=0.15, each_route=each_route)
    seen = []
    for path in ("/health", "/a/one", "/a/one", "/a/two", "/b"):
        visits(app, path)
        seen.append(bool(slept))
        slept.clear()
    assert seen == slow


def test_a_crash_is_a_500_in_nests_words() -> None:
    """What no handler foresaw is still an answer, without its reason."""
    app = Starlette(routes=[Route("/crash", crash)], middleware=[Middleware(Unguessed)])
    (answer,) = visits(app, "/crash")
    assert answer.status == 500
    assert answer.body == b'{"statusCode":500,"message":"Internal server error"}'
