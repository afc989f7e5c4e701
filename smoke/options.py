"""The long options that `smoke verify` and the pytest plugin share, declared once."""

from argparse import ArgumentTypeError, Namespace
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MOST_WORKERS = 64
"""More processes than this would only fight for the machine."""


def workers(text: str) -> int:
    """Return the number of workers that *text* says; raises ArgumentTypeError for what no machine should start."""
    if not text.isascii() or not text.isdigit() or len(text) > len("64") or int(text) > MOST_WORKERS:
        raise ArgumentTypeError(f"found {text!r}, but a whole number from 0 to {MOST_WORKERS} is needed")
    return int(text)


def seconds(text: str) -> float:
    """Return the number that *text* says; raises ArgumentTypeError for anything else."""
    try:
        return float(text)
    except ValueError:
        raise ArgumentTypeError(f"found {text!r}, but a number of seconds is needed, such as 120") from None


@dataclass(frozen=True, slots=True)
class Option:
    """One long option in argparse's terms."""

    name: str
    help: str
    metavar: str | None = None
    settings: dict[str, Any] = field(default_factory=dict)

    @property
    def destination(self) -> str:
        """The attribute under which its value is kept, prefixed to stay clear of other plugins."""
        return "smoke_" + self.name.lstrip("-").replace("-", "_")


VERIFY = (
    Option("--sha", "commit that must be live; without it what is live is reported and replicas must agree", "SHA"),
    Option("--previous", "commit that was live before the deploy", "SHA"),
    Option("--release", "release manifest (TOML): commit, version, declared changes", "FILE"),
    Option("--budget", "the whole run's time limit, instead of the environment file's", "SECONDS", {"type": seconds}),
    Option(
        "--soak",
        "how long to watch on once the release has settled, instead of the environment file's; 0 is not at all",
        "SECONDS",
        {"type": seconds},
    ),
    Option(
        "--connect-to",
        "send requests for HOST:PORT to another address, as in curl; repeatable",
        "HOST:PORT:HOST:PORT",
        {"action": "append", "default": []},
    ),
    Option(
        "--set",
        "value of a parameter that the environment file leaves open, e.g. N=123; repeatable",
        "NAME=VALUE",
        {"action": "append", "default": []},
    ),
    Option("--ca", "an extra CA bundle (PEM), instead of the environment file's", "FILE", {"type": Path}),
    Option("--environments", "directory of the environment files (default: environments)", "DIR", {"type": Path}),
    Option("--reports", "directory for the results (default: reports)", "DIR", {"type": Path}),
    Option("--run-id", "name of this run's directory (default: time and a random part)", "ID"),
)
"""For `smoke verify` and pytest alike."""

ONLY_PYTEST = (
    Option("--environment", "only this environment, e.g. portal/prod", "SYSTEM/ENVIRONMENT"),
    Option("--prime", "record what the checks see as the baseline, before a deploy", None, {"action": "store_true"}),
)
"""What the CLI says with a sub-command or an argument."""

ONLY_VERIFY = (
    Option(
        "--workers",
        "spread the journeys over this many processes (default: one process makes everything)",
        "N",
        {"type": workers, "default": 0},
    ),
)
"""For the supervised commands; with pytest it is xdist's `-n`."""


def add(options: tuple[Option, ...], add_option: Callable[..., Any]) -> None:
    """Declare *options* through *add_option*, argparse's `add_argument` or pytest's `addoption`."""
    for one in options:
        metavar = {"metavar": one.metavar} if one.metavar else {}
        add_option(one.name, dest=one.destination, help=one.help, **metavar, **one.settings)


def repeat(options: tuple[Option, ...], chosen: Namespace) -> Iterator[str]:
    """Yield the arguments that say again what *chosen* holds, for a child process."""
    for one in options:
        value = getattr(chosen, one.destination)
        for said in value if isinstance(value, list) else [value]:
            if said is not None:
                yield f"{one.name}={said}"
