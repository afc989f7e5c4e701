"""The portal under the names that its customers use: the web, and the BFF under /api of the same origin."""

from dataclasses import replace
from typing import TYPE_CHECKING

from smoke.demo import addresses
from smoke.demo.dialect import Dialect, Door
from smoke.demo.quirks import Quirk
from smoke.demo.release import Bug
from smoke.demo.scene import REPLICAS, Scene
from smoke.demo.systems._traps import (
    BEHIND,
    LOGIN_BROKEN,
    MIGRATION_SWALLOWED,
    as_in,
    missing_chunk,
    quirk,
    setting,
)
from smoke.verdict.words import Word

if TYPE_CHECKING:
    from smoke.demo.faults import Fault

HOST = "portal.example.jp"
PILED_UP = 900
NOWHERE = "/run/redis/none.sock"


def _database_stops(scene: Scene) -> None:
    scene.database_stops = True


def _redis_lost(scene: Scene) -> None:
    odd = replace(scene.settings, valkey=NOWHERE)
    scene.odd_ones.update({("bff", slot): odd for slot in range(REPLICAS)})


def _jobs_pile_up(scene: Scene) -> None:
    scene.after, scene.piles_up = scene.after.having(Bug.DEAF), PILED_UP


def _salesforce_refuses(scene: Scene) -> None:
    scene.salesforce_refuses_release = True


def _whmcs_refuses(scene: Scene) -> None:
    scene.whmcs_refuses_release = True


def _strangers_allowed(scene: Scene) -> None:
    scene.settings = replace(scene.settings, cors=replace(scene.settings.cors, any_origin=True))


TRAPS: "tuple[Fault, ...]" = (
    BEHIND,
    LOGIN_BROKEN,
    missing_chunk("invoices-broken", "The script of the invoices is missing from the image", "invoices.js"),
    missing_chunk("dashboard-broken", "The script of the dashboard is missing from the image", "dashboard.js"),
    missing_chunk("subscriptions-broken", "The script of the subscriptions is missing", "subscriptions.js"),
    missing_chunk("catalogue-broken", "The script of the catalogue is missing", "catalogue.js"),
    setting("database-stops", "The database stops with the deploy", Word.FAIL, _database_stops),
    setting("redis-lost", "The new BFF has a wrong address of Redis", Word.FAIL, _redis_lost),
    as_in("salesforce-down", "I01"),
    as_in("whmcs-down", "I21"),
    as_in("release-refused", "S07"),
    setting("salesforce-refused", "Salesforce refuses the new release alone", Word.FAIL, _salesforce_refuses),
    setting("whmcs-refused", "WHMCS refuses the new release alone", Word.FAIL, _whmcs_refuses),
    as_in("migration-failed", "D01"),
    MIGRATION_SWALLOWED,
    as_in("cors-refused", "C09"),
    setting("strangers-allowed", "The API allows pages of any origin to call it", Word.FAIL, _strangers_allowed),
    as_in("queue-deaf", "Q01"),
    setting("jobs-pile-up", "The worker takes no jobs, and hundreds wait", Word.FAIL, _jobs_pile_up),
)

WATCHED: "tuple[Fault, ...]" = (
    quirk("errors-high", "Prometheus sees the error rate rise", Word.FAIL, Quirk.ERRORS_HIGH),
    quirk("metrics-lost", "Prometheus cannot scrape a replica", Word.FAIL, Quirk.METRICS_LOST),
    quirk("alert-fires", "An alert began with the deploy", Word.FAIL, Quirk.ALERT_FIRES),
    quirk("logs-lost", "No line arrives in Loki any more", Word.FAIL, Quirk.LOGS_LOST),
    quirk("log-errors", "Errors in the log multiply", Word.FAIL, Quirk.LOGS_FULL_OF_ERRORS),
)

DIALECTS = {
    "portal/prod": Dialect(
        environment="portal/prod",
        doors=(Door(HOST, "bff", "/api"), Door(HOST, "web")),
        pages=f"https://{HOST}",
        api=f"https://{HOST}/api",
        title="Customer Portal",
        also={
            addresses.CONTROL: ("status.example.net", "www.example.org"),
            addresses.SALESFORCE: ("acme.my.salesforce.com",),
            addresses.TRUST: ("api.status.salesforce.com",),
            addresses.WHMCS: ("billing.example.jp",),
            addresses.WATCHERS: ("prometheus.example.jp", "alertmanager.example.jp", "loki.example.jp"),
        },
        secrets={
            "PORTAL_SMOKE_USER": "customer-user",
            "PORTAL_SMOKE_PASSWORD": "customer-password",
            "PORTAL_SMOKE_DATABASE_URL": "database-dsn",
            "SF_CLIENT_ID": "salesforce-client-id",
            "SF_CLIENT_SECRET": "salesforce-client-secret",
            "WHMCS_IDENTIFIER": "whmcs-identifier",
            "WHMCS_SECRET": "whmcs-secret",
            "PORTAL_SMOKE_PROMETHEUS_TOKEN": "watchers-token",
            "PORTAL_SMOKE_LOKI_TOKEN": "watchers-token",
        },
        traps=(*TRAPS, *WATCHED),
    ),
    "portal/dev": Dialect(
        environment="portal/dev",
        doors=(Door("localhost", "bff", port=4000), Door("localhost", "web", port=3000)),
        pages="http://localhost:3000",
        api="http://localhost:4000",
        title="Customer Portal",
        also={addresses.CONTROL: ()},
        secrets={"PORTAL_SMOKE_USER": "customer-user", "PORTAL_SMOKE_PASSWORD": "customer-password"},
        traps=TRAPS,
    ),
}
