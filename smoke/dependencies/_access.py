"""How a request proves to a monitoring system who asks: a bearer token or a password, and the tenant."""

import base64

from smoke.environment.monitoring import MonitoringServer
from smoke.environment.secrets import Reveal
from smoke.http import Request

TENANT = "X-Scope-OrgID"


def asking(system: MonitoringServer, url: str, secret: Reveal, timeout_s: float) -> Request:
    """Return a request for *url* with the credentials of *system*; raises SecretMissing."""
    headers = {"Accept": "application/json"}
    if system.token is not None:
        headers["Authorization"] = f"Bearer {secret(system.token)}"
    elif system.user is not None and system.password is not None:
        pair = f"{secret(system.user)}:{secret(system.password)}"
        headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    if system.tenant is not None:
        headers[TENANT] = system.tenant
    return Request("GET", url, headers=headers, timeout_s=timeout_s)
