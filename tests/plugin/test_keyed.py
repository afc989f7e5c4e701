"""A whole site behind a key, verified in one process and in several: nothing it leaves behind tells the key."""

from pathlib import Path

import pytest

from tests.plugin.project import Project
from tests.plugin.site import COMMIT, Answer, Ask, Site, status

KEY = "key-of-the-client-1f3a9c"
HEADERS = 'headers = { X-API-Key = { env = "SHOP_KEY" } }'
WAYS = pytest.mark.parametrize("ways", [[], ["-n2"]], ids=["alone", "xdist"])


@pytest.fixture
def keyed(project: Project, site: Site) -> Path:
    """Let the whole site want a key, and the environment file send it; returns where everything is left."""

    def behind(answer: Answer) -> Answer:
        def guarded(ask: Ask) -> None:
            chosen = answer if ask.headers.get("X-API-Key") == KEY else status(401, "Unauthorized")
            chosen(ask)

        return guarded

    site.answers = {path: behind(answer) for path, answer in site.answers.items()}
    file = project.environment("shop/prod", site)
    written = file.read_text("utf-8").replace("replicas = 1\n", f"replicas = 1\n{HEADERS}\n")
    file.write_text(written.replace(f'control = ["http://localhost:{site.port}/"]\n', ""), "utf-8")
    return project.directory


def left_behind(directory: Path) -> list[Path]:
    """Return the files that hold the key."""
    return [one for one in directory.rglob("*") if one.is_file() and KEY.encode() in one.read_bytes()]


@WAYS
def test_let_in(project: Project, keyed: Path, ways: list[str]) -> None:
    """With the key every check passes, and neither baseline, reports nor output hold it."""
    project.variables["SHOP_KEY"] = KEY
    primed = project.smoke("prime", "shop/prod")
    ended = project.pytest("-m", "prod", "--sha", COMMIT, *ways)
    assert (ended.status, set(ended.outcomes.values())) == (0, {"passed"}), ended.out
    assert KEY not in f"{primed.out}{primed.err}{ended.out}{ended.err}"
    assert left_behind(keyed) == []


@WAYS
def test_nobody_provides_the_key(project: Project, site: Site, keyed: Path, ways: list[str]) -> None:
    """Without it the verdict holds, names the variable, and nothing is blamed on the release."""
    ended = project.pytest("-m", "prod", "--sha", COMMIT, *ways)
    assert ended.status == 20, ended.out
    assert {one["cause"] for one in ended.verdict["reasons"]} == {"credentials"}
    assert (
        "requests to web carry X-API-Key, but the variable SHOP_KEY is not set; set SHOP_KEY"
        in (ended.verdict["summary"])
    )
    assert sum(site.asked.values()) == 0
    assert keyed.exists()


def test_the_key_is_refused(project: Project, keyed: Path) -> None:
    """A key that nothing accepts is in no evidence either."""
    project.variables["SHOP_KEY"] = KEY.replace("1f", "2f")
    ended = project.pytest("-m", "prod", "--sha", COMMIT)
    assert ended.status != 0
    assert [one for one in keyed.rglob("*") if one.is_file() and b"client-2f3a9c" in one.read_bytes()] == []
