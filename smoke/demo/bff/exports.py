"""Exports: jobs that the worker carries out."""

from http import HTTPStatus
from uuid import uuid4

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from smoke.demo.bff.auth import customer_of, json_body
from smoke.demo.bff.context import context_of


async def create_export(request: Request) -> JSONResponse:
    """POST /exports: put a job into the queue."""
    context, customer = context_of(request), customer_of(request)
    kind = (await json_body(request)).get("kind")
    if not isinstance(kind, str) or not kind:
        raise HTTPException(HTTPStatus.BAD_REQUEST, "kind must be a text")
    export = str(uuid4())
    await context.database.rows(
        "INSERT INTO export (id, customer_id, kind) VALUES (%s, %s, %s)", export, customer, kind
    )
    await context.exports.add("export", {"id": export, "customer": customer}, {"jobId": export})
    return JSONResponse({"id": export, "status": "queued"}, HTTPStatus.ACCEPTED)


async def read_export(request: Request) -> JSONResponse:
    """GET /exports/{id}: how far the job is."""
    export = request.path_params["id"]
    context = context_of(request)
    rows = await context.database.rows(
        "SELECT id, status FROM export WHERE id = %s AND customer_id = %s"
        " AND created_at <= now() - make_interval(secs => %s)",
        export,
        customer_of(request),
        context.settings.read_lag_s,
    )
    if not rows:
        raise HTTPException(HTTPStatus.NOT_FOUND, f"Export {export} not found")
    return JSONResponse({"id": str(rows[0]["id"]), "status": rows[0]["status"]})


async def delete_export(request: Request) -> Response:
    """DELETE /exports/{id}: forget the export and its job."""
    context, export = context_of(request), request.path_params["id"]
    rows = await context.database.rows(
        "DELETE FROM export WHERE id = %s AND customer_id = %s RETURNING id", export, customer_of(request)
    )
    if not rows:
        raise HTTPException(HTTPStatus.NOT_FOUND, f"Export {export} not found")
    await context.exports.remove(str(export))
    return Response(status_code=HTTPStatus.NO_CONTENT)
