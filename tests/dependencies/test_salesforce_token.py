"""How a token is asked for at Salesforce, and what a refusal proves."""

import asyncio
from dataclasses import dataclass
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from smoke.dependencies import salesforce
from smoke.dependencies._salesforce_token import form_of
from smoke.environment.dependencies import SalesforceDirect
from smoke.errors import SecretMissing
from tests.checks.fake_world import NOW, FakeHttp, json_answer
from tests.dependencies.fake_salesforce import DIRECT, ORIGIN, FakeSalesforce, secret


@dataclass(frozen=True)
class Pair:
    """A key to sign with, and the one that proves it."""

    private: str
    public: str


def pair() -> Pair:
    """Make an RSA key pair in PEM."""
    key = rsa.generate_private_key(65537, 2048)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return Pair(private.decode(), public.decode())


PAIR = pair()
BEARER = SalesforceDirect.model_validate(
    {
        "my_domain": "acme",
        "client_id": {"env": "SF_ID"},
        "username": {"env": "SF_USER"},
        "private_key": {"env": "SF_KEY"},
        "audience": "https://test.salesforce.com",
    }
)


def bearer_secret(key: str) -> Any:
    """Resolve the references of `BEARER`."""
    return lambda reference: {"SF_ID": "consumer-key", "SF_USER": "smoke@acme.test", "SF_KEY": key}[reference.env]


@pytest.mark.parametrize("key", [PAIR.private, PAIR.private.replace("\n", "\\n")])
def test_assertion(key: str) -> None:
    """The assertion is signed with RS256 for the consumer, the user and the login host, and ends soon."""
    form = form_of(BEARER, bearer_secret(key), NOW)

    told = jwt.decode(
        form["assertion"],
        PAIR.public,
        algorithms=["RS256"],
        audience="https://test.salesforce.com",
        options={"verify_exp": False},
    )
    assert form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"
    assert (told["iss"], told["sub"], told["exp"] - int(NOW)) == ("consumer-key", "smoke@acme.test", 180)


@pytest.mark.parametrize("key", ["", "hunter2", PAIR.public, PAIR.private[:200]])
def test_a_key_that_cannot_sign(key: str) -> None:
    """What is no private RSA key is a missing secret, and is not repeated."""
    with pytest.raises(SecretMissing, match="no RSA key") as refusal:
        form_of(BEARER, bearer_secret(key), NOW)
    assert "hunter2" not in str(refusal.value)


def test_client_credentials() -> None:
    """The consumer's secret is sent with its key."""
    assert form_of(DIRECT, secret, NOW) == {
        "grant_type": "client_credentials",
        "client_id": "consumer-key",
        "client_secret": "consumer-secret",
    }


@pytest.mark.parametrize(
    ("error", "description", "hint"),
    [
        ("invalid_grant", "request not supported on this domain", "My Domain"),
        ("invalid_grant", "no client credentials user enabled", "user to run as"),
        ("invalid_grant", "user hasn't approved this consumer", "pre-authorise"),
        ("invalid_grant", "audience is invalid", "test.salesforce.com"),
        ("invalid_grant", "invalid assertion", "clock"),
        ("invalid_client_id", "client identifier invalid", "consumer key"),
        ("invalid_grant", "authentication failure", "authentication failure"),
    ],
)
def test_refusals_have_hints(error: str, description: str, hint: str) -> None:
    """A refusal says what Salesforce said and who can help; it proves nothing about the system's own credential."""
    instead = {"token": json_answer({"error": error, "error_description": description}, 400)}
    http = FakeHttp(FakeSalesforce(instead=instead).routes())

    found = salesforce.read(asyncio.run(salesforce.ask(salesforce.Means(http, secret, 5.0, NOW), DIRECT)))

    assert found.standing == "refused"
    assert f"{error}: {description}" in found.message
    assert hint in found.message


def test_a_bad_key_sends_nothing() -> None:
    """Before anything is sent, it is known that it cannot be signed."""
    http = FakeHttp({ORIGIN: json_answer([])})

    with pytest.raises(SecretMissing):
        asyncio.run(salesforce.ask(salesforce.Means(http, bearer_secret("x"), 5.0, NOW), BEARER))
    assert http.asked == []
