"""`smoke guard ENV --sha SHA -- COMMAND…`: deploy under guard, and roll back once where the release is at fault."""

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from smoke import options
from smoke.commands import Commands
from smoke.errors import UsageError

if TYPE_CHECKING:
    from smoke.environment import Environment
    from smoke.guard.looks import Looks
    from smoke.guard.story import Story
    from smoke.verdict.release import Release

DESCRIPTION = """\
Prime, run the deploy command that stands behind `--`, verify, and where the release is at fault run the rollback that
the environment file declares for the component, then prove that the release before is served again.
"""

EPILOG = """\
exit status: that of the verdict: 0 promoted; 10 the release is bad (rolled back, or said loudly why not); 20 nothing is
proven, nothing was rolled back; 4 wrong usage or configuration, nothing was deployed

The commands get SMOKE_SHA, SMOKE_PREVIOUS and SMOKE_ENVIRONMENT, a rollback SMOKE_COMPONENT and SMOKE_VERDICT too.
"""


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "guard",
        help="deploy under guard: prime, deploy, verify, and roll back once where the release is at fault",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        usage="%(prog)s [options] ENV --sha SHA -- COMMAND [ARGUMENT ...]",
    )
    parser.add_argument("environment", metavar="ENV", help="the environment, e.g. portal/prod")
    parser.add_argument(
        "--again", action="store_true", help="deploy although this release was rolled back, or a rollback never ended"
    )
    options.add((*options.VERIFY, *options.ONLY_VERIFY), parser.add_argument)


def run(chosen: argparse.Namespace) -> int:
    """Guard one deployment; raises UsageError or ConfigurationError before anything is changed."""
    from smoke.attestation import signing
    from smoke.guard.closing import show
    from smoke.guard.interruption import Interruption
    from smoke.guard.looks import Looks
    from smoke.guard.sequence import Guard
    from smoke.notify.background import Announcer
    from smoke.record.run_directory import new_run_id
    from smoke.running.choice import environment_of
    from smoke.running.places import state_of

    deploy = getattr(chosen, "command_line", ())
    if not deploy:
        raise UsageError("smoke guard needs the deploy command behind `--`, as in `-- ./deploy.sh`")
    environment, environ = environment_of(chosen, chosen.environment), signing.without_key(os.environ)
    release = _release(chosen)
    with Interruption() as interruption, Announcer(chosen, os.environ) as announce:
        looks = Looks(chosen, os.environ, chosen.smoke_run_id or new_run_id())
        story = _story(chosen, environment, release, looks)
        guard = Guard(
            environment=environment,
            state=state_of(chosen),
            environ=environ,
            looks=looks,
            story=story,
            interruption=interruption,
            deploy=deploy,
            release=release,
            announce=announce,
            manifest=Path(chosen.smoke_release).read_text(encoding="utf-8") if chosen.smoke_release else "",
            again=chosen.again,
        )
        status = guard.run()
        show(story)
        return status


def _release(chosen: argparse.Namespace) -> "Release":
    from smoke.running.choice import release_of

    release = release_of(chosen)
    if release.commit is None:
        raise UsageError("smoke guard needs the commit that is deployed: --sha SHA, or `commit` in --release FILE")
    return release


def _story(chosen: argparse.Namespace, environment: "Environment", release: "Release", looks: "Looks") -> "Story":
    from smoke.guard.story import Story
    from smoke.running.places import reports_directory

    directory = reports_directory(chosen) / environment.name / f"{looks.identifier}-guard"
    return Story(
        directory=directory, identifier=looks.identifier, environment=environment.name, sha=str(release.commit)
    )
