"""What installed apps ask for: which versions may go on, and the first screen."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse

from smoke.demo.bff.auth import customer_of
from smoke.demo.bff.context import context_of
from smoke.demo.release import Bug


async def app_config(request: Request) -> JSONResponse:
    """GET /app-config: below the minimum version an app shows a wall that demands an update."""
    settings = context_of(request).settings
    return JSONResponse({"min_version": settings.app_minimum, "latest_version": settings.app_latest})


async def app_home(request: Request) -> JSONResponse:
    """GET /app/home: amounts are whole cents, as the apps in the field read them."""
    context = context_of(request)
    rows = await context.database.rows(
        "SELECT c.id, c.name, i.number, i.total FROM customer c JOIN invoice i ON i.customer_id = c.id"
        " WHERE c.id = %s ORDER BY i.number DESC LIMIT 3",
        customer_of(request),
    )
    invoices: list[dict[str, Any]] = [{"number": row["number"], "total_cents": int(row["total"] * 100)} for row in rows]
    if Bug.APP_LOSES_A_FIELD in context.image.bugs:
        for shown in invoices:
            del shown["total_cents"]
    customer: dict[str, Any] = {"id": rows[0]["id"], "name": rows[0]["name"]} if rows else {}
    if Bug.APP_NUMBER_BECOMES_TEXT in context.image.bugs:
        customer["id"] = str(customer.get("id"))
    return JSONResponse({"customer": customer, "latest_invoices": invoices})
