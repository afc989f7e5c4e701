"""Reports: what a customer spent, by year."""

from starlette.requests import Request
from starlette.responses import JSONResponse

from smoke.demo.bff.auth import customer_of
from smoke.demo.bff.context import context_of
from smoke.demo.release import Bug


async def reports(request: Request) -> JSONResponse:
    """GET /reports."""
    context, customer = context_of(request), customer_of(request)
    rows = await context.database.rows(
        "SELECT extract(year FROM issued_on)::int AS year, count(*) AS invoices, sum(total) AS spent"
        " FROM invoice WHERE customer_id = %s GROUP BY 1 ORDER BY 1",
        customer,
    )
    if Bug.REPORTS_DIVIDE_BY_ZERO in context.image.bugs:
        raise ZeroDivisionError("average over no months")
    return JSONResponse({"items": [{**row, "spent": str(row["spent"])} for row in rows], "total": len(rows)})
