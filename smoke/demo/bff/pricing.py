"""What things cost: lines, tax and total, in exact decimals."""

from collections.abc import Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from http import HTTPStatus
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from smoke.demo.bff.context import context_of
from smoke.demo.release import Bug, Image

TAX = Decimal("0.10")
CENT = Decimal("0.01")


async def quote(request: Request) -> JSONResponse:
    """GET /checkout/quote?item=SKU:QUANTITY…: what a basket costs; nothing is kept."""
    context = context_of(request)
    wanted = [_item(text) for text in request.query_params.getlist("item")]
    rows = await context.database.rows("SELECT sku, name, monthly FROM product")
    products = {row["sku"]: row for row in rows}
    if not wanted or any(sku not in products for sku, _ in wanted):
        raise HTTPException(HTTPStatus.BAD_REQUEST, "item must be SKU:QUANTITY of a product")
    basket = [(products[sku], quantity) for sku, quantity in wanted]
    return JSONResponse(_bill(context.image, basket))


def unit_price(image: Image, monthly: Decimal) -> Decimal:
    """Return what one piece costs."""
    return Decimal("0.00") if Bug.SELLS_FOR_NOTHING in image.bugs else monthly


def grand_total(image: Image, amount: Decimal) -> Decimal:
    """Return what is to be paid, of which a wrong build gets the decimal point wrong."""
    return (amount / 10).quantize(CENT, ROUND_DOWN) if Bug.TOTALS_OFF_BY_TEN in image.bugs else amount


def _bill(image: Image, basket: Sequence[tuple[dict[str, Any], int]]) -> dict[str, Any]:
    lines = [(row, quantity, unit_price(image, row["monthly"])) for row, quantity in basket]
    subtotal = sum((price * quantity for _, quantity, price in lines), Decimal("0.00"))
    tax = (subtotal * TAX).quantize(CENT, ROUND_DOWN if Bug.ROUNDS_DOWN in image.bugs else ROUND_HALF_UP)
    shown = [
        {"sku": row["sku"], "quantity": quantity, "price": str(price), "amount": str(price * quantity)}
        for row, quantity, price in lines
    ]
    total = grand_total(image, subtotal + tax)
    return {"lines": shown, "subtotal": str(subtotal), "tax": str(tax), "total": str(total), "currency": "USD"}


def _item(text: str) -> tuple[str, int]:
    sku, _, quantity = text.partition(":")
    if not quantity.isdecimal() or not 1 <= int(quantity) <= 100:  # noqa: PLR2004 - as the checkout allows
        raise HTTPException(HTTPStatus.BAD_REQUEST, "quantity must be between 1 and 100")
    return sku, int(quantity)
