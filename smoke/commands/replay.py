"""`smoke replay RUN_DIR`: recompute the verdict from the events of a run."""

import argparse
import json
import sys
from pathlib import Path
from time import time

from smoke.commands import Commands


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser("replay", help="recompute the verdict of a run from its events.jsonl")
    parser.add_argument("run_directory", metavar="RUN_DIR", type=Path, help="e.g. reports/portal/prod/latest")
    parser.add_argument("--json", action="store_true", help="print the whole verdict.json instead of its sentence")


def run(chosen: argparse.Namespace) -> int:
    """Print the verdict and return its exit status; nothing on disk is changed."""
    from smoke.record import events
    from smoke.record.recorder import UNFINISHED
    from smoke.verdict.decide import End, decide

    log = events.read(chosen.run_directory / events.FILE)
    verdict = decide(log.plan, log.findings, log.end or End(time(), UNFINISHED))
    if chosen.json:
        sys.stdout.write(json.dumps(verdict.to_json(), indent=2, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write(f"{verdict.word.upper()}: {verdict.action}. {verdict.summary}\n")
    return verdict.exit_status
