"""The catalogue and the checkout up to the last reversible step."""

from http import HTTPStatus
from typing import Any
from uuid import UUID, uuid4

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from smoke.demo.bff.auth import customer_of, json_body
from smoke.demo.bff.context import Context, context_of

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
    return JSONResponse(await _draft(context, customer, draft), HTTPStatus.CREATED)


async def read_draft(request: Request) -> JSONResponse:
    """GET /checkout/drafts/{id}."""
    return JSONResponse(await _draft(context_of(request), customer_of(request), request.path_params["id"]))


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


async def _draft(context: Context, customer: int, draft: UUID) -> dict[str, Any]:
    rows = await context.database.rows(
        "SELECT d.id, p.sku, p.name AS product, d.quantity, p.monthly, d.quantity * p.monthly AS total"
        " FROM checkout_draft d JOIN product p ON p.id = d.product_id WHERE d.id = %s AND d.customer_id = %s",
        draft,
        customer,
    )
    if not rows:
        raise HTTPException(HTTPStatus.NOT_FOUND, f"Draft {draft} not found")
    return {key: value if isinstance(value, int) else str(value) for key, value in rows[0].items()}
