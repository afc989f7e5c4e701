"""The certificate authority of one run: every public name of the stack is served with a certificate of it."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import trustme

from smoke.demo.edge.change import Flaw

ELSEWHERE = "default.ingress.demo.test"
"""Whose certificate an ingress shows that does not find the right one."""


class Authority:
    """A test CA that lives as long as the stack."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._ca = trustme.CA(organization_name="Smokegate demo", organization_unit_name="one run, then thrown away")

    @property
    def pem(self) -> bytes:
        """The CA's certificate."""
        return self._ca.cert_pem.bytes()

    def issue(self, *hosts: str) -> Path:
        """
        Write key and certificate for *hosts* into one file and return it.

        The chain includes the CA's certificate itself: Chromium's `--ignore-certificate-errors-spki-list` matches
        against the chain as served.
        """
        issued = self._ca.issue_cert(*hosts)
        path = self._directory / f"{hosts[0]}.pem"
        path.touch(mode=0o600)
        path.write_bytes(issued.private_key_and_cert_chain_pem.bytes() + self.pem)
        return path

    def server_context(self, *hosts: str) -> ssl.SSLContext:
        """Return a context that serves *hosts*."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.issue(*hosts))
        context.set_alpn_protocols(["http/1.1"])
        return context

    def flawed_context(self, flaw: Flaw, *hosts: str) -> ssl.SSLContext:
        """Return a context that serves *hosts* with a certificate that no client accepts."""
        leaf = self._flawed(flaw, hosts)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        path = self._directory / f"{flaw.name.lower()}-{hosts[0]}.pem"
        path.touch(mode=0o600)
        # The leaf alone: whoever does not know its issuer is not told of one.
        path.write_bytes(leaf.private_key_pem.bytes() + leaf.cert_chain_pems[0].bytes())
        context.load_cert_chain(path)
        context.set_alpn_protocols(["http/1.1"])
        return context

    def _flawed(self, flaw: Flaw, hosts: tuple[str, ...]) -> trustme.LeafCert:
        yesterday = datetime.now(UTC) - timedelta(days=1)
        if flaw is Flaw.SELF_SIGNED:
            return trustme.CA(organization_name="Ingress Controller Fake Certificate").issue_cert(*hosts)
        if flaw is Flaw.EXPIRED:
            return self._ca.issue_cert(*hosts, not_before=yesterday - timedelta(days=90), not_after=yesterday)
        if flaw is Flaw.OTHER_NAME:
            return self._ca.issue_cert(ELSEWHERE)
        return self._ca.create_child_ca().issue_cert(*hosts)

    def client_context(self) -> ssl.SSLContext:
        """Return a context that trusts this CA alone."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self._ca.configure_trust(context)
        return context
