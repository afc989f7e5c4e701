"""What must be in a database: the migrations of the release, and tables, columns and indexes by name."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from smoke.environment._model import RELATION, Kind, Model, Secret, Text, exactly_one
from smoke.environment.addresses import BaseUrl

Tool = Literal["prisma", "drizzle", "supabase", "alembic", "django", "flyway"]

Relation = Annotated[str, Field(pattern=RELATION), Kind("name, or schema.name")]


class SupabaseApi(Model):
    """Supabase's management API, for a database that no connection string is at hand for."""

    project: Text = Field(description="the project's reference, 20 lower-case letters")
    token: Secret = Field(description="a personal access token that may read the project's database")
    url: BaseUrl = Field("https://api.supabase.com", description="the management API")


class Migrations(Model):
    """
    The migration history in a database, read over a read-only connection with a statement timeout.

    What must be applied is told by `expected`, by the release manifest (`migrations`) and by `files`, the tool's own
    files as the release brings them. Names are those of the tool: Prisma's and Drizzle's directory or tag
    (`20260701120000_add_orders`, `0003_add_orders`), Supabase's version (with or without its name), Alembic's revision,
    Django's `app.0002_orders`, Flyway's version, script or description. After `drizzle-kit push` there is no history:
    name tables and indexes in [Database](#database) instead.

    ```toml
    [migrations.main]
    tool = "drizzle"
    dsn = { env = "DATABASE_URL_READONLY" }
    files = "drizzle"                       # holds meta/_journal.json; tells tags apart, since rows hold only hashes

    [migrations.supabase]
    tool = "supabase"
    api = { project = "abcdefghijklmnopqrst", token = { env = "SUPABASE_ACCESS_TOKEN" } }
    ```
    """

    dsn: Secret | None = Field(None, description="the connection string of a PostgreSQL user that may only read")
    api: SupabaseApi | None = Field(None, description="instead of dsn, Supabase's management API")
    tool: Tool = Field("prisma", description="the tool that migrates")
    table: Text | None = Field(
        None, description="the table in which the tool keeps its history, with its schema; by default the tool's own"
    )
    expected: tuple[Text, ...] = Field((), description="names that must be applied; a release manifest may add more")
    files: Text | None = Field(
        None,
        description="directory of the release's migration files, from the working directory; each must be applied",
    )
    drift: Literal["note", "fail"] = Field(
        "note", description="what a migration means whose file is not the one that was applied, where checksums tell"
    )
    gating: bool = Field(True, description="whether its failure counts for the verdict")

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        exactly_one(self, "dsn", "api")
        if self.api is not None and self.tool != "supabase":
            raise ValueError(f"found 'api' with tool {self.tool!r}, but only Supabase has one; give 'dsn' instead")
        return self


class Database(Model):
    """
    Tables, columns and indexes that must be there, and be valid: for any tool, and for schemas that were pushed.

    An index that is still being built is looked at again; one that was left invalid, as a failed `CREATE INDEX
    CONCURRENTLY` does, fails.

    ```toml
    [databases.main]
    dsn = { env = "DATABASE_URL_READONLY" }
    tables = ["orders", "audit.events"]
    columns = { orders = ["id", "total", "shipped_at"] }
    indexes = ["orders_customer_id_idx"]
    ```
    """

    dsn: Secret = Field(description="the connection string of a PostgreSQL user that may only read")
    search: Text = Field("public", description="the schema of names that are given without one")
    tables: tuple[Relation, ...] = Field((), description="tables or views that must exist")
    columns: dict[Relation, tuple[Text, ...]] = Field({}, description="columns that must exist, by table")
    indexes: tuple[Relation, ...] = Field((), description="indexes that must exist and be valid")
    gating: bool = Field(True, description="whether its failure counts for the verdict")

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not (self.tables or self.columns or self.indexes):
            raise ValueError("found no table, column or index; name what must be there")
        return self
