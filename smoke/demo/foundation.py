"""The ground that the portal stands on: servers, databases with content, third parties; ready before any replica."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from smoke.demo import addresses, content, migrate
from smoke.demo.bff.notes import MOST
from smoke.demo.control_host import control_host
from smoke.demo.daemons import Sentinel, start_postgres, start_valkey
from smoke.demo.database import Connection, connect, connect_when_ready, dsn
from smoke.demo.outages import Outage
from smoke.demo.payments import PaymentProvider
from smoke.demo.platforms import Platforms
from smoke.demo.release import Image, Settings
from smoke.demo.salesforce import Org
from smoke.demo.scene import Scene, TestData, Widget
from smoke.demo.serving import Serving
from smoke.demo.tls import Authority
from smoke.demo.watchers import Watchers
from smoke.demo.whmcs import Installation
from smoke.demo.widget_host import widget_host

PRODUCTION, STAGING, READER = "portal_prod", "portal_staging", "smoke_reader"

READ_ONLY = f"""
CREATE ROLE {READER} LOGIN;
ALTER ROLE {READER} SET default_transaction_read_only = on;
ALTER ROLE {READER} SET statement_timeout = '5s';
GRANT SELECT ON "_prisma_migrations", tenant TO {READER};
"""


@dataclass(frozen=True, slots=True)
class Paths:
    """Where the parts of one run lie, a private directory that goes when the stack goes; a *kept* cluster stays."""

    directory: Path
    kept: Path | None = None

    @property
    def postgres(self) -> Path:
        """The directory of PostgreSQL's socket."""
        return self.directory / "postgres"

    @property
    def valkey(self) -> Path:
        """Valkey's socket."""
        return self.directory / "valkey" / "valkey.sock"


async def start_databases(
    sentinel: Sentinel, paths: Paths, before: Image, accounts: tuple[content.Account, ...], more: str = ""
) -> None:
    """
    Start PostgreSQL and Valkey; fill the production database and derive that of staging.

    *more* is SQL of the dialect, carried out in the end, when there is somebody who may only read.
    """
    await start_valkey(sentinel, paths.directory)
    socket = await start_postgres(sentinel, paths.directory, paths.kept)
    server = await connect_when_ready(dsn(socket, "postgres"))
    await server.execute(f'CREATE DATABASE "{PRODUCTION}" STRATEGY FILE_COPY')
    production = await connect(dsn(socket, PRODUCTION))
    await migrate.deploy(production, before.migrations)
    await content.populate(production, accounts)
    await production.execute(READ_ONLY)
    if more:
        await production.execute(more)
    await production.close()
    await server.execute(f'CREATE DATABASE "{STAGING}" TEMPLATE "{PRODUCTION}" STRATEGY FILE_COPY')
    await server.close()
    staging = await connect(dsn(socket, STAGING))
    await content.turn_into_staging(staging)
    await staging.close()


async def open_database(settings: Settings) -> Connection:
    """Return a connection to the database that *settings* name."""
    return await connect(settings.database)


async def drift(settings: Settings, account: content.Account, what: TestData) -> None:
    """Let the data that tests rely on not be what they expect."""
    connection = await open_database(settings)
    match what:
        case TestData.DELETED:
            await connection.execute("DELETE FROM invoice WHERE number = %s", (content.KNOWN_INVOICE,))
        case TestData.RENAMED:
            await connection.execute("UPDATE invoice SET number = 'R-1' WHERE number = %s", (content.KNOWN_INVOICE,))
        case TestData.LEFT_OVER:
            await connection.execute(
                "INSERT INTO note (id, customer_id, text) SELECT gen_random_uuid(), c.id, 'left over'"
                " FROM customer c, generate_series(1, %s) WHERE c.email = %s",
                (MOST, account.email),
            )
    await connection.close()


async def expire(settings: Settings, account: content.Account) -> None:
    """Let the password of *account* have expired yesterday."""
    connection = await open_database(settings)
    await connection.execute(
        "UPDATE customer SET password_expired_at = now() - interval '1 day' WHERE email = %s", (account.email,)
    )
    await connection.close()


@dataclass(slots=True)
class ThirdParties:
    """The hosts that are not ours, each with its own listener."""

    org: Org
    whmcs: Installation
    payments: PaymentProvider
    watchers: Watchers
    platforms: Platforms
    servings: dict[str, Serving]
    also: Mapping[str, tuple[str, ...]]

    @classmethod
    async def start(  # noqa: PLR0913, PLR0917 - one for each party
        cls,
        authority: Authority,
        org: Org,
        whmcs: Installation,
        payments: PaymentProvider,
        scene: Scene,
        also: Mapping[str, tuple[str, ...]],
    ) -> "ThirdParties":
        """Serve all of them; *also* are further names, by the stack's own."""
        watchers, platforms = Watchers(), Platforms(scene)
        foreign = {addresses.WATCHERS: watchers.app(), addresses.PLATFORMS: platforms.app()}
        apps = {
            addresses.CONTROL: control_host(),
            addresses.SALESFORCE: org.app(),
            addresses.TRUST: org.status_app(),
            addresses.WHMCS: whmcs.app(),
            addresses.PAYMENTS: payments.app(),
            addresses.WIDGET: widget_host(),
            **{name: app for name, app in foreign.items() if also.get(name)},
        }
        servings = {host: Serving(app, authority.issue(host, *also.get(host, ()))) for host, app in apps.items()}
        await asyncio.gather(*(serving.start() for serving in servings.values()))
        return cls(org, whmcs, payments, watchers, platforms, servings, also)

    async def turn(self, scene: Scene) -> None:
        """Let them be from now on as the scene has it: down for everybody, or refusing the new release alone."""
        self.watchers.deploy(scene)
        self.platforms.deploy()
        if scene.whmcs_refuses_release:
            self.whmcs.strangers = frozenset({scene.settings.whmcs.identifier})
        if scene.salesforce_refuses_release:
            self.org.strangers = frozenset({scene.settings.salesforce.identifier})
        await self.fail(scene.salesforce, scene.whmcs)
        if scene.widget is Widget.REFUSED:
            await self.servings[addresses.WIDGET].stop(abruptly=True)

    async def fail(self, salesforce: Outage | None, whmcs: Outage | None) -> None:
        """Let them fail for every caller."""
        self.org.outage, self.whmcs.outage = salesforce, whmcs
        for host, outage in ((addresses.SALESFORCE, salesforce), (addresses.WHMCS, whmcs)):
            if outage is Outage.REFUSED:
                await self.servings[host].stop(abruptly=True)

    def ports(self) -> dict[str, int]:
        """Return the port of each host."""
        return {
            name: serving.port for host, serving in self.servings.items() for name in (host, *self.also.get(host, ()))
        }

    async def stop(self) -> None:
        """Serve none of them any more."""
        await asyncio.gather(*(serving.stop(abruptly=True) for serving in self.servings.values()))
