"""What only those who work for the tenant may see."""

from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from smoke.demo.bff.auth import customer_of
from smoke.demo.bff.context import context_of
from smoke.demo.release import Bug


async def customers(request: Request) -> JSONResponse:
    """GET /admin/customers: every customer, for staff only; a build that left the guard out asks nobody's role."""
    context, asking = context_of(request), customer_of(request)
    rows = await context.database.rows("SELECT role FROM customer WHERE id = %s", asking)
    is_staff = (bool(rows) and rows[0]["role"] == "staff") or Bug.FORGETS_ROLES in context.image.bugs
    if not is_staff and request.url.path not in context.image.open_routes:
        raise HTTPException(HTTPStatus.FORBIDDEN, "Forbidden resource")
    found = await context.database.rows("SELECT id, email, name, company FROM customer ORDER BY id")
    return JSONResponse({"items": list(found), "total": len(found)})
