"""`smoke rollback ENV`: roll back the release that the last verdict condemns, once, and prove it."""

import argparse
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from smoke import options
from smoke.commands import Commands
from smoke.errors import UsageError
from smoke.verdict.words import EXIT_STATUS, Word

if TYPE_CHECKING:
    from smoke.guard.looks import Look
    from smoke.guard.restoration import Restoration
    from smoke.guard.story import Story

OFFERED = tuple(
    one
    for one in (*options.VERIFY, *options.ONLY_VERIFY)
    if one.name not in {"--sha", "--previous", "--release", "--soak"}
)

EPILOG = """\
exit status: 0 the release before is proven to be served again; 10 it is not; 20 it was rolled back already, or another
deployment is being guarded; 4 wrong usage or configuration, or a verdict that calls for no rollback
"""


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "rollback",
        help="roll back what the last verdict condemns, once, and prove that the release before is served again",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("environment", metavar="ENV", help="the environment, e.g. portal/prod")
    parser.add_argument(
        "--run", type=Path, metavar="RUN_DIR", help="the run that condemned it (default: the last one, `latest`)"
    )
    parser.add_argument(
        "--again", action="store_true", help="roll back although it was done already, or a rollback never ended"
    )
    options.add(OFFERED, parser.add_argument)
    parser.set_defaults(smoke_sha=None, smoke_previous=None, smoke_release=None, smoke_soak=None)


def run(chosen: argparse.Namespace) -> int:
    """Roll back; raises UsageError where no verdict is found, or it is about something else."""
    from smoke.attestation import signing
    from smoke.guard.closing import show
    from smoke.guard.interruption import Interruption
    from smoke.guard.looks import Look, Looks
    from smoke.guard.restoration import Restoration
    from smoke.notify.announce import announce
    from smoke.record.run_directory import new_run_id, read_verdict
    from smoke.running.choice import environment_of
    from smoke.running.places import reports_directory, state_of

    environment = environment_of(chosen, chosen.environment)
    reports = reports_directory(chosen) / environment.name
    directory = (chosen.run or reports / "latest").resolve()
    failed = Look(EXIT_STATUS[Word.FAIL], directory, read_verdict(directory) or {})
    release = _condemned(failed, environment.name)
    with Interruption() as interruption:
        looks = Looks(chosen, os.environ, chosen.smoke_run_id or new_run_id())
        story = _story(reports / f"{looks.identifier}-rollback", looks.identifier, environment.name, release)
        story.facts["verdict"] = failed.told()
        restoration = Restoration(
            environment=environment,
            state=state_of(chosen),
            environ={**signing.without_key(os.environ), **story.variables(), **failed.variables()},
            looks=looks,
            story=story,
            interruption=interruption,
            announce=lambda event: announce(event, chosen, os.environ),
        )
        _restore(restoration, failed, again=chosen.again)
        show(story)
        word = {"restored": Word.PASS, "not restored": Word.FAIL}.get(story.outcome, Word.INCONCLUSIVE)
        return EXIT_STATUS[word]


def _restore(restoration: "Restoration", failed: "Look", *, again: bool) -> None:
    """Roll back, unless it was done already."""
    from smoke.guard import turn

    state, story = restoration.state, restoration.story
    try:
        with turn.turn(state, story.environment):
            if not again:
                turn.object_to(state, story.environment, story.sha)
            restoration.restore(failed)
    except turn.Refused as refusal:
        story.conclude("refused", f"Nothing was rolled back: {refusal}.")


def _story(directory: Path, identifier: str, environment: str, release: Mapping[str, Any]) -> "Story":
    from smoke.guard.story import Story

    sha, previous = (str(release[key] or "") for key in ("expected", "previous"))
    return Story(directory, identifier, environment, sha, previous)


def _condemned(failed: "Look", environment: str) -> Mapping[str, Any]:
    """Return the release of a verdict that calls for a rollback; raises UsageError for any other."""
    verdict = failed.verdict
    if not verdict:
        raise UsageError(f"{failed.directory}: there is no verdict; name the run that condemned the release with --run")
    if verdict["environment"] != environment:
        raise UsageError(f"{failed.directory}: is about {verdict['environment']}, not {environment}")
    if verdict["verdict"] != Word.FAIL:
        raise UsageError(f"{failed.directory}: the verdict is {verdict['verdict']}, so nothing is to be rolled back")
    if not verdict.get("rollback_helps", True):
        raise UsageError(f"{failed.directory}: a rollback would not help: {verdict.get('advice', '')}")
    release: Mapping[str, Any] = verdict["release"]
    return release
