"""The BFF's clients of Salesforce and WHMCS take refusals, nonsense and silence for what they are."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from smoke.demo.bff.billing import Billing, BillingRefused
from smoke.demo.bff.crm import Crm, CrmRefused
from smoke.demo.release import Credential
from smoke.demo.salesforce import Org
from smoke.demo.serving import Serving
from smoke.demo.whmcs import Installation
from smoke.demo.wire import Peer

OURS = Credential("ours", "right")
TOKEN = {"access_token": "token"}


@asynccontextmanager
async def answering(*answers: Callable[[], Response]) -> AsyncIterator[tuple[Peer, list[str]]]:
    """Serve *answers* one after the other, the last one for ever; yields the paths that were asked too."""
    left, asked = list(answers), list[str]()

    async def answer(request: Request) -> Response:
        asked.append(request.url.path)
        return (left.pop(0) if len(left) > 1 else left[0])()

    serving = Serving(Starlette(routes=[Route("/{path:path}", answer, methods=["GET", "POST"])]))
    try:
        yield Peer(await serving.start(), name="x"), asked
    finally:
        await serving.stop(abruptly=True)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda: JSONResponse({"result": "error", "message": "Invalid IP 203.0.113.7"}, 403), "Invalid IP"),
        (lambda: JSONResponse({"result": "error", "message": "Something else"}), "Something else"),
        (lambda: HTMLResponse("<html>maintenance</html>"), "Expecting value"),
        (lambda: JSONResponse([1, 2]), r"\[1, 2\]"),
        (lambda: Response(b"\xff\xfe\xfd"), "codec"),
    ],
)
def test_billing_refusals(answer: Callable[[], Response], message: str) -> None:
    """Whatever is not a success is a refusal with its message."""

    async def run() -> None:
        async with answering(answer) as (peer, _):
            with pytest.raises(BillingRefused, match=message):
                await Billing(peer, OURS).ask("WhmcsDetails")

    asyncio.run(run())


@pytest.mark.parametrize("invoices", ["", [], {}, {"invoice": []}])
def test_billing_without_invoices(invoices: object) -> None:
    """An empty collection may be wrapped in anything."""

    async def run() -> None:
        async with answering(lambda: JSONResponse({"result": "success", "invoices": invoices})) as (peer, _):
            assert await Billing(peer, OURS).invoice_statuses() == {}

    asyncio.run(run())


def test_billing_reads_the_stand_in() -> None:
    """Every invoice of the stand-in has a status."""

    async def run() -> None:
        serving = Serving(Installation((OURS,)).app())
        peer = Peer(await serving.start(), name="x")
        statuses = await Billing(peer, OURS).invoice_statuses()
        await serving.stop()
        assert len(statuses) == 24
        assert set(statuses.values()) == {"Paid", "Unpaid"}

    asyncio.run(run())


def test_nobody_at_the_other_end() -> None:
    """A refused connection is a refusal of both clients."""

    async def run() -> None:
        async with answering(Response) as (peer, _):
            pass
        with pytest.raises(BillingRefused):
            await Billing(peer, OURS).ask("WhmcsDetails")
        with pytest.raises(CrmRefused):
            await Crm(peer, OURS).query("SELECT Name FROM Contact")

    asyncio.run(run())


def test_crm_asks_for_a_token_once() -> None:
    """The token is kept for later queries."""

    async def run() -> None:
        answers = (lambda: JSONResponse(TOKEN), lambda: JSONResponse({"records": [{"Name": "N"}]}))
        async with answering(*answers) as (peer, asked):
            crm = Crm(peer, OURS)
            assert await crm.query("SELECT Name FROM Contact") == [{"Name": "N"}]
            assert await crm.query("SELECT Name FROM Contact") == [{"Name": "N"}]
        assert [path.rsplit("/", 1)[1] for path in asked] == ["token", "query", "query"]

    asyncio.run(run())


def test_crm_replaces_an_expired_token_once() -> None:
    """A 401 costs one new token; a second 401 is a refusal."""

    async def run() -> None:
        expired = [{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}]
        answers = (lambda: JSONResponse(TOKEN), lambda: JSONResponse(expired, 401), lambda: JSONResponse(TOKEN))
        async with answering(*answers, lambda: JSONResponse(expired, 401)) as (peer, asked):
            with pytest.raises(CrmRefused, match="HTTP 401"):
                await Crm(peer, OURS).query("SELECT Name FROM Contact")
        assert [path.rsplit("/", 1)[1] for path in asked] == ["token", "query", "token", "query"]

    asyncio.run(run())


def test_crm_without_a_token_asks_no_more() -> None:
    """A refused credential is a refusal of the query."""

    async def run() -> None:
        org = Org("https://x", ())
        serving = Serving(org.app())
        peer = Peer(await serving.start(), name="x")
        with pytest.raises(CrmRefused, match="invalid_client_id"):
            await Crm(peer, OURS).query("SELECT Name FROM Contact")
        await serving.stop()
        assert org.calls == 0

    asyncio.run(run())
