"""The files by which the demo environment finds the running stack; `environments/portal/demo.toml` names them."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from smoke.demo.release import Credential


class StateFiles:
    """The directory `demo` inside the state directory: private, rewritten at every start, removed at the end."""

    def __init__(self, state: Path) -> None:
        self.directory = state / "demo"

    def create(self) -> None:
        """Make the directories, readable by their owner alone."""
        self.directory.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.directory.mkdir(mode=0o700, exist_ok=True)

    def write(self, contents: Mapping[str, str]) -> None:
        """Write one file for each name, replacing what was there."""
        for name, text in contents.items():
            self._put(name, f"{text}\n", 0o600)

    def write_program(self, name: str, text: str) -> Path:
        """Write an executable file."""
        return self._put(name, text, 0o700)

    def write_json(self, name: str, content: Any) -> None:
        """Write *content* as JSON."""
        self._put(name, json.dumps(content, indent=1) + "\n", 0o600)

    def _put(self, name: str, text: str, mode: int) -> Path:
        path = self.directory / name
        half = path.with_name(f".{name}.new")
        with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w") as stream:
            stream.write(text)
        half.replace(path)
        return path


def credentials_of(verifier: Mapping[str, Credential]) -> dict[str, str]:
    """Return the files by which the verifier asks third parties itself; any token will do for those that only watch."""
    return {
        "salesforce-client-id": verifier["salesforce"].identifier,
        "salesforce-client-secret": verifier["salesforce"].secret,
        "whmcs-identifier": verifier["whmcs"].identifier,
        "whmcs-secret": verifier["whmcs"].secret,
        "watchers-token": verifier["whmcs"].identifier,
    }
