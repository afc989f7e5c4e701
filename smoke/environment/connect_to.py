"""Send requests for one host and port to another, as curl's `--connect-to` does: TLS name and Host header stay."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator

from smoke.environment._model import FileReference, Kind
from smoke.environment.addresses import is_host
from smoke.errors import ConfigurationError

_PART = r"(\[[^\]]*\]|[^:\[\]]*)"
_RULE = re.compile(rf"^{_PART}:(\d*):{_PART}:(\d*)$")
_HIGHEST_PORT = 65535


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule; an empty host and a port None match everything on the left and keep the original on the right."""

    host: str
    port: int | None
    to_host: str
    to_port: int | None

    def matches(self, host: str, port: int) -> bool:
        """Tell whether a request for *host* and *port* is meant."""
        return self.host in {"", _bare(host)} and self.port in {None, port}


@dataclass(frozen=True, slots=True)
class ConnectTo:
    """All rules of a run; the first that matches counts."""

    rules: tuple[Rule, ...] = ()

    def target(self, host: str, port: int) -> tuple[str, int]:
        """Return the host (an IPv6 address without brackets) and the port to connect to."""
        for rule in self.rules:
            if rule.matches(host, port):
                return rule.to_host or host, rule.to_port or port
        return host, port


def parse_rule(text: str) -> Rule:
    """Read `HOST:PORT:HOST:PORT`; IPv6 addresses stand in brackets. Raises ValueError with what is wrong."""
    match = _RULE.match(text.strip())
    if match is None:
        raise ValueError(f"found {text!r}, but a rule reads HOST:PORT:HOST:PORT, with an IPv6 address in brackets")
    host, port, to_host, to_port = match.groups()
    for one in (host, to_host):
        if one and not is_host(_bare(one)):
            raise ValueError(f"found {text!r}, where {one!r} is not a host name or IP address")
    return Rule(_bare(host), _port(port, text), _bare(to_host), _port(to_port, text))


def parse_rules(texts: Iterable[str]) -> ConnectTo:
    """Read rules as the command line or an environment file gives them; raises ConfigurationError."""
    try:
        return ConnectTo(tuple(parse_rule(text) for text in texts))
    except ValueError as error:
        raise ConfigurationError(f"connect-to: {error}") from None


def resolve_connect_to(configured: Sequence[str] | FileReference, state: Path) -> ConnectTo:
    """
    Return the rules of an environment, read from the file it refers to (relative to *state*) if it does.

    Raises ConfigurationError when that file is missing, since then no stack is running, or when a rule is wrong.
    """
    if not isinstance(configured, FileReference):
        return parse_rules(configured)
    file = state / configured.file
    try:
        lines = file.read_text("utf-8").splitlines()
    except FileNotFoundError:
        raise ConfigurationError(
            f"connect_to: there is no file {file}, so no stack is running; start one with `smoke demo --keep`"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"connect_to: {file} cannot be read ({error}); check its permissions") from None
    return ConnectTo(tuple(_rules_of(file, lines)))


def _rules_of(file: Path, lines: Iterable[str]) -> Iterable[Rule]:
    for number, line in enumerate(lines, start=1):
        if line.strip() and not line.lstrip().startswith("#"):
            try:
                yield parse_rule(line)
            except ValueError as error:
                raise ConfigurationError(f"{file}:{number}: {error}") from None


def _bare(host: str) -> str:
    return host.strip("[]").lower()


def _port(digits: str, text: str) -> int | None:
    if not digits:
        return None
    if not 0 < int(digits) <= _HIGHEST_PORT:
        raise ValueError(f"found {text!r}, where {digits} is not a port between 1 and {_HIGHEST_PORT}")
    return int(digits)


def _checked(text: str) -> str:
    parse_rule(text)
    return text


ConnectRule = Annotated[str, AfterValidator(_checked), Kind("HOST:PORT:HOST:PORT")]
