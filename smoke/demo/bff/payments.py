"""Paying: a session at the payment provider, opened for a customer and given up again without a charge."""

from http import HTTPStatus
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from smoke.demo.bff.auth import customer_of, json_body
from smoke.demo.bff.context import context_of
from smoke.demo.bff.provider import PaymentRefused

SESSIONS = "/v1/checkout/sessions"


async def config(request: Request) -> JSONResponse:
    """GET /checkout/config: what the page needs for the provider's form."""
    return JSONResponse({"publishableKey": context_of(request).payments.publishable})


async def open_session(request: Request) -> JSONResponse:
    """POST /checkout/sessions: where the customer would go to pay."""
    context, customer = context_of(request), customer_of(request)
    sku = str((await json_body(request)).get("sku"))
    rows = await context.database.rows("SELECT name, monthly FROM product WHERE sku = %s", sku)
    if not rows:
        raise HTTPException(HTTPStatus.BAD_REQUEST, "sku must be a product")
    fields = {
        "mode": "payment",
        "client_reference_id": str(customer),
        "success_url": f"{context.settings.web_origin}/dashboard",
        "line_items[0][quantity]": "1",
        "line_items[0][price_data][currency]": "usd",
        "line_items[0][price_data][unit_amount]": str(int(rows[0]["monthly"] * 100)),
        "line_items[0][price_data][product_data][name]": rows[0]["name"],
    }
    try:
        made = await context.payments.ask(SESSIONS, fields)
    except PaymentRefused as error:
        raise HTTPException(HTTPStatus.BAD_GATEWAY, str(error)) from error
    shown = {"id": made["id"], "url": made["url"], "livemode": made["livemode"], "status": made["status"]}
    return JSONResponse(shown, HTTPStatus.CREATED)


async def expire_session(request: Request) -> Response:
    """DELETE /checkout/sessions/{id}: nobody pays there any more."""
    customer_of(request)
    try:
        await context_of(request).payments.ask(f"{SESSIONS}/{quote(request.path_params['id'], safe='')}/expire", {})
    except PaymentRefused as error:
        raise HTTPException(HTTPStatus.NOT_FOUND, str(error)) from error
    return Response(status_code=HTTPStatus.NO_CONTENT)
