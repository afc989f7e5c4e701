"""The healthy stack keeps every promise of `environments/portal/demo.toml`."""

import json
import re
import stat
from datetime import UTC, datetime

import psycopg
import pytest

from tests.demo.conftest import OLD_SESSIONS, Deployed
from tests.demo.visitor import API, CONTROL, SALESFORCE, TRUST, WEB, WHMCS, WORKER, Visitor, eventually

PAGES = ["/", "/login", "/dashboard", "/account/invoices", "/account/subscriptions", "/catalogue", "/checkout"]


@pytest.fixture
def customer(deployed: Deployed) -> Visitor:
    """Return a visitor who is logged in as the customer."""
    visitor = Visitor(deployed[0].state)
    assert visitor.login().status == 200
    return visitor


def test_health_speaks_terminus(deployed: Deployed) -> None:
    """GET /health has Terminus's keys, and beside them the commit and the uptime of this replica."""
    visitor, release = deployed
    health = visitor.ask(API, "/health")
    assert health.status == 200
    assert health.json["status"] == "ok"
    assert health.json["details"] == {"database": {"status": "up"}, "redis": {"status": "up"}}
    assert health.json["version"] == release.commit
    assert 0 < health.json["uptime"] < 300


@pytest.mark.parametrize(("host", "path"), [(API, "/health"), (WEB, "/_health")])
def test_three_replicas_name_themselves(deployed: Deployed, host: str, path: str) -> None:
    """Fresh connections meet each of the three replicas, by name."""
    names = {deployed[0].ask(host, path).headers["x-replica"] for _ in range(12)}
    assert len(names) == 3


def test_the_worker_tells_its_release(deployed: Deployed) -> None:
    """The worker's own health carries the commit and the uptime."""
    visitor, release = deployed
    assert eventually(lambda: visitor.ask(WORKER, "/health").json["version"] == release.commit)
    assert visitor.ask(WORKER, "/health").json["uptime"] > 0


def test_login_sets_a_guarded_cookie(deployed: Deployed) -> None:
    """The right password opens a session whose cookie no script and no plain connection sees."""
    seen = Visitor(deployed[0].state).login()
    cookie = str(seen.headers["set-cookie"]).lower()
    assert seen.status == 200
    assert all(word in cookie for word in ("secure", "httponly", "samesite=lax"))


def test_login_refuses_the_wrong_password(deployed: Deployed) -> None:
    """A wrong password is a 401 in Nest's words."""
    body = json.dumps({"email": deployed[0].file("customer-user"), "password": "wrong"})
    seen = deployed[0].ask(API, "/auth/login", method="POST", body=body)
    assert seen.status == 401
    assert seen.json == {"message": "Invalid email or password", "error": "Unauthorized", "statusCode": 401}


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"email": 1, "password": "x"}', "\xff"])
def test_login_refuses_what_is_no_login(deployed: Deployed, body: str) -> None:
    """A body that is no login is a 400, not a crash."""
    assert deployed[0].ask(API, "/auth/login", method="POST", body=body).status == 400


@pytest.mark.parametrize(
    "path", ["/auth/me", "/invoices", "/invoices/INV-2026-0001", "/subscriptions", "/account/summary"]
)
def test_protected_routes_refuse_the_anonymous(deployed: Deployed, path: str) -> None:
    """Without a session there is a 401."""
    assert deployed[0].ask(API, path).status == 401


@pytest.mark.parametrize("cookie", ["portal_session=", "portal_session=eyJzdWIiOjF9.aaaa.bbbb"])
def test_a_forged_session_is_refused(deployed: Deployed, cookie: str) -> None:
    """A session that was not signed here proves nothing."""
    assert deployed[0].ask(API, "/auth/me", cookie=cookie).status == 401


def test_sessions_survive_the_deploy(deployed: Deployed) -> None:
    """The session from before the deploy works after it."""
    assert Visitor(deployed[0].state, OLD_SESSIONS[deployed[0].state]).ask(API, "/auth/me").status == 200


def test_the_known_invoice(customer: Visitor) -> None:
    """The sentinel record has its number and its total, as a string."""
    invoice = customer.ask(API, "/invoices/INV-2026-0001").json
    assert (invoice["number"], invoice["total"], invoice["status"]) == ("INV-2026-0001", "105.19", "Paid")
    assert invoice["dueOn"] == "2025-12-31"


def test_each_customer_sees_their_own_invoices(customer: Visitor) -> None:
    """The two accounts have twelve invoices each and share none."""
    other = Visitor(customer.state)
    other.login("control")
    mine, theirs = ({row["number"] for row in who.ask(API, "/invoices").json["items"]} for who in (customer, other))
    assert len(mine) == len(theirs) == 12
    assert not mine & theirs
    assert other.ask(API, "/invoices/INV-2026-0001").status == 404


