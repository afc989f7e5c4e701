"""The portal under the names that its customers use: the web, and the BFF under /api of the same origin."""

from smoke.demo import addresses
from smoke.demo.dialect import Dialect, Door
from smoke.demo.systems._traps import BEHIND, LOGIN_BROKEN, as_in, missing_chunk

HOST = "portal.example.jp"

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
        },
        secrets={
            "PORTAL_SMOKE_USER": "customer-user",
            "PORTAL_SMOKE_PASSWORD": "customer-password",
            "PORTAL_SMOKE_DATABASE_URL": "database-dsn",
            "SF_CLIENT_ID": "salesforce-client-id",
            "SF_CLIENT_SECRET": "salesforce-client-secret",
            "WHMCS_IDENTIFIER": "whmcs-identifier",
            "WHMCS_SECRET": "whmcs-secret",
        },
        traps=(
            BEHIND,
            LOGIN_BROKEN,
            missing_chunk("invoices-broken", "The script of the invoices is missing from the image", "invoices.js"),
            missing_chunk("dashboard-broken", "The script of the dashboard is missing from the image", "dashboard.js"),
            as_in("salesforce-down", "I01"),
            as_in("whmcs-down", "I21"),
            as_in("release-refused", "S07"),
            as_in("migration-failed", "D01"),
            as_in("cors-refused", "C09"),
        ),
    )
}
