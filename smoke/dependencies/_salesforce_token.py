"""
Get a token from Salesforce: client credentials, or a signed assertion (JWT bearer).

Facts (docs/wire-formats.md): client credentials work at the My Domain host only; the assertion is signed with RS256,
names the consumer as `iss`, the user as `sub` and the login host as `aud`, and ends after three minutes.
"""

from typing import Any

from smoke.dependencies.answer import Answer, by_status, down, json_of, refused, unknown, up
from smoke.environment.dependencies import SalesforceDirect
from smoke.environment.secrets import Reveal
from smoke.errors import SecretMissing
from smoke.http import Exchange, Request

NAME = "Salesforce"
PATH = "/services/oauth2/token"
WRITE = "dependency:salesforce"
BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
LIVES_S = 180
"""How long an assertion is good; Salesforce refuses such as last much longer."""

HINTS = {
    "not supported on this domain": "client credentials work at the My Domain address only, not at login. or test.",
    "no client credentials user": "name a user to run as in the app's client credentials settings",
    "hasn't approved this consumer": "let an administrator pre-authorise the user for the app",
    "audience is invalid": "sandboxes want audience = 'https://test.salesforce.com'",
    "invalid assertion": "the certificate of the app is another one, or this machine's clock is wrong",
    "expired authorization code": "the assertion came too late: this machine's clock may be wrong",
    "client identifier invalid": "no app of this org has that consumer key",
}
"""What descriptions of refusals contain, lower-case, and who can help; a hint for people, never evidence."""


def form_of(direct: SalesforceDirect, secret: Reveal, now: float) -> dict[str, str]:
    """Return the form that asks for a token; raises SecretMissing, also for a key that cannot sign."""
    client_id = secret(direct.client_id)
    if direct.client_secret is not None:
        return {
            "grant_type": "client_credentials",
            "client_id": client_id,
            "client_secret": secret(direct.client_secret),
        }
    assert direct.username is not None, "the model demands it where there is no client secret"
    assert direct.private_key is not None, "the model demands it where there is no client secret"
    claims = {"iss": client_id, "sub": secret(direct.username), "aud": direct.audience, "exp": int(now) + LIVES_S}
    return {"grant_type": BEARER, "assertion": _signed(claims, secret(direct.private_key))}


def request_of(origin: str, form: dict[str, str], timeout_s: float) -> Request:
    """Return the request for a token: a POST that changes nothing, and whose body is secret."""
    return Request("POST", origin + PATH, form=form, write=WRITE, secret_body=True, timeout_s=timeout_s)


def token_in(exchange: Exchange) -> tuple[str, str] | None:
    """Return the access token and the instance's origin, or None if there is no token."""
    answer = json_of(exchange)
    if exchange.failure or not exchange.is_ok or not isinstance(answer, dict):
        return None
    access, instance = answer.get("access_token"), answer.get("instance_url")
    if not isinstance(access, str) or not isinstance(instance, str) or not instance.startswith(("https://", "http://")):
        return None
    return access, instance.rstrip("/")


def read(exchange: Exchange) -> Answer:
    """Return what an answered request for a token proves; pure."""
    if token_in(exchange):
        return up("a token was issued")
    answer = json_of(exchange)
    if not isinstance(answer, dict):
        return by_status(NAME, exchange)
    if exchange.is_ok:
        return unknown(f"{NAME} answered the token request without access_token and instance_url")
    if exchange.is_server_error:
        return down(f"{NAME} answered the token request with {exchange.outline()}")
    said = _said(answer)
    hint = next((f"; {hint}" for text, hint in HINTS.items() if text in said.lower()), "")
    return refused(f"{NAME} issues no token to the verifier: {said or exchange.outline()}{hint}")


def _said(answer: dict[str, Any]) -> str:
    texts = (answer.get("error"), answer.get("error_description"))
    return ": ".join(text[:200] for text in texts if isinstance(text, str) and text)


def _signed(claims: dict[str, Any], key: str) -> str:
    import jwt  # here, since they load all of cryptography
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        # A key in a variable of one line, as many platforms keep it, has its line ends written out.
        loaded = load_pem_private_key(key.replace("\\n", "\n").encode(), password=None)
    except (ValueError, TypeError):
        loaded = None
    if not isinstance(loaded, RSAPrivateKey):
        raise SecretMissing(
            "the private key for Salesforce is no RSA key in PEM format without a password; "
            "give the one whose certificate the app has"
        )
    return jwt.encode(claims, loaded, algorithm="RS256")
