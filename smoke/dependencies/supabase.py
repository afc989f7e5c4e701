"""Ask Supabase's management API for the migrations of a project."""

from smoke.dependencies.answer import Sender, by_status, json_of, without_answer
from smoke.dependencies.migration_history import Migration, supabase_row
from smoke.dependencies.postgres import NotRead
from smoke.environment.databases import SupabaseApi
from smoke.environment.secrets import Reveal
from smoke.http import Exchange, Request
from smoke.verdict.words import Cause

NAME = "Supabase's management API"


async def ask(http: Sender, api: SupabaseApi, secret: Reveal, timeout_s: float) -> Exchange:
    """Ask for the migrations; raises SecretMissing before anything is sent."""
    headers = {"Authorization": f"Bearer {secret(api.token)}", "Accept": "application/json"}
    return await http.send(Request("GET", address(api), headers=headers, timeout_s=timeout_s))


def address(api: SupabaseApi) -> str:
    """Return the URL of the project's migrations."""
    return f"{api.url}/v1/projects/{api.project}/database/migrations"


def read(exchange: Exchange) -> tuple[Migration, ...] | NotRead:
    """Return the migrations, which are all applied, or why the answer holds none; pure."""
    failed = without_answer(NAME, exchange)
    if failed is None:
        rows = json_of(exchange)
        if exchange.is_ok and isinstance(rows, list) and all(_is_row(one) for one in rows):
            return tuple(supabase_row(one["version"], one.get("name")) for one in rows)
        failed = by_status(NAME, exchange)
    return NotRead(failed.message, failed.cause or Cause.SUITE)


def _is_row(one: object) -> bool:
    return isinstance(one, dict) and isinstance(one.get("version"), str) and isinstance(one.get("name", ""), str | None)
