"""
How the browser is started: quiet, bound to the environment's addresses, trusting its extra CA, and nothing else.

TLS errors are never ignored as a whole. Chromium cannot be handed a CA bundle, but it can be told to accept chains that
contain a given key: that of the CA, where a server sends its certificate along, and those of the servers' own
certificates that the CA vouches for (`accepted`). What this cannot see, such as a wrong name on a certificate of such a
key, the HTTP checks see, which verify every connection in full.
"""

import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from smoke.browser.certificates import fingerprints
from smoke.browser.hosts import authority
from smoke.environment.connect_to import ConnectTo, Rule
from smoke.environment.environment import Environment
from smoke.verdict.words import Tier

QUIET = (
    "--disable-background-networking",
    "--disable-breakpad",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-features=OptimizationHints,MediaRouter,Translate",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--metrics-recording-only",
    "--no-default-browser-check",
    "--no-first-run",
    "--no-pings",
)
"""Nothing goes out that the page did not ask for; QUIC would go round the resolver rules."""

_ROOMY_BYTES = 512 * 2**20
_SHARED_MEMORY = "/dev/shm"  # noqa: S108 - Chromium's place, not ours


@dataclass(frozen=True, slots=True)
class Launch:
    """What the browser is started with; *arguments* and *settings* as Playwright's `launch` takes them."""

    executable: str | None
    arguments: tuple[str, ...]
    settings: Mapping[str, Any] = field(default_factory=dict)

    def options(self) -> dict[str, Any]:
        """Return the keyword arguments of Playwright's `launch`."""
        chosen = {"executable_path": self.executable} if self.executable else {}
        return {**chosen, "args": list(self.arguments), **self.settings}


def plan_launch(
    environment: Environment,
    connect_to: ConnectTo,
    ca_file: Path | None,
    executable: str | None,
    accepted: tuple[str, ...] = (),
) -> Launch:
    """
    Return how to start the browser for *environment*; raises ConfigurationError for an unusable CA bundle.

    *accepted* are fingerprints of the servers' own certificates that the bundle vouches for.
    """
    arguments = [*QUIET, *machine()]
    rules = resolver_rules(environment, connect_to)
    if rules:
        arguments.append(f"--host-resolver-rules={rules}")
    if ca_file is not None:
        arguments.append(f"--ignore-certificate-errors-spki-list={','.join((*fingerprints(ca_file), *accepted))}")
    return Launch(executable, tuple(arguments), _proxy(environment, connect_to))


def resolver_rules(environment: Environment, connect_to: ConnectTo) -> str:
    """
    Return Chromium's resolver rules; the first that matches counts, and Host header and TLS name stay as they are.

    On the demo tier every other name is unknown: nothing leaves this machine.
    """
    rules = [line for rule in connect_to.rules for line in _map(rule, environment)]
    if environment.tier is Tier.DEMO:
        rules += ["MAP * ^NOTFOUND", *(f"EXCLUDE {host}" for host in _unmapped(environment, connect_to))]
    return ", ".join(rules)


def _map(rule: Rule, environment: Environment) -> Iterator[str]:
    if not rule.to_host and rule.to_port is None:
        return
    hosts = [rule.host] if rule.host else [""]
    if not rule.host and not rule.to_host:
        # Chromium cannot keep the host of a pattern, so each host is named.
        hosts = sorted({_host(service.url) for service in environment.services.values()})
    for host in hosts:
        pattern = _joined(host or "*", rule.port)
        yield f"MAP {pattern} {_joined(rule.to_host or host, rule.to_port)}"


def _unmapped(environment: Environment, connect_to: ConnectTo) -> list[str]:
    addresses = [authority(service.url) for service in environment.services.values()]
    return sorted({_joined(host, None) for host, port in addresses if connect_to.target(host, port) == (host, port)})


def _joined(host: str, port: int | None) -> str:
    bracketed = f"[{host}]" if ":" in host else host
    return bracketed if port is None else f"{bracketed}:{port}"


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""


def machine() -> Iterator[str]:
    """Yield what this machine demands: no sandbox for root, no shared memory where it is small."""
    if sys.platform == "linux":
        # Chromium refuses to start its sandbox as root.
        if os.geteuid() == 0:
            yield "--no-sandbox"
        if _free_bytes(_SHARED_MEMORY) < _ROOMY_BYTES:
            yield "--disable-dev-shm-usage"


def _free_bytes(path: str) -> int:
    try:
        status = os.statvfs(path)
    except OSError:
        return 0
    return status.f_bavail * status.f_frsize


def _proxy(environment: Environment, connect_to: ConnectTo) -> dict[str, Any]:
    """Let redirected hosts go round the proxy, which would resolve their names itself."""
    redirected = sorted({_host(one.url) for one in environment.services.values() if _redirected(one.url, connect_to)})
    if environment.proxy:
        return {"proxy": {"server": environment.proxy, "bypass": ",".join(redirected)}}
    if redirected and any(os.environ.get(name) for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy")):
        known = os.environ.get("NO_PROXY") or os.environ.get("no_proxy") or ""
        exempt = ",".join(filter(None, [known, *redirected]))
        return {"env": {**os.environ, "NO_PROXY": exempt, "no_proxy": exempt}}
    return {}


def _redirected(url: str, connect_to: ConnectTo) -> bool:
    return connect_to.target(*authority(url)) != authority(url)
