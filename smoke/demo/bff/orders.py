"""The catalogue and the checkout up to the last reversible step."""

from http import HTTPStatus
from typing import Any
from uuid import UUID, uuid4

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from smoke.demo.bff.auth import customer_of, json_body
from smoke.demo.bff.context import Context, context_of
from smoke.demo.bff.pricing import grand_total, unit_price

MOST = 100
"""As the database allows for one draft."""


async def catalogue(request: Request) -> JSONResponse:
    """GET /catalogue: what can be ordered, for everybody."""
    rows = await context_of(request).database.rows("SELECT sku, name, summary, monthly FROM product ORDER BY id")
    return JSONResponse({"items": [{**row, "monthly": str(row["monthly"])} for row in rows], "total": len(rows)})


async def create_draft(request: Request) -> JSONResponse:
    """POST /checkout/drafts: the order as far as it can be taken back."""
    context, customer = context_of(request), customer_of(request)
    asked = await json_body(request)
    quantity = asked.get("quantity", 1)
    products = await context.database.rows("SELECT id FROM product WHERE sku = %s", str(asked.get("sku")))
    if not products or not isinstance(quantity, int) or not 1 <= quantity <= MOST:
        raise HTTPException(HTTPStatus.BAD_REQUEST, f"sku must be a product and quantity between 1 and {MOST}")
    draft = uuid4()
    await context.database.rows(
        "INSERT INTO checkout_draft (id, customer_id, product_id, quantity) VALUES (%s, %s, %s, %s)",
        draft,
        customer,
        products[0]["id"],
        quantity,
    )
    return JSONResponse(await _draft(context, customer, draft, lag_s=0.0), HTTPStatus.CREATED)


async def read_draft(request: Request) -> JSONResponse:
    """GET /checkout/drafts/{id}."""
    context, customer = context_of(request), customer_of(request)
    lag_s = context.settings.read_lag_s
    return JSONResponse(await _draft(context, customer, request.path_params["id"], lag_s=lag_s))


async def delete_draft(request: Request) -> Response:
    """DELETE /checkout/drafts/{id}."""
    draft, customer = request.path_params["id"], customer_of(request)
    rows = await context_of(request).database.rows(
        "DELETE FROM checkout_draft WHERE id = %s AND customer_id = %s RETURNING id", draft, customer
    )
    if not rows:
        raise HTTPException(HTTPStatus.NOT_FOUND, f"Draft {draft} not found")
    return Response(status_code=HTTPStatus.NO_CONTENT)


async def place_order(request: Request) -> JSONResponse:
    """POST /checkout/orders: the irreversible step; the embedded stack delivers nothing, so it takes no orders."""
    customer_of(request)
    raise HTTPException(HTTPStatus.CONFLICT, "This portal takes no orders")


async def _draft(context: Context, customer: int, draft: UUID, *, lag_s: float) -> dict[str, Any]:
    rows = await context.database.rows(
        "SELECT d.id, p.sku, p.name AS product, d.quantity, p.monthly"
        " FROM checkout_draft d JOIN product p ON p.id = d.product_id WHERE d.id = %s AND d.customer_id = %s"
        " AND d.created_at <= now() - make_interval(secs => %s)",
        draft,
        customer,
        lag_s,
    )
    if not rows:
        raise HTTPException(HTTPStatus.NOT_FOUND, f"Draft {draft} not found")
    price = unit_price(context.image, rows[0]["monthly"])
    rows[0].update(monthly=price, total=grand_total(context.image, price * rows[0]["quantity"]))
    return {key: value if isinstance(value, int) else str(value) for key, value in rows[0].items()}
