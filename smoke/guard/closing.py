"""Say how a guarded deployment or a rollback ended: in the terminal, and to GitHub where that is."""

import os
import sys

from smoke.guard.story import MARKDOWN, Story
from smoke.outputs import github
from smoke.outputs.story import closing_lines
from smoke.outputs.terminal import Terminal


def show(story: Story) -> None:
    """Say how *story* ended, and where its report is."""
    data, report = story.to_json(), str(story.directory / MARKDOWN)
    lines = closing_lines(data, report, Terminal.on(sys.stdout, os.environ).style)
    sys.stdout.write("".join(f"{line}\n" for line in ["", *lines]))
    sys.stdout.flush()
    for warning in github.publish_story(data, report, os.environ, sys.stdout):
        sys.stdout.write(f"WARNING: {warning}\n")
