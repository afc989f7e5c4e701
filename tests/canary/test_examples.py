"""The worked examples are right in the eyes of the tools that would read them."""

import re
import shutil
import subprocess
import sys
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import kubernetes_validate  # type: ignore[import-untyped]
import pytest
import yaml
from cronsim import CronSim

from smoke.cli import parser
from tests.plugin.project import ROOT

EXAMPLES = ROOT / "examples" / "canary"
NAMES = ("crontab", "smoke-canary@.service", "smoke-canary@.timer", "cronjob.yaml", "github-canary.yml")


def text(name: str) -> str:
    """Return an example."""
    return (EXAMPLES / name).read_text("utf-8")


def minutes_apart(schedule: str) -> set[float]:
    """Return how many minutes lie between the starts of *schedule*."""
    ticks = CronSim(schedule, datetime(2026, 11, 25, 9, 1))  # noqa: DTZ001 - cron's own time
    return {(later - earlier).total_seconds() / 60 for earlier, later in pairwise(next(ticks) for _ in range(50))}


def test_each_is_documented() -> None:
    """There is no example of which the documentation does not tell, and none missing."""
    assert sorted(one.name for one in EXAMPLES.iterdir()) == sorted(NAMES)
    said = (ROOT / "docs" / "canary.md").read_text("utf-8")
    assert all(name in said for name in NAMES)


@pytest.mark.parametrize("name", [one for one in NAMES if not one.endswith(".timer")])
def test_the_commands_exist(name: str) -> None:
    """Every command line in an example is one that the CLI understands."""
    commands = re.findall(r"bin/smoke (canary [^>|\n]*?)(?: >>|\s*\|\||$)", text(name), re.MULTILINE)
    assert commands
    for command in commands:
        assert parser().parse_args(command.replace("%I", "portal/prod").split()).command == "canary"


def test_cron() -> None:
    """Every five minutes cron starts it, and a limit ends it before the next quarter of an hour."""
    (line,) = [one for one in text("crontab").splitlines() if one.startswith("*")]
    *fields, user, command = line.split(None, 6)
    assert minutes_apart(" ".join(fields)) == {5.0}
    assert user == "smoke"
    assert "timeout -k 30 840 " in command
    assert "%" not in command  # cron would end the command there
    assert "set -a && . ./smoke.env && " in command  # else nothing of that file reaches the canary


def test_kubernetes() -> None:
    """The CronJob is one of Kubernetes', strictly read; overlap, missed starts and the time limit are handled."""
    job = yaml.safe_load(text("cronjob.yaml"))
    kubernetes_validate.validate(job, "1.37", strict=True)
    spec = job["spec"]
    assert minutes_apart(spec["schedule"]) == {5.0}
    assert spec["concurrencyPolicy"] == "Forbid"
    assert 10 <= spec["startingDeadlineSeconds"] < 300
    assert spec["jobTemplate"]["spec"]["backoffLimit"] == 0
    assert spec["jobTemplate"]["spec"]["activeDeadlineSeconds"] < 900


def test_kubernetes_fits_the_image() -> None:
    """The CronJob calls the program where the image has it, and its user may write to every volume."""
    pod = yaml.safe_load(text("cronjob.yaml"))["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    image = (ROOT / "ci" / "Dockerfile").read_text("utf-8")
    (program,) = re.findall(r"(\S+)/bin/smoke ", container["args"][0])
    assert f"python -m venv {program}" in image
    assert f"WORKDIR {container['workingDir']}\n" in image
    assert pod["securityContext"]["fsGroup"] == pod["securityContext"]["runAsGroup"]


def test_github() -> None:
    """The workflow is sound and safe in zizmor's eyes, avoids full hours, and is not overtaken by itself."""
    zizmor = Path(sys.executable).with_name("zizmor")
    command = [str(zizmor), "--offline", "--no-progress", str(EXAMPLES / "github-canary.yml")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    workflow = yaml.safe_load(text("github-canary.yml"))
    (when,) = workflow[True]["schedule"]  # YAML 1.1 reads `on` as true
    assert minutes_apart(when["cron"]) == {15.0}
    assert not when["cron"].startswith("0")
    assert workflow["concurrency"]["cancel-in-progress"] is False
    assert workflow["jobs"]["look"]["timeout-minutes"] < 15


def test_systemd_makes_what_it_writes_to() -> None:
    """Nothing has to be there before the first start: systemd refuses a unit whose writable paths are missing."""
    unit = text("smoke-canary@.service")
    (made,) = re.findall(r"^StateDirectory=(.*)$", unit, re.MULTILINE)
    state, reports = (f"%S/{one}" for one in made.split())
    assert f"Environment=SMOKE_STATE_DIR={state}\n" in unit
    assert f"--reports {reports}\n" in unit
    assert "ReadWritePaths" not in unit


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_systemd(tmp_path: Path) -> None:
    """The units are right in systemd's eyes, and start it every five minutes."""
    for name in NAMES[1:3]:
        (tmp_path / name).write_text(text(name).replace("/opt/portal/.venv/bin/smoke", "/bin/true"), "utf-8")
    for unit in ("smoke-canary@portal-prod.service", "smoke-canary@portal-prod.timer"):
        done = subprocess.run(
            ["systemd-analyze", "verify", str(tmp_path / unit)], capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, "")
    (calendar,) = re.findall(r"^OnCalendar=(.*)$", text(NAMES[2]), re.MULTILINE)
    done = subprocess.run(["systemd-analyze", "calendar", calendar], capture_output=True, text=True, check=False)
    assert (done.returncode, "*:00/5:00" in done.stdout) == (0, True)
