"""`smoke init URL…`: look at a running site, write its environment file and give the first verdict."""

import argparse
import os
import shlex
import sys
from pathlib import Path
from time import time
from typing import TYPE_CHECKING

from smoke import options
from smoke.commands import Commands
from smoke.environment import directory
from smoke.errors import ConfigurationError, UsageError
from smoke.verdict.words import EXIT_STATUS, Word

if TYPE_CHECKING:
    from smoke.discovery.draft import Draft
    from smoke.discovery.found import Found

NOTHING = "nothing was found that could be verified; fill in `health` or `[[pages]]` in"


ENVIRONMENTS = tuple(one for one in options.VERIFY if one.name == "--environments")


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser("init", help="look at a running site and write the environment file that verifies it")
    parser.add_argument("urls", metavar="URL", nargs="+", help="where the site runs; several for web and API")
    parser.add_argument("--name", metavar="SYSTEM/ENVIRONMENT", help="name of the environment (default: by the host)")
    parser.add_argument("--force", action="store_true", help="replace an environment file that is there already")
    parser.add_argument("--no-verify", action="store_true", help="write the file, and give no verdict yet")
    parser.add_argument("--ca", metavar="FILE", type=Path, help="CA bundle (PEM) that is trusted besides the system's")
    options.add(ENVIRONMENTS, parser.add_argument)


def run(chosen: argparse.Namespace) -> int:
    """Write the file and verify by it; returns the verdict's exit status, 0 without one."""
    from smoke.discovery import address, trial

    urls = list(dict.fromkeys(address.address_of(one) for one in chosen.urls))
    name = address.check_name(chosen.name or address.name_of(urls))
    place = _environments(chosen)
    file = place / f"{name}.toml"
    if file.exists() and not chosen.force:
        raise UsageError(f"{_shown(file)} is there already; choose another --name, or replace it with --force")
    if chosen.ca is not None and not chosen.ca.is_file():
        raise UsageError(f"--ca {chosen.ca}: there is no such file; give a file of PEM certificates")
    sys.stdout.write(f"looking at {', '.join(urls)} (reads only) …\n")
    sys.stdout.flush()
    services, made = _discover(chosen, urls, name)
    _write(file, made.text())
    number = trial.promised(made, name)
    sys.stdout.write("".join(f"  {line}\n" for line in _told(services)))
    sys.stdout.write(f"wrote {_shown(file)}: {_count(number, 'check')}; what is commented out says how to fill it in\n")
    if not number:
        sys.stdout.write(f"\nINCONCLUSIVE: {NOTHING} {_shown(file)} and run smoke verify {name}{_option(chosen)}\n")
        return 0 if chosen.no_verify else EXIT_STATUS[Word.INCONCLUSIVE]
    status = 0 if chosen.no_verify else _verify(chosen, name, place)
    binds = any(one.release.commit and f"version/{one.name}" in made.checks for one in services)
    sys.stdout.write(_next(chosen, name, file, binds=binds))
    return status


def _discover(chosen: argparse.Namespace, urls: list[str], name: str) -> "tuple[list[Found], Draft]":
    import anyio

    from smoke.discovery import address, asking, drafting, trial
    from smoke.discovery.found import found_at
    from smoke.discovery.fronts import limits_requests
    from smoke.http.client import HttpClient
    from smoke.record.run_directory import new_run_id

    run_id = f"init-{new_run_id()}"

    async def discover() -> "tuple[list[Found], Draft]":
        async with HttpClient(asking.settings(run_id, chosen.ca)) as http:
            sites = await asking.look_at_all(http, urls)
        found_urls = [one.url for one in sites]
        names = address.service_names(found_urls, pages=[bool(found_at("", one).pages) for one in sites])
        services = [found_at(*pair) for pair in zip(names, sites, strict=True)]
        command = shlex.join(["smoke", "init", *urls, *(["--name", chosen.name] if chosen.name else [])])
        ca = str(chosen.ca.absolute()) if chosen.ca else None
        wanted = drafting.Wanted(name, address.tier_of(name, found_urls), time(), command, ca)
        gentle = any(map(limits_requests, sites))
        async with HttpClient(asking.settings(run_id, chosen.ca, gentle=gentle)) as http:
            return services, await trial.tried(drafting.draft(wanted, services), name, http)

    return anyio.run(discover)


def _told(services: "list[Found]") -> list[str]:
    """Return what was found, a line for each service."""
    said = []
    for one in services:
        health = f"health at {one.health[0].path}" if one.health else "no health endpoint"
        commit = f"commit {one.release.commit[:7]}" if one.release.commit else "no commit told"
        commit = f"version {one.release.version}, {commit}" if one.release.version else commit
        login = f"a login form at {one.form.page}" if one.form else "no login form"
        said.append(f"{one.name:<6} {health}, {commit}, {_count(len(one.pages), 'page')}, {login}")
        home = one.site.first("/")
        if home is not None and home.is_error:
            said.append(f"{one.name:<6} its home page answers {home.outline()}")
        if one.unwell:
            said.append(f"{one.name:<6} {one.health[0].path} says that it is not well: {one.health[0].state.value}")
    return said


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _environments(chosen: argparse.Namespace) -> Path:
    """Return the directory of the environment files, which need not be there yet."""
    if chosen.smoke_environments is not None:
        return Path(chosen.smoke_environments).absolute()
    try:
        return directory.root(Path.cwd())
    except ConfigurationError:
        return Path.cwd() / directory.DIRECTORY


def _write(file: Path, text: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    except OSError as error:
        raise UsageError(
            f"{_shown(file)} cannot be written ({error.strerror}); name another directory with --environments"
        ) from None


def _verify(chosen: argparse.Namespace, name: str, place: Path) -> int:
    from smoke.cli import parser
    from smoke.commands.verify import supervised

    verify = parser(["verify"]).parse_args(["verify", name, f"--environments={place}"])
    sys.stdout.write(f"\nsmoke verify {name}{_option(chosen)}\n")
    sys.stdout.flush()
    return supervised(verify, os.environ)


def _next(chosen: argparse.Namespace, name: str, file: Path, *, binds: bool) -> str:
    """Return what to do next; *binds* tells whether something names the commit that is live."""
    verify = f"smoke verify {name}{_option(chosen)}"
    if binds:
        after = f'after each deploy   {verify} --sha "$GIT_SHA"'
    else:
        after = f"after each deploy   {verify}   (with --sha, once `release` says where the commit is told)"
    before = f"before each deploy  smoke prime {name}{_option(chosen)}"
    return f"\nnext   fill in what is commented out in {_shown(file)}, then\n       {before}\n       {after}\n"


def _option(chosen: argparse.Namespace) -> str:
    return f" --environments {chosen.smoke_environments}" if chosen.smoke_environments is not None else ""


def _shown(file: Path) -> str:
    here = Path.cwd()
    return str(file.relative_to(here)) if file.is_relative_to(here) else str(file)
