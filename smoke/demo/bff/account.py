"""What a customer has: the tenant, the invoices, the subscriptions, the contact at Salesforce."""

import asyncio
from collections.abc import Awaitable
from http import HTTPStatus
from typing import Any, TypeVar

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from smoke.demo.bff.auth import customer_of
from smoke.demo.bff.billing import BillingRefused
from smoke.demo.bff.context import Context, context_of
from smoke.demo.bff.crm import CrmRefused
from smoke.demo.release import Bug

Answer = TypeVar("Answer")


async def tenant(request: Request) -> JSONResponse:
    """GET /tenant: whose portal this is, and which environment its database belongs to."""
    rows = await context_of(request).database.rows("SELECT name, environment, currency FROM tenant")
    return JSONResponse(dict(rows[0]))


async def invoices(request: Request) -> JSONResponse:
    """GET /invoices: the customer's invoices with their status at WHMCS."""
    found = await _invoices(context_of(request), customer_of(request))
    return JSONResponse({"items": found, "total": len(found)})


async def invoice(request: Request) -> JSONResponse:
    """GET /invoices/{number}."""
    context, number, customer = context_of(request), request.path_params["number"], customer_of(request)
    if Bug.FORGETS_OWNERS in context.image.bugs:
        rows = await context.database.rows("SELECT customer_id FROM invoice WHERE number = %s", number)
        customer = rows[0]["customer_id"] if rows else customer
    for found in await _invoices(context, customer):
        if found["number"] == number:
            return JSONResponse(found)
    raise HTTPException(HTTPStatus.NOT_FOUND, f"Invoice {number} not found")


async def subscriptions(request: Request) -> JSONResponse:
    """GET /subscriptions."""
    rows = await context_of(request).database.rows(
        "SELECT s.id, p.name AS product, p.sku, p.monthly, s.status, s.renews_on"
        " FROM subscription s JOIN product p ON p.id = s.product_id WHERE s.customer_id = %s ORDER BY s.id",
        customer_of(request),
    )
    items = [{**row, "monthly": str(row["monthly"]), "renews_on": row["renews_on"].isoformat()} for row in rows]
    return JSONResponse({"items": [_camel(item) for item in items], "total": len(items)})


async def contact(request: Request) -> JSONResponse:
    """GET /account/contact: the customer's account manager as Salesforce knows them."""
    customer_of(request)
    return JSONResponse(await _contact(context_of(request)))


async def summary(request: Request) -> JSONResponse:
    """GET /account/summary: what the dashboard shows; what a third party does not tell is null, the rest is there."""
    context, customer = context_of(request), customer_of(request)
    contact_found, invoices_found = await asyncio.gather(
        _unless_refused(_contact(context)), _unless_refused(_invoices(context, customer))
    )
    return JSONResponse({"contact": contact_found, "invoices": invoices_found})


async def _unless_refused(asked: Awaitable[Answer]) -> Answer | None:
    try:
        return await asked
    except HTTPException as error:
        if error.status_code == HTTPStatus.BAD_GATEWAY:
            return None
        raise


async def _contact(context: Context) -> dict[str, Any]:
    try:
        records = await context.crm.query("SELECT Name,Email,Phone FROM Contact LIMIT 1")
    except CrmRefused as error:
        raise HTTPException(HTTPStatus.BAD_GATEWAY, "Contact data is not available") from error
    return {key.lower(): records[0].get(key) for key in ("Name", "Email", "Phone")} if records else {}


async def _invoices(context: Context, customer: int) -> list[dict[str, Any]]:
    if context.image.asks_due_date:
        rows = await context.database.rows(
            "SELECT number, whmcs_id, issued_on, due_on, total FROM invoice WHERE customer_id = %s ORDER BY number",
            customer,
        )
    else:
        rows = await context.database.rows(
            "SELECT number, whmcs_id, issued_on, total FROM invoice WHERE customer_id = %s ORDER BY number", customer
        )
    try:
        statuses = await context.billing.invoice_statuses()
    except BillingRefused as error:
        raise HTTPException(HTTPStatus.BAD_GATEWAY, "Billing is not available") from error
    return [_invoice(row, statuses) for row in rows]


def _invoice(row: dict[str, Any], statuses: dict[int, str]) -> dict[str, Any]:
    dates = {name: row[name].isoformat() for name in ("issued_on", "due_on") if row.get(name)}
    shown = {"number": row["number"], "total": str(row["total"]), "status": statuses.get(row["whmcs_id"], "Unknown")}
    return _camel({**shown, **dates})


def _camel(row: dict[str, Any]) -> dict[str, Any]:
    """Return *row* with the names that a JavaScript API gives its keys."""
    first_rest = ((name.partition("_"), value) for name, value in row.items())
    return {head + tail.capitalize(): value for (head, _, tail), value in first_rest}
