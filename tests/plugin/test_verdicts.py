"""What a session of the suite finds, says and exits with, in one process and in several."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.plugin.project import ACCOUNT, ROOT, Project
from tests.plugin.site import COMMIT, PREVIOUS, Site, free_port, page, status

WAYS: tuple[list[str], ...] = ([], ["-n2"])
"""One process, and several."""

SCHEMA = json.loads((ROOT / "smoke" / "verdict" / "schema.json").read_text("utf-8"))


def causes(verdict: dict[str, Any]) -> dict[str, str]:
    """Return the causes of the verdict's reasons, by check."""
    return {one["check"]: one["cause"] for one in verdict["reasons"]}


@pytest.fixture(params=WAYS, ids=["alone", "xdist"])
def ways(request: pytest.FixtureRequest) -> list[str]:
    """Return the arguments of each way to run a session."""
    found: list[str] = request.param
    return found


def test_green(project: Project, site: Site, ways: list[str]) -> None:
    """A healthy release passes: exit status 0, every check passed, every request made once, nothing left behind."""
    project.environment("shop/prod", site)
    ended = project.pytest("-m", "prod", "--sha", COMMIT, *ways)
    assert (ended.status, ended.err) == (0, "")
    assert set(ended.outcomes.values()) == {"passed"}
    assert len(ended.outcomes) == 11
    assert ended.verdict["complete"]
    assert set(ended.verdict["release"]["observed"]["web"]["commits"]) == {COMMIT}
    jsonschema.validate(ended.verdict, SCHEMA)
    assert {path: site.asked[path] for path in ("/terms", "/account", "/items")} == {
        "/terms": 1,
        "/account": 1,
        "/items": 1,
    }
    assert "PASS: promote" in ended.out
    assert not list(project.directory.glob("smokegate-*"))


def test_all_results_are_there(project: Project, site: Site) -> None:
    """A run's directory holds everything that derives from its verdict, and `latest` leads to it."""
    project.environment("shop/prod", site)
    project.pytest("-m", "prod", "--run-id", "one")
    latest = project.reports / "shop" / "prod" / "latest"
    assert latest.resolve().name == "one"
    names = {"verdict.json", "events.jsonl", "junit.xml", "allure-results", "browser", "summary.md", "report.html"}
    assert names <= {one.name for one in latest.iterdir()}


def test_red(project: Project, site: Site, ways: list[str]) -> None:
    """A broken page is the release's doing: exit status 10, looked at twice, with the page among the reasons alone."""
    site.answers["/terms"] = status(500, "Internal Server Error")
    project.environment("shop/prod", site)
    ended = project.pytest("-m", "prod", "--sha", COMMIT, *ways)
    assert ended.status == 10
    assert causes(ended.verdict) == {"page/terms": "release"}
    assert ended.checks["page/terms"]["rounds"] >= 2
    assert ended.verdict["action"] == "rollback"
    assert ended.verdict["release"]["expected"] == COMMIT
    assert "FAIL: roll back" in ended.out
    assert "page/terms" in ended.out
    jsonschema.validate(ended.verdict, SCHEMA)


def test_a_passing_fault_is_no_failure(project: Project, site: Site) -> None:
    """One failed answer among good ones is noted, and condemns nobody."""
    healthy, asked = site.answers["/terms"], []

    def once_broken(ask: Any) -> None:
        asked.append(ask.path)
        (status(502, "Bad Gateway") if len(asked) == 1 else healthy)(ask)

    site.answers["/terms"] = once_broken
    project.environment("shop/prod", site)
    ended = project.pytest("-m", "prod")
    assert ended.status == 0
    assert len(asked) > 1
    assert any("page/terms" in one for one in ended.verdict["warnings"])


def test_the_wrong_commit(project: Project, site: Site, ways: list[str]) -> None:
    """A release that does not come to be served fails, and what it would have to serve is not looked at."""
    site.commit = PREVIOUS
    project.environment("shop/prod", site, within_s=3)
    ended = project.pytest("-m", "prod", "--sha", COMMIT, *ways)
    assert ended.status == 10
    assert causes(ended.verdict) == {"converge/web": "release"}
    assert ended.outcomes["page/terms"] == "skipped"
    assert site.asked["/terms"] == 0


