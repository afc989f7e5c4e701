"""The public names of the stack and where they lead on this machine."""

from dataclasses import dataclass

WEB = "portal.demo.test"
API = "api.portal.demo.test"
WORKER = "worker.portal.demo.test"
CONTROL = "control.demo.test"
SALESFORCE = "acme.my.salesforce.demo.test"
TRUST = "status.salesforce.demo.test"
WHMCS = "billing.demo.test"
PAYMENTS = "api.pay.demo.test"
WIDGET = "widget.chat.demo.test"
STAGING_API = "api.staging.portal.demo.test"

WATCHERS = "watchers.demo.test"
"""All systems that watch a foreign environment."""

PLATFORMS = "platforms.demo.test"
"""All platforms that a foreign environment is deployed by."""

NEIGHBOUR = "shop.neighbour.demo.test"
"""An unrelated host behind the same edge."""

ORIGINS = {f"origin.{host}": host for host in (WEB, API, WORKER)}
"""Names that lead past the edge to the balancer behind it, each with the public name that it stands for."""

OURS = (WEB, API, WORKER, STAGING_API)
"""The names behind the portal's own edge; the others are unrelated hosts."""


HTTPS = 443


def authority(name: str) -> str:
    """Return a public name with its port; one that tells none is served over TLS."""
    return name if ":" in name else f"{name}:{HTTPS}"


@dataclass(frozen=True, slots=True)
class Addresses:
    """The loopback port of every public name; a name may tell its own port, as `localhost:3000` does."""

    ports: dict[str, int]

    def rules(self) -> list[str]:
        """Return the rules for `--connect-to`, one for each name."""
        return [f"{authority(host)}:127.0.0.1:{port}" for host, port in self.ports.items()]

    def nowhere(self) -> list[str]:
        """Return rules that send every name to one that does not resolve, as on a runner without DNS."""
        return [f"{authority(host)}:nowhere.invalid:443" for host in self.ports]

    def browser_rules(self) -> str:
        """Return the value of Chromium's `--host-resolver-rules` that leads to the stack."""
        return ",".join(f"MAP {authority(host)} 127.0.0.1:{port}" for host, port in self.ports.items())
