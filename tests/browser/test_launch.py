"""How the browser is started: where names lead, whom it trusts, and what it never does."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import trustme
from playwright.sync_api import Browser, Error

from smoke.browser.certificates import fingerprints
from smoke.browser.launch import plan_launch, resolver_rules
from smoke.browser.live import LiveBrowser
from smoke.environment.connect_to import ConnectTo, parse_rules
from smoke.environment.environment import Environment
from smoke.errors import ConfigurationError
from tests.browser.site import Site, running

PUBLIC = "portal.example.jp"


def environment(tier: str = "dev", url: str = f"https://{PUBLIC}", **changes: Any) -> Environment:
    """Return an environment with one service."""
    return Environment.model_validate({"name": "portal/x", "tier": tier, "services": {"web": {"url": url}}, **changes})


@contextmanager
def launched(live: LiveBrowser, described: Environment, rules: ConnectTo, ca: Path | None = None) -> Iterator[Browser]:
    """Start another browser as for a run, from the Playwright that the tests share."""
    shared, _guard = live.open()
    options = plan_launch(described, rules, ca, live.executable).options()
    browser = shared.browser_type.launch(**options)
    try:
        yield browser
    finally:
        browser.close()


@contextmanager
def https_site(ca: trustme.CA, *names: str) -> Iterator[Site]:
    """Run a site with a certificate that sends its CA along, as servers behind a test CA do."""
    issued = ca.issue_cert(*names)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    chain = b"".join([*(one.bytes() for one in issued.cert_chain_pems), ca.cert_pem.bytes()])
    with trustme.Blob(issued.private_key_pem.bytes() + chain).tempfile() as file:
        context.load_cert_chain(file)
    with running(context) as site:
        yield site


def test_public_name_leads_to_a_local_server(live: LiveBrowser, tmp_path: Path) -> None:
    """With a rule and the CA, the public https address opens; Host header and name stay as they are."""
    ca = trustme.CA()
    ca.cert_pem.write_to_path(tmp_path / "ca.pem")
    with https_site(ca, PUBLIC) as site:
        site.serve("/", "<!doctype html><h1>Home</h1>")
        rules = parse_rules([f"{PUBLIC}:443:127.0.0.1:{site.port}"])
        with launched(live, environment(), rules, tmp_path / "ca.pem") as browser:
            page = browser.new_page()
            page.goto(f"https://{PUBLIC}/")
            assert page.url == f"https://{PUBLIC}/"
            page.close()

    assert site.asked[0].headers["Host"] == PUBLIC


@pytest.mark.parametrize("trusted", [None, "another"], ids=["no bundle", "another CA"])
def test_unknown_certificate_is_refused(live: LiveBrowser, tmp_path: Path, trusted: str | None) -> None:
    """A certificate of nobody's is refused, whatever other CA is trusted."""
    bundle = None
    if trusted:
        bundle = tmp_path / "ca.pem"
        trustme.CA().cert_pem.write_to_path(bundle)
    with https_site(trustme.CA(), PUBLIC) as site:
        rules = parse_rules([f"{PUBLIC}:443:127.0.0.1:{site.port}"])
        with launched(live, environment(), rules, bundle) as browser:
            page = browser.new_page()
            with pytest.raises(Error, match="ERR_CERT_AUTHORITY_INVALID"):
                page.goto(f"https://{PUBLIC}/")


def test_demo_leaves_this_machine_for_nothing(live: LiveBrowser, site: Site) -> None:
    """On the demo tier every name but the environment's own is unknown."""
    rules = parse_rules([f"{PUBLIC}:80:127.0.0.1:{site.port}"])
    site.serve("/", "<!doctype html>")
    with launched(live, environment("demo", f"http://{PUBLIC}"), rules) as browser:
        page = browser.new_page()
        page.goto(f"http://{PUBLIC}/")
        for other in (f"http://127.0.0.1:{site.port}/", "http://localhost/", "https://example.com/"):
            with pytest.raises(Error, match="ERR_NAME_NOT_RESOLVED"):
                page.goto(other)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("portal.example.jp:443:127.0.0.1:8443", "MAP portal.example.jp:443 127.0.0.1:8443"),
        ("portal.example.jp::127.0.0.1:", "MAP portal.example.jp 127.0.0.1"),
        (":443:127.0.0.1:8443", "MAP *:443 127.0.0.1:8443"),
        (":443::8443", "MAP portal.example.jp:443 portal.example.jp:8443"),
        ("portal.example.jp:443:[::1]:8443", "MAP portal.example.jp:443 [::1]:8443"),
        ("portal.example.jp:443::", ""),
    ],
)
def test_rules_in_chromiums_words(rule: str, expected: str) -> None:
    """A rule as curl knows it becomes a rule as Chromium knows it."""
    assert resolver_rules(environment(), parse_rules([rule])) == expected


def test_demo_rules_close_the_rest() -> None:
    """The last rule of the demo tier is that there is no other name, except services without a rule."""
    rules = resolver_rules(environment("demo", "http://127.0.0.1:4000"), ConnectTo())

    assert rules == "MAP * ^NOTFOUND, EXCLUDE 127.0.0.1"


def test_tls_errors_are_never_ignored_as_a_whole(tmp_path: Path) -> None:
    """Only the keys of the bundle are accepted, one by one."""
    ca = trustme.CA()
    ca.cert_pem.write_to_path(tmp_path / "ca.pem")

    options = plan_launch(environment(), ConnectTo(), tmp_path / "ca.pem", "/usr/bin/true").options()

    (key,) = fingerprints(tmp_path / "ca.pem")
    assert f"--ignore-certificate-errors-spki-list={key}" in options["args"]
    assert "--ignore-certificate-errors" not in options["args"]


def test_redirected_hosts_go_round_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy would resolve the public name itself, so redirected hosts do not go through it."""
    rules = parse_rules([f"{PUBLIC}:443:127.0.0.1:8443"])
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", "intra.example")

    listed = plan_launch(environment(proxy="http://proxy.example:3128"), rules, None, None).options()
    inherited = plan_launch(environment(), rules, None, None).options()

    assert listed["proxy"] == {"server": "http://proxy.example:3128", "bypass": PUBLIC}
    assert inherited["env"]["NO_PROXY"] == f"intra.example,{PUBLIC}"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"no certificate", "holds no certificate"),
        (b"-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n", "holds a damaged certificate"),
    ],
)
def test_unusable_bundle_is_said(tmp_path: Path, content: bytes, said: str) -> None:
    """A bundle that holds no certificate is wrong configuration."""
    bundle = tmp_path / "ca.pem"
    bundle.write_bytes(content)

    with pytest.raises(ConfigurationError, match=said):
        fingerprints(bundle)
    with pytest.raises(ConfigurationError, match="cannot be read"):
        fingerprints(tmp_path / "missing.pem")
