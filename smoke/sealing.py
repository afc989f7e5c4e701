"""
A baseline as one encrypted file, for another machine: sessions and the browser profile in it are secrets.

A line of JSON says of which environment and run it is; the rest is AES-GCM under a key that scrypt makes of a
passphrase. The line is authenticated with the rest, so that a baseline of staging cannot pass for one of production.
"""

import base64
import binascii
import io
import json
import os
import re
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from smoke.baseline import OUTCOMES, PROFILE, SESSIONS, directory_of
from smoke.errors import UsageError
from smoke.files import PRIVATE, replace_file

VARIABLE = "SMOKE_BASELINE_KEY"
SHORTEST_KEY = 16
LARGEST_BYTES = 64_000_000

_KIND = "smokegate baseline 1"
_PARTS = (OUTCOMES, SESSIONS, PROFILE)
_LONGEST_LINE = 4096
_ENVIRONMENT = re.compile(r"[a-z0-9][a-z0-9_.-]*/[a-z0-9][a-z0-9_.-]*")
_COST = 2**15


@dataclass(frozen=True, slots=True)
class Sealed:
    """Which baseline a file holds."""

    environment: str
    run_id: str


def seal(state: Path, environment: str, key: str, file: Path) -> Sealed:
    """Write the baseline of *environment* to *file*, encrypted; raises UsageError when there is none."""
    directory = directory_of(state, environment)
    content = _packed(directory, environment)
    run_id = str(json.loads((directory / OUTCOMES).read_text(encoding="utf-8")).get("run_id", ""))
    salt, nonce = os.urandom(16), os.urandom(12)
    line = _line(
        {"kind": _KIND, "environment": environment, "run_id": run_id, "salt": _text(salt), "nonce": _text(nonce)}
    )
    _write(file, line + _cipher(key, salt).encrypt(nonce, content, line))
    return Sealed(environment, run_id)


def unseal(state: Path, key: str, file: Path) -> Sealed:
    """Put the baseline in *file* into the state directory; raises UsageError for a wrong key or another file."""
    line, head, sealed = _read(file)
    from cryptography.exceptions import InvalidTag  # slow to import, and rarely needed

    try:
        content = _cipher(key, _bytes(head["salt"])).decrypt(_bytes(head["nonce"]), sealed, line)
    except InvalidTag:
        raise UsageError(
            f"{file}: cannot be opened; either {VARIABLE} is not the key it was exported with, or it was changed since"
        ) from None
    except (binascii.Error, ValueError) as error:
        raise _no_baseline(file) from error
    _unpack(content, directory_of(state, str(head["environment"])))
    return Sealed(str(head["environment"]), str(head["run_id"]))


def key_from(environ: Mapping[str, str], state: Path) -> str:
    """Return the key that `SMOKE_BASELINE_KEY` (or the file in `SMOKE_BASELINE_KEY_FILE`) holds; raises UsageError."""
    from smoke.environment.secrets import Secret, resolve
    from smoke.errors import SecretMissing

    try:
        key = resolve(Secret(env=VARIABLE), environ=environ, state=state)
    except SecretMissing as missing:
        raise UsageError(f"a baseline travels encrypted: {missing}") from missing
    if len(key) < SHORTEST_KEY:
        raise UsageError(
            f"{VARIABLE} is too short for a key; use at least {SHORTEST_KEY} characters, as of `openssl rand -hex 32`"
        )
    return key


def _packed(directory: Path, environment: str) -> bytes:
    if not (directory / OUTCOMES).is_file():
        raise UsageError(f"there is no baseline of {environment} in {directory}; run `smoke prime {environment}` first")
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name in _PARTS:
            if (directory / name).is_file():
                archive.add(directory / name, arcname=name, recursive=False)
    return packed.getvalue()


def _unpack(content: bytes, directory: Path) -> None:
    """Replace the baseline by that in *content*, whose parts are known by name; nothing else is taken."""
    try:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tarfile.open(fileobj=io.BytesIO(content)) as archive:
            for name in reversed(_PARTS):  # outcomes last: they name the run
                member = archive.extractfile(name) if name in archive.getnames() else None
                if member is None:
                    (directory / name).unlink(missing_ok=True)
                else:
                    _write(directory / name, member.read())
    except OSError as error:
        raise UsageError(f"{directory}: cannot be written ({error.strerror}); set SMOKE_STATE_DIR") from error


def _read(file: Path) -> tuple[bytes, dict[str, Any], bytes]:
    try:
        if file.stat().st_size > LARGEST_BYTES:
            raise _no_baseline(file)
        content = file.read_bytes()
    except OSError as error:
        raise UsageError(
            f"{file}: cannot be read ({error.strerror}); name a file of `smoke baseline export`"
        ) from error
    line, newline, _ = content[:_LONGEST_LINE].partition(b"\n")
    try:
        head = json.loads(line) if newline else None
    except ValueError as error:
        raise _no_baseline(file) from error
    keys = ("environment", "run_id", "salt", "nonce")
    if not isinstance(head, dict) or head.get("kind") != _KIND:
        raise _no_baseline(file)
    if not all(isinstance(head.get(one), str) for one in keys) or not _ENVIRONMENT.fullmatch(head["environment"]):
        raise _no_baseline(file)
    return line + b"\n", head, content[len(line) + 1 :]


def _cipher(key: str, salt: bytes) -> Any:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # slow to import, and rarely needed
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    return AESGCM(Scrypt(salt=salt, length=32, n=_COST, r=8, p=1).derive(key.encode()))


def _write(file: Path, content: bytes) -> None:
    try:
        replace_file(file, content, PRIVATE)
    except OSError as error:
        raise UsageError(f"{file}: cannot be written ({error.strerror}); name another file") from error


def _line(head: Mapping[str, str]) -> bytes:
    return json.dumps(head).encode() + b"\n"


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def _no_baseline(file: Path) -> UsageError:
    return UsageError(f"{file}: is no exported baseline; name a file of `smoke baseline export`")
