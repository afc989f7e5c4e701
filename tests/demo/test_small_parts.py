"""Small parts of the stack: passwords, sessions, state files, addresses, certificates."""

import ssl
import stat
from pathlib import Path

import pytest

from smoke.demo.addresses import Addresses
from smoke.demo.bff.sessions import Sessions
from smoke.demo.content import control, customer
from smoke.demo.edge.cache import Cache
from smoke.demo.migrate import Migration, shipped
from smoke.demo.passwords import hashed, matches
from smoke.demo.release import Credential
from smoke.demo.state import StateFiles
from smoke.demo.tls import Authority
from smoke.demo.wire import Answer


def test_passwords_match_themselves_alone() -> None:
    """The right password matches, another does not, and no two hashes are alike."""
    stored = hashed("correct horse")
    assert matches("correct horse", stored)
    assert not matches("wrong horse", stored)
    assert stored != hashed("correct horse")
    assert "horse" not in stored


def test_sessions_are_read_by_the_secret_that_signed_them() -> None:
    """Another secret, none, and nonsense prove nothing."""
    token = Sessions("one").issue(7)
    assert Sessions("one").customer(token) == 7
    assert Sessions("two").customer(token) is None
    assert Sessions(None).customer(token) is None
    assert Sessions("one").customer("nonsense") is None
    assert Sessions("one").customer(None) is None


def test_without_a_secret_no_session_is_issued() -> None:
    """The failure is a crash of the handler, as with a real signing library."""
    with pytest.raises(RuntimeError, match="must have a value"):
        Sessions(None).issue(7)


def test_accounts_have_a_new_password_each_time_and_hide_it() -> None:
    """Passwords are not repeated, and no representation shows one."""
    assert customer().password != customer().password
    account = control()
    assert account.password not in repr(account)
    assert "hidden" not in repr(Credential("name", "hidden"))


def test_state_files_are_replaced_and_private(tmp_path: Path) -> None:
    """A rewritten file has the new content, nobody else may read it, and no half-written one stays."""
    files = StateFiles(tmp_path / "state")
    files.create()
    files.write({"connect-to": "one"})
    files.write({"connect-to": "two"})
    files.write_program("program", "#!/bin/sh\n")
    assert (files.directory / "connect-to").read_text() == "two\n"
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in files.directory.iterdir()}
    assert modes == {"connect-to": 0o600, "program": 0o700}
    assert stat.S_IMODE(files.directory.stat().st_mode) == 0o700


def test_addresses_become_rules() -> None:
    """The same ports make the verifier's rules, the browser's, and those that lead nowhere."""
    addresses = Addresses({"a.demo.test": 1, "b.demo.test": 2})
    assert addresses.rules() == ["a.demo.test:443:127.0.0.1:1", "b.demo.test:443:127.0.0.1:2"]
    assert addresses.browser_rules() == "MAP a.demo.test:443 127.0.0.1:1,MAP b.demo.test:443 127.0.0.1:2"
    assert addresses.nowhere()[1] == "b.demo.test:443:nowhere.invalid:443"


def test_the_chain_includes_the_authority(tmp_path: Path) -> None:
    """The file that is served holds the key, the certificate and the CA's, for its owner alone."""
    authority = Authority(tmp_path)
    path = authority.issue("a.demo.test")
    assert path.read_bytes().endswith(authority.pem)
    assert path.read_text().count("BEGIN CERTIFICATE") == 2
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert isinstance(authority.server_context("b.demo.test"), ssl.SSLContext)


def test_only_public_answers_are_kept() -> None:
    """Private, uncachable and failed answers pass through."""
    cache = Cache()
    for status, control_header in ((200, b"no-cache"), (404, b"public, max-age=60"), (200, b"public, max-age=0")):
        cache.keep("x", "GET", "/a", Answer(status, [(b"cache-control", control_header)], b""))
        assert cache.find("x", "GET", "/a") is None
    cache.keep("x", "GET", "/a", Answer(200, [(b"cache-control", b"public, max-age=60")], b"kept"))
    assert cache.find("x", "POST", "/a") is None
    assert cache.find("y", "GET", "/a") is None
    found = cache.find("x", "GET", "/a")
    assert found is not None
    assert found.body == b"kept"


def test_migrations_are_shipped_in_order_with_their_checksums() -> None:
    """The newest comes last, and the checksum is that of the SQL."""
    names = [migration.name for migration in shipped()]
    assert names == sorted(names)
    assert names[-1] == "20261120093000_invoice_due_date"
    assert Migration("x", "SELECT 1").checksum == "e004ebd5b5532a4b85984a62f8ad48a81aa3460c1ca07701f386135d72cdecf5"
