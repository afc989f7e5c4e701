"""Sign the verdict of a run where a key is configured; what goes wrong is a warning and never changes the verdict."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from smoke.errors import SecretMissing, UsageError
from smoke.record.run_directory import VERDICT

FILE = "verdict.intoto.json"
VARIABLE = "SMOKE_SIGNING_KEY"


def configured(environ: Mapping[str, str]) -> bool:
    """Tell whether somebody wants verdicts to be signed."""
    return VARIABLE in environ or f"{VARIABLE}_FILE" in environ


def without_key(environ: Mapping[str, str]) -> dict[str, str]:
    """Return *environ* without the key: who talks to a target, or runs a browser, has no use for it."""
    return {name: value for name, value in environ.items() if name not in {VARIABLE, f"{VARIABLE}_FILE"}}


def sign(directory: Path, environ: Mapping[str, str]) -> str | None:
    """
    Write the signed statement about the verdict in *directory* beside it; returns a warning when that could not be.

    A statement about another verdict is removed, so that none is ever there that does not belong.
    """
    if not configured(environ):
        return None
    from smoke.files import replace_file  # what is imported here is slow, and needed only where a key is

    try:
        (directory / FILE).unlink(missing_ok=True)
        content = (directory / VERDICT).read_bytes()
        replace_file(directory / FILE, _signed(content, json.loads(content), _key(directory, environ)))
    except (SecretMissing, UsageError) as error:
        return f"the verdict was not signed: {error}"
    except OSError as error:
        return f"the verdict was not signed: {error.strerror or error}"
    except (ValueError, LookupError, TypeError) as error:
        return f"the verdict was not signed: verdict.json is damaged ({type(error).__name__})"
    return None


def _key(directory: Path, environ: Mapping[str, str]) -> str:
    from smoke.environment import secrets
    from smoke.environment.secrets import Secret

    return secrets.resolve(Secret(env=VARIABLE), environ=environ, state=directory)


def _signed(content: bytes, verdict: Mapping[str, Any], key: str) -> bytes:
    from smoke.attestation import envelope, statement

    said = statement.statement_of(verdict, hashlib.sha256(content).hexdigest())
    try:
        return envelope.sealed(json.dumps(said).encode(), statement.PAYLOAD_TYPE, key)
    except UsageError as error:
        raise UsageError(f"{VARIABLE} {error}; make one with `openssl genpkey -algorithm ed25519`") from error