def test_tenant_names_the_environment(deployed: Deployed) -> None:
    """The database tells whose it is and which."""
    tenant = deployed[0].ask(API, "/tenant").json
    assert tenant == {"name": "Aozora Hosting K.K.", "environment": "production", "currency": "USD"}


def test_subscriptions_and_catalogue_have_items(customer: Visitor) -> None:
    """Both lists have something to show, the catalogue for the anonymous too."""
    assert customer.ask(API, "/subscriptions").json["items"][0]["product"] == "Mobile data 20 GB"
    assert len(Visitor(customer.state).ask(API, "/catalogue").json["items"]) == 6


def test_unknown_routes_speak_nest(deployed: Deployed) -> None:
    """An unknown route is Nest's 404."""
    seen = deployed[0].ask(API, "/nowhere")
    assert seen.json == {"message": "Cannot GET /nowhere", "error": "Not Found", "statusCode": 404}


def test_third_parties_are_asked_for_real(customer: Visitor) -> None:
    """The health check and the contact come from Salesforce and WHMCS."""
    services = customer.ask(API, "/auth/health-check").json["services"]
    assert services == {"salesforce": {"status": "up"}, "whmcs": {"status": "up"}}
    assert customer.ask(API, "/account/contact").json["name"] == "Naomi Fischer"
    summary = customer.ask(API, "/account/summary").json
    assert (summary["contact"]["name"], len(summary["invoices"])) == ("Naomi Fischer", 12)


def test_an_export_goes_through_the_queue(customer: Visitor) -> None:
    """A job is accepted, carried out by the worker, and can be removed with everything it left."""
    accepted = customer.ask(API, "/exports", method="POST", body='{"kind": "smoke"}')
    assert accepted.status == 202
    path = f"/exports/{accepted.json['id']}"
    assert eventually(lambda: customer.ask(API, path).json["status"] == "completed", 5)
    assert customer.ask(API, path, method="DELETE").status == 204
    assert customer.ask(API, path).status == 404


def test_queue_counts(customer: Visitor) -> None:
    """The queue tells its counts; failures since a moment only when asked."""
    counts = customer.ask(API, "/health/queues").json["queues"]["exports"]
    assert {"waiting", "active", "completed", "failed", "delayed", "paused", "oldestWaitingSeconds"} == counts.keys()
    since = customer.ask(API, "/health/queues?since=0").json["queues"]["exports"]
    assert since["failedSince"] == 0
    assert customer.ask(API, "/health/queues?since=soon").status == 400


def test_checkout_up_to_the_last_reversible_step(customer: Visitor) -> None:
    """A draft is created, read, discarded and gone; an order is never taken."""
    draft = customer.ask(API, "/checkout/drafts", method="POST", body='{"sku": "SIM-20", "quantity": 2}')
    assert (draft.status, draft.json["total"]) == (201, "39.80")
    path = f"/checkout/drafts/{draft.json['id']}"
    assert customer.ask(API, path).json["product"] == "Mobile data 20 GB"
    assert customer.ask(API, "/checkout/orders", method="POST", body="{}").status == 409
    assert customer.ask(API, path, method="DELETE").status == 204
    assert customer.ask(API, path).status == 404


@pytest.mark.parametrize(
    "body", ['{"sku": "NONE"}', '{"sku": "SIM-20", "quantity": 0}', '{"sku": "SIM-20", "quantity": "1"}']
)
def test_checkout_refuses_impossible_orders(customer: Visitor, body: str) -> None:
    """An unknown article or quantity is a 400."""
    assert customer.ask(API, "/checkout/drafts", method="POST", body=body).status == 400


def test_pages_may_call_the_api(deployed: Deployed) -> None:
    """The API allows the pages' origin with credentials, and no other."""
    ours = deployed[0].ask(API, "/catalogue", origin=f"https://{WEB}")
    assert ours.headers["access-control-allow-origin"] == f"https://{WEB}"
    assert ours.headers["access-control-allow-credentials"] == "true"
    assert deployed[0].ask(API, "/catalogue", origin="https://evil.test").headers["access-control-allow-origin"] is None


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_the_shell_of_the_release(deployed: Deployed, path: str) -> None:
    """Every page is served with its commit, a strict policy, and may not be cached."""
    visitor, release = deployed
    page = visitor.ask(WEB, path)
    assert page.status == 200
    assert f'<meta name="commit" content="{release.commit}">' in page.text
    assert '<div id="root"' in page.text
    assert "Customer Portal" in page.text
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert page.headers["cache-control"] == "no-cache"


