"""What a person needs to try the embedded stack by hand."""

import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from smoke.demo.dialect import Dialect
    from smoke.demo.process import Stack
    from smoke.environment import Environment

FOR_PEOPLE = ("--no-first-run", "--no-default-browser-check")


def how_to_reach(stack: "Stack", environment: "Environment", state: Path, default_state: Path) -> Iterator[str]:
    """Yield the lines: pages, accounts, a browser command that finds them, a curl command, and how to verify again."""
    ca = state / "demo" / "ca.pem"
    yield "The stack is still running, until Ctrl-C."
    yield ""
    for name, service in environment.services.items():
        host = service.url.removeprefix("https://")
        yield f"  {name:<10} {service.url:<38} at {stack.addresses.get(f'{host}:443', stack.addresses.get(host, ''))}"
    for role in environment.roles:
        user, password = (_read(state / "demo" / f"{role}-{part}") for part in ("user", "password"))
        yield f"  {role:<10} {user}   password {password}"
    yield ""
    yield f"in a browser:  {_browser(environment, state, ca)}"
    api = environment.services["bff"].url
    host = api.removeprefix("https://")
    address = stack.addresses.get(f"{host}:443", stack.addresses.get(host, ""))
    yield f"with curl:     curl --cacert {ca} --connect-to {host}:443:{address} {api}/health"
    prefix = "" if state == default_state else f"SMOKE_STATE_DIR={state} "
    yield f"deploy to it:  {prefix}.venv/bin/smoke guard portal/demo --release {state / 'demo' / 'release.toml'} \\"
    yield "                 -- smoke demo --deploy"
    yield f"verify again:  {prefix}.venv/bin/pytest -m demo"


def how_to_verify(stack: "Stack", dialect: "Dialect", state: Path, options: Sequence[str]) -> Iterator[str]:
    """Yield the lines for a stack that speaks another system's *dialect*: its hosts, and how to verify it again."""
    yield "The stack is still running, until Ctrl-C."
    yield ""
    for origin in dialect.origins:
        yield f"  {origin:<46} at {stack.addresses.get(origin.partition('://')[2], '')}"
    secrets = [f"{name}_FILE={state / 'demo' / file}" for name, file in dialect.secrets.items()]
    command = shlex.join([*secrets, ".venv/bin/smoke", "verify", dialect.environment, *options])
    yield f"verify again:  {command}"


def _browser(environment: "Environment", state: Path, ca: Path) -> str:
    from smoke.browser import executable
    from smoke.browser.launch import plan_launch
    from smoke.environment.connect_to import resolve_connect_to

    launch = plan_launch(environment, resolve_connect_to(environment.connect_to, state), ca, executable.find())
    wanted = ("--host-resolver-rules", "--ignore-certificate-errors-spki-list", "--no-sandbox")
    arguments = [one for one in launch.arguments if one.startswith(wanted)]
    program = launch.executable or "chromium"
    profile = f"--user-data-dir={state / 'demo' / 'profile'}"
    return shlex.join([program, *FOR_PEOPLE, profile, *arguments, environment.services["web"].url])


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8").strip()
