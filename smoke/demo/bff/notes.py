"""Notes that a customer keeps: the smallest thing that can be written, read and removed."""

from http import HTTPStatus
from uuid import uuid4

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from smoke.demo.bff.auth import customer_of, json_body
from smoke.demo.bff.context import context_of

MOST = 200
LONGEST = 500


async def notes(request: Request) -> JSONResponse:
    """GET /notes."""
    context = context_of(request)
    rows = await context.database.rows(
        "SELECT id, text FROM note WHERE customer_id = %s AND created_at <= now() - make_interval(secs => %s)"
        " ORDER BY created_at",
        customer_of(request),
        context.settings.read_lag_s,
    )
    return JSONResponse({"items": [{"id": str(row["id"]), "text": row["text"]} for row in rows], "total": len(rows)})


async def create_note(request: Request) -> JSONResponse:
    """POST /notes: a customer may keep many notes, but not any number."""
    context, customer = context_of(request), customer_of(request)
    text = (await json_body(request)).get("text")
    if not isinstance(text, str) or not 0 < len(text) <= LONGEST:
        raise HTTPException(HTTPStatus.BAD_REQUEST, f"text must be a text of at most {LONGEST} characters")
    kept = await context.database.rows("SELECT count(*) AS notes FROM note WHERE customer_id = %s", customer)
    if kept[0]["notes"] >= MOST:
        raise HTTPException(HTTPStatus.CONFLICT, f"{MOST} notes exist already")
    note = uuid4()
    await context.database.rows("INSERT INTO note (id, customer_id, text) VALUES (%s, %s, %s)", note, customer, text)
    return JSONResponse({"id": str(note), "text": text}, HTTPStatus.CREATED)


async def read_note(request: Request) -> JSONResponse:
    """GET /notes/{id}."""
    context, note = context_of(request), request.path_params["id"]
    rows = await context.database.rows(
        "SELECT id, text FROM note WHERE id = %s AND customer_id = %s"
        " AND created_at <= now() - make_interval(secs => %s)",
        note,
        customer_of(request),
        context.settings.read_lag_s,
    )
    if not rows:
        raise HTTPException(HTTPStatus.NOT_FOUND, f"Note {note} not found")
    return JSONResponse({"id": str(rows[0]["id"]), "text": rows[0]["text"]})


async def delete_note(request: Request) -> Response:
    """DELETE /notes/{id}."""
    note, customer = request.path_params["id"], customer_of(request)
    rows = await context_of(request).database.rows(
        "DELETE FROM note WHERE id = %s AND customer_id = %s RETURNING id", note, customer
    )
    if not rows:
        raise HTTPException(HTTPStatus.NOT_FOUND, f"Note {note} not found")
    return Response(status_code=HTTPStatus.NO_CONTENT)