def test_a_missing_secret(project: Project, site: Site, ways: list[str]) -> None:
    """What needs a secret that is not there is undecided, and the verdict names the variable to set."""
    project.environment("shop/prod", site, ACCOUNT)
    ended = project.pytest("-m", "prod", *ways)
    assert ended.status == 20
    assert set(causes(ended.verdict).values()) == {"credentials"}
    assert "SHOP_USER" in ended.checks["login/customer"]["message"]


def test_secrets_do_not_leave_a_worker(project: Project, site: Site, ways: list[str]) -> None:
    """A site that repeats a password in its answers does not get it into anything that is written or shown."""
    password = "correct-horse-battery"
    site.answers["/login"] = status(500, f"cannot log in with {password}")
    site.answers["/terms"] = page(f"Error: {password}")
    project.environment("shop/prod", site, ACCOUNT)
    project.variables |= {"SHOP_USER": "smoke@example.com", "SHOP_PASSWORD": password}
    ended = project.pytest("-m", "prod", "-v", *ways)
    assert ended.status in {10, 20}
    assert password not in ended.out + ended.err
    holding = [file for file in project.reports.rglob("*") if file.is_file() and password.encode() in file.read_bytes()]
    assert holding == []


def test_no_network(project: Project, site: Site, ways: list[str]) -> None:
    """Where neither the target nor a control host is reached, this machine is to blame, and soon so."""
    nowhere = f"http://127.0.0.1:{free_port()}"
    project.environment("shop/prod", site, url=nowhere, control=f"http://localhost:{free_port()}/", budget_s=60)
    ended = project.pytest("-m", "prod", *ways)
    assert ended.status == 20
    assert set(causes(ended.verdict).values()) == {"runner"}
    assert ended.verdict["duration_s"] < 30


def test_no_names(project: Project, site: Site) -> None:
    """Where no name resolves, this machine is to blame, and soon so."""
    project.environment("shop/prod", site, url="https://shop.invalid", control="https://status.invalid/", budget_s=60)
    ended = project.pytest("-m", "prod")
    assert ended.status == 20
    assert set(causes(ended.verdict).values()) == {"runner"}
    assert ended.verdict["duration_s"] < 30


def test_only_the_target_is_down(project: Project, site: Site) -> None:
    """Where a control host is reached and the target is not, the release is to blame."""
    project.environment("shop/prod", site, url=f"http://127.0.0.1:{free_port()}")
    ended = project.pytest("-m", "prod", "--sha", COMMIT)
    assert ended.status == 10
    assert causes(ended.verdict) == {"converge/web": "release"}


def test_the_release_is_replaced_meanwhile(project: Project, site: Site, ways: list[str]) -> None:
    """Another commit after the last check is seen, whichever process took the first census."""
    healthy = site.answers["/items"]

    def replaced(ask: Any) -> None:
        site.commit = PREVIOUS
        healthy(ask)

    site.answers["/items"] = replaced
    project.environment("shop/prod", site)
    ended = project.pytest("-m", "prod and shop", *ways)
    assert ended.status == 10
    assert ended.outcomes["confirm/web"] == "failed"


def test_the_repositorys_own_production(project: Project, tmp_path: Path) -> None:
    """`pytest -m prod` on a machine without network holds, blames this machine and not the release, within 30 s."""
    project.variables["SMOKE_STATE_DIR"] = str(tmp_path / "state")
    ended = project.run("-m", "pytest", "-m", "prod", f"--reports={project.reports}", *_off_the_network())
    assert ended.status == 20
    assert "portal/prod" in ended.verdicts
    for verdict in ended.verdicts.values():
        found = causes(verdict)
        assert {cause for check, cause in found.items() if check.startswith("converge/")} == {"runner"}
        assert "release" not in found.values()
        assert verdict["duration_s"] < 30
    again = [one for verdict in ended.verdicts.values() for one in verdict["checks"] if "-again/" in one["id"]]
    ends = [one["started_at"] + one["duration_s"] for one in again]
    assert max(one["started_at"] for one in again) < min(ends), "the last looks are taken at all environments at once"


def _off_the_network() -> list[str]:
    """Lead every connection to a port of this machine on which nothing listens."""
    return [f"--connect-to=::127.0.0.1:{free_port()}"]