def test_an_unknown_page_is_a_404(deployed: Deployed) -> None:
    """A page that does not exist says so by its status."""
    assert deployed[0].ask(WEB, "/nowhere").status == 404


def test_every_file_of_the_manifest_is_there_and_cached(deployed: Deployed) -> None:
    """All assets answer with their type; the second time the edge's cache does, with its age."""
    visitor = deployed[0]
    manifest = visitor.ask(WEB, "/assets/manifest.json").json
    assert "checkout.js" in manifest
    for path in manifest.values():
        assert visitor.ask(WEB, path).status == 200
    again = visitor.ask(WEB, manifest["main.js"])
    assert (again.headers["x-cache"], again.headers["x-replica"]) == ("HIT", None)
    assert int(again.headers["age"]) >= 0
    assert again.headers.get_content_type() == "text/javascript"


def test_scripts_import_only_what_the_manifest_lists(deployed: Deployed) -> None:
    """The names that scripts import are the hashed ones."""
    manifest = deployed[0].ask(WEB, "/assets/manifest.json").json
    imported = re.findall(r'"\./([\w.-]+\.js)"', deployed[0].ask(WEB, manifest["main.js"]).text)
    assert {f"/assets/{name}" for name in imported} <= set(manifest.values())
    assert len(imported) == 11


def test_salesforce_gives_tokens_and_answers_queries(deployed: Deployed) -> None:
    """The verifier's own credential gets a token, which REST calls accept."""
    visitor = deployed[0]
    form = "&".join(
        (
            "grant_type=client_credentials",
            f"client_id={visitor.file('salesforce-client-id')}",
            f"client_secret={visitor.file('salesforce-client-secret')}",
        )
    )
    token = visitor.ask(SALESFORCE, "/services/oauth2/token", method="POST", body=form).json
    assert token["instance_url"] == f"https://{SALESFORCE}"
    assert "expires_in" not in token
    bearer = f"Bearer {token['access_token']}"
    found = visitor.ask(
        SALESFORCE, "/services/data/v67.0/query?q=SELECT+InstanceName,IsSandbox+FROM+Organization", authorization=bearer
    )
    assert found.json["records"][0]["InstanceName"] == "AP15"
    assert found.headers["sforce-limit-info"].startswith("api-usage=")
    assert visitor.ask(TRUST, "/v1/instances/AP15/status").json["status"] == "OK"


def test_whmcs_answers_the_verifier(deployed: Deployed) -> None:
    """The verifier's own credential is accepted, a wrong one told so with 403."""
    visitor = deployed[0]
    identity = f"identifier={visitor.file('whmcs-identifier')}&secret={visitor.file('whmcs-secret')}"
    right = visitor.ask(WHMCS, "/includes/api.php", method="POST", body=f"action=WhmcsDetails&{identity}")
    wrong = visitor.ask(WHMCS, "/includes/api.php", method="POST", body="action=WhmcsDetails&identifier=x&secret=y")
    assert right.json["whmcs"]["version"].startswith("8.")
    assert (wrong.status, wrong.json["message"]) == (403, "Authentication Failed")


def test_the_control_host_answers(deployed: Deployed) -> None:
    """The neutral host is not behind our edge."""
    assert deployed[0].ask(CONTROL, "/").status == 200
    assert deployed[0].port(CONTROL) != deployed[0].port(WEB)


def test_the_database_role_only_reads(deployed: Deployed) -> None:
    """The verifier's role sees the migration history and can change nothing."""
    with psycopg.connect(deployed[0].file("database-dsn"), autocommit=True) as connection:
        rows = connection.execute("SELECT migration_name, finished_at FROM _prisma_migrations ORDER BY 1").fetchall()
        assert [name for name, _ in rows][-1] == "20261120093000_invoice_due_date"
        assert all(finished is not None for _, finished in rows)
        with pytest.raises(psycopg.Error):
            connection.execute("SET default_transaction_read_only = off; DELETE FROM tenant")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT * FROM customer")


def test_state_files_are_private(deployed: Deployed) -> None:
    """Nobody else can read the credentials."""
    folder = deployed[0].state / "demo"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


def test_the_deploy_is_announced(deployed: Deployed) -> None:
    """The release has two full commits, a version and the moment it began."""
    release = deployed[1]
    assert all(re.fullmatch("[0-9a-f]{40}", commit) for commit in (release.commit, release.previous))
    assert release.version == "1.42.0"
    assert 0 < datetime.now(UTC).timestamp() - release.deployed_at < 300
