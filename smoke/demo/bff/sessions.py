"""Sessions: a signed cookie that names the customer."""

from itsdangerous import BadSignature, URLSafeTimedSerializer

COOKIE = "portal_session"
LIFETIME_S = 8 * 3600


class Sessions:
    """Signs and reads sessions with one secret; without a secret it can do neither."""

    def __init__(self, secret: str | None) -> None:
        self._serializer = URLSafeTimedSerializer(secret, salt="portal-session") if secret else None

    def issue(self, customer_id: int) -> str:
        """Return the session of a customer; raises RuntimeError without a secret."""
        if self._serializer is None:
            raise RuntimeError("secretOrPrivateKey must have a value")
        token = self._serializer.dumps({"sub": customer_id})
        return token if isinstance(token, str) else token.decode()

    def customer(self, token: str | None) -> int | None:
        """Return whom *token* names, or None when it proves nothing."""
        if self._serializer is None or not token:
            return None
        try:
            return int(self._serializer.loads(token, max_age=LIFETIME_S)["sub"])
        except (BadSignature, KeyError, TypeError, ValueError):
            return None
