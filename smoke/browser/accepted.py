"""
Keys of the certificates that services show and that the extra CA vouches for, as Chromium needs them by name.

Chromium takes no CA bundle, and few servers send the certificate of their own authority along. So each service is
connected to once, and verified in full, with its name and its dates; only what passes is named to the browser.
"""

import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

from smoke.browser.certificates import fingerprint
from smoke.browser.hosts import authority
from smoke.environment.connect_to import ConnectTo
from smoke.environment.environment import Environment

WITHIN_S = 3.0


def accepted(environment: Environment, connect_to: ConnectTo, ca_file: Path | None) -> tuple[str, ...]:
    """Return the fingerprints of what *ca_file* vouches for; a service that cannot be reached adds none."""
    if ca_file is None:
        return ()
    urls = {service.url for service in environment.services.values() if service.url.lower().startswith("https:")}
    return tuple(dict.fromkeys(key for url in sorted(urls) for key in _shown(url, connect_to, ca_file)))


def _shown(url: str, connect_to: ConnectTo, ca_file: Path) -> Iterator[str]:
    host, port = authority(url)
    context = ssl.create_default_context(cafile=str(ca_file))
    try:
        with (
            socket.create_connection(connect_to.target(host, port), timeout=WITHIN_S) as plain,
            context.wrap_socket(plain, server_hostname=host) as secured,
        ):
            certificate = secured.getpeercert(binary_form=True)
    except (OSError, ValueError):
        return  # the checks of certificates say why, and a journey says that its page did not open
    if certificate:
        yield fingerprint(certificate)
