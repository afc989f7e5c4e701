"""A small Salesforce: token endpoint, versions, query and status page."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from smoke.environment.dependencies import SalesforceDirect
from smoke.http import Exchange, Request
from tests.checks.fake_world import Answer, json_answer

ORIGIN = "https://acme.my.salesforce.com"
INSTANCE = "https://acme--pod.my.salesforce.com"
STATUS = "https://api.status.salesforce.com/v1/instances/AP15/status"
VERSIONS = [{"label": "Winter '26", "url": f"/services/data/v{one}", "version": one} for one in ("9.0", "65.0", "64.0")]

DIRECT = SalesforceDirect.model_validate(
    {
        "my_domain": "acme",
        "client_id": {"env": "SF_ID"},
        "client_secret": {"env": "SF_SECRET"},
        "trust": {"instance": "ap15"},
    }
)
SECRETS = {"SF_ID": "consumer-key", "SF_SECRET": "consumer-secret"}


def secret(reference: Any) -> str:
    """Resolve the references of `DIRECT`."""
    return SECRETS[reference.env]


def rest_error(code: str, message: str, status: int) -> Exchange:
    """Return a REST error, which is always an array."""
    return json_answer([{"errorCode": code, "message": message}], status)


@dataclass
class FakeSalesforce:
    """
    Accepts the consumer of `SECRETS`.

    *expired* tokens are refused once each; any entry of *instead* replaces what an endpoint answers.
    """

    expired: int = 0
    instead: dict[str, Exchange] = field(default_factory=dict)
    issued: int = 0
    status: dict[str, Any] = field(default_factory=lambda: {"key": "AP15", "status": "OK", "Maintenances": []})

    def routes(self) -> dict[str, Answer]:
        """Return the routes for `FakeHttp`."""
        return {
            f"{ORIGIN}/services/data/": self._or("versions", lambda _: json_answer(VERSIONS)),
            f"{ORIGIN}/services/oauth2/token": self._or("token", self._token),
            f"{INSTANCE}/services/data/v65.0/query": self._or("query", self._query),
            STATUS: self._or("status", lambda _: json_answer(self.status)),
        }

    def _or(self, endpoint: str, answer: Callable[[Request], Exchange]) -> Answer:
        return lambda request: self.instead.get(endpoint) or answer(request)

    def _token(self, request: Request) -> Exchange:
        form = dict(request.form or {})
        wanted = {"grant_type": "client_credentials", "client_id": "consumer-key", "client_secret": "consumer-secret"}
        if form != wanted:
            return json_answer({"error": "invalid_client", "error_description": "invalid client credentials"}, 400)
        self.issued += 1
        token = f"00Dxx!{self.issued}"
        return json_answer({"access_token": token, "instance_url": INSTANCE, "issued_at": "1763634000000"})

    def _query(self, request: Request) -> Exchange:
        number = int(request.headers["Authorization"].removeprefix("Bearer 00Dxx!"))
        if number <= self.expired:
            return rest_error("INVALID_SESSION_ID", "Session expired or invalid", 401)
        return json_answer({"totalSize": 1, "done": True, "records": [{"InstanceName": "AP15", "IsSandbox": False}]})
