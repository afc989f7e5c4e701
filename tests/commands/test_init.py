"""`smoke init`: from an address to a first verdict, on healthy, broken and hostile sites."""

import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from smoke.cli import main
from smoke.discovery import asking
from smoke.environment.environment import Limits
from tests.long import EARLY
from tests.plugin.project import Ended, Project
from tests.plugin.site import (
    COMMIT,
    Answer,
    Ask,
    Site,
    dripping,
    endless_body,
    endless_redirects,
    free_port,
    page,
    silent,
    status,
)

QUICK = Limits(concurrency=8, requests_per_s=500, connect_timeout_s=3, timeout_s=3, body_bytes=200_000, redirects=5)


def says(document: Any, code: int = 200) -> Answer:
    """Answer JSON."""
    return lambda ask: ask.say(code, json.dumps(document).encode(), content_type="application/json")


def shop() -> dict[str, Answer]:
    """Return a small shop: pages, health, commit, an API and what is guarded."""
    links = '<a href="/about">About</a><a href="/logout">Out</a><script src="/app.js"></script>'
    form = (
        '<form method="post" action="/session"><label for="u">Your mail</label><input id="u" name="mail" type="email">'
        '<input name="pass" type="password" aria-label="Password"><button>Sign in</button></form>'
    )
    return {
        "/": page("The Shop", links),
        "/about": page("About the Shop"),
        "/login": page("Welcome back", form),
        "/health": says({"status": "ok", "checks": {"database": "ok", "redis": "up"}}),
        "/version": says({"version": "1.2.3", "commitSha": COMMIT}),
        "/app.js": lambda ask: ask.say(200, b"let shop = 1;", content_type="text/javascript"),
        "/api": says({"products": 3, "name": "shop"}),
        "/admin": status(401, "no"),
        "/account": lambda ask: ask.say(302, b"", location="/login?next=/account"),
        "/logout": status(200, "gone"),
    }


def slowly(project: Project, command: str, *arguments: str) -> Ended:
    """Run a command of the CLI, with all the time that a busy machine may need."""
    return project.started_in_full(*project.command(command, *arguments), within_s=240.0)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the limits of the tests short."""
    monkeypatch.setattr(asking, "LIMITS", QUICK)


@pytest.fixture
def written(tmp_path: Path, site: Site) -> Callable[..., dict[str, Any]]:
    """Return a function that writes the file of *site* without a verdict, and reads it."""

    def write(*more: str) -> dict[str, Any]:
        place = tmp_path / "environments"
        chosen = ["init", site.url, "--name=shop/dev", f"--environments={place}", "--no-verify", *more]
        assert main(chosen) == 0
        return tomllib.loads((place / "shop" / "dev.toml").read_text("utf-8"))

    return write


@EARLY
def test_the_first_verdict(project: Project, site: Site) -> None:
    """A healthy site passes at once; what breaks afterwards is caught by the same file."""
    site.answers = shop()
    file = project.directory / "environments" / "shop" / "dev.toml"
    ended = slowly(project, "init", site.url, "--name=shop/dev", f"--environments={file.parents[1]}")
    assert (ended.status, ended.err) == (0, ""), ended
    assert ended.verdict["verdict"] == "pass"
    passed = {
        "health/web",
        "version/web",
        "page/home",
        "assets/web",
        "protected/admin",
        "protected/account",
        "read/api",
    }
    assert passed <= {name for name, outcome in ended.outcomes.items() if outcome == "passed"}
    assert "--sha" in ended.out
    assert site.asked["/logout"] == 0
    file.write_text(file.read_text("utf-8") + "\n[confirm]\npause_s = 0.1\n", "utf-8")  # nobody here needs a rest
    site.answers["/health"] = says({"status": "error", "checks": {"database": "down", "redis": "up"}}, 503)
    assert slowly(project, "verify", "shop/dev").status == 10
    site.answers = shop() | {"/app.js": status(404, "Not Found")}
    assert slowly(project, "verify", "shop/dev").status == 10
    site.answers = shop() | {"/account": page("Account")}
    assert slowly(project, "verify", "shop/dev").status == 10


def test_what_is_written(written: Callable[..., dict[str, Any]], site: Site, tmp_path: Path) -> None:
    """What was found stands in the file; what needs a decision is a comment, and no secret is anywhere."""
    site.answers = shop()
    made = written()
    assert made["tier"] == "dev"
    assert made["services"]["web"]["health"] == {"path": "/health", "components": "checks"}
    assert made["services"]["web"]["release"] == {"path": "/version", "commit": "commitSha", "version": "version"}
    assert [one["path"] for one in made["pages"]] == ["/", "/about", "/login"]
    assert made["assets"] == {"service": "web", "pages": ["/"]}
    assert {one["path"]: one.get("redirects_to") for one in made["protected"]} == {"/admin": None, "/account": "/login"}
    text = (tmp_path / "environments" / "shop" / "dev.toml").read_text("utf-8")
    for said in (
        '# path = "/session"',
        '# user_field = "mail"',
        '# user = "Your mail"',
        '# user = { env = "SMOKE_USER" }',
    ):
        assert said in text
    assert "login" not in made


def test_an_existing_file(
    written: Callable[..., dict[str, Any]], site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file that somebody may have worked on is replaced by demand only."""
    site.answers = shop()
    written()
    asked = site.asked.total()
    with pytest.raises(AssertionError):
        written()
    assert "--force" in capsys.readouterr().err
    assert site.asked.total() == asked
    written("--force")


def test_a_site_that_says_that_it_is_not_well(project: Project, site: Site) -> None:
    """An endpoint that tells that it is down is not left out for the sake of a green verdict."""
    site.answers = shop() | {"/health": says({"status": "error", "error": {"db": {"status": "down"}}}, 503)}
    place = project.directory / "environments"
    ended = slowly(project, "init", site.url, "--name=shop/dev", f"--environments={place}")
    assert ended.status == 10
    assert "says that it is not well" in ended.out


def test_debug_output_and_private_files(written: Callable[..., dict[str, Any]], site: Site) -> None:
    """What is open already is said, and demanded only once it is mended."""
    site.answers = shop() | {"/.env": status(200, "DB_PASSWORD=hunter2hunter2\nAPI_KEY=abcdefabcdef")}
    made = written()
    assert made["services"]["web"]["private"] == ["/.git/HEAD"]


def test_nothing_found(tmp_path: Path, site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """Where nothing can be verified the verdict holds, and says what to fill in."""
    site.answers = {"/": status(404, "nothing here")}
    assert main(["init", site.url, "--name=shop/dev", f"--environments={tmp_path / 'e'}"]) == 20
    said = capsys.readouterr().out
    assert "its home page answers HTTP 404" in said
    assert "INCONCLUSIVE: nothing was found that could be verified; fill in `health`" in said
    assert "# health = " in (tmp_path / "e" / "shop" / "dev.toml").read_text("utf-8")


def test_texts_that_change(written: Callable[..., dict[str, Any]], site: Site) -> None:
    """What differs from answer to answer is not promised."""

    def changing(ask: Ask) -> None:
        word = "abcdefghij"[ask.server.asked.total() % 10] * 5
        page(f"Offer {word}", "<h2>Our shop</h2>")(ask)

    site.answers = {"/": changing}
    assert written()["pages"][0]["contains"] == ["Our shop"]


ALIKE: dict[str, Answer] = {
    "page": page("Shop"),
    "json": says({"status": "ok"}),
    "word": status(200, "ok"),
    "not utf-8": lambda ask: ask.say(200, b"\xff\xfe<html>\xc3", content_type="text/html; charset=utf-8"),
    "deep json": lambda ask: ask.say(200, b"[" * 100_000, content_type="application/json"),
    "deep html": lambda ask: ask.say(200, b"<div>" * 30_000, content_type="text/html"),
    "errors": lambda ask: ask.say(500, b"Internal Server Error", content_type="text/plain"),
    "limited": lambda ask: ask.say(429, b"", retry_after="1"),
    "headers": lambda ask: ask.say(200, b"ok", **{f"x_{number}": "y" * 200 for number in range(60)}),
}


@pytest.mark.parametrize("everything", ALIKE.values(), ids=ALIKE)
def test_one_answer_to_everything(
    written: Callable[..., dict[str, Any]], site: Site, everything: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that says the same to every path has no endpoints, whatever it says."""
    monkeypatch.setattr(site, "answers", _Any(everything))
    made = written()
    (service,) = made["services"].values()
    assert not {"health", "release"} & set(service)
    assert "protected" not in made
    assert {one["path"] for kind in ("pages", "reads") for one in made.get(kind, [])} <= {"/"}


class _Any(dict[str, Answer]):
    """One answer to every path."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self._answer = answer

    def get(self, key: str, default: Any = None) -> Any:
        """Return the one answer."""
        return self._answer


def garbage(ask: Ask) -> None:
    """Speak another protocol."""
    ask.wfile.write(b"SSH-2.0-OpenSSH_9\r\n\r\n")


HOSTILE: dict[str, tuple[Answer, str]] = {
    "silent": (silent, "no complete answer within"),
    "dripping": (dripping, "no complete answer within"),
    "redirects": (endless_redirects, "redirected more than 5 times"),
    "elsewhere": (lambda ask: ask.say(302, b"", location="https://login.invalid/sso?back=1"), "nothing was seen"),
    "no http": (garbage, "not HTTP"),
}


@pytest.mark.parametrize(("everything", "said"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_servers(
    tmp_path: Path, site: Site, everything: Answer, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who cannot be looked at is told so in one sentence; nothing is written."""
    site.answers = _Any(everything)
    assert main(["init", site.url, f"--environments={tmp_path / 'e'}"]) == 4
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
    assert not (tmp_path / "e").exists()


def test_floods(written: Callable[..., dict[str, Any]], site: Site) -> None:
    """An answer without an end is cut, and is worth nothing."""
    site.answers = shop() | {"/health": endless_body, "/version": endless_body, "/about": endless_body}
    made = written()
    assert "health" not in made["services"]["web"]
    assert [one["path"] for one in made["pages"]] == ["/", "/login"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere.invalid"], "nothing was seen at https://nowhere.invalid"),
        ([f"127.0.0.1:{free_port()}"], "refused the connection; start the site, or correct the port"),
        (["ftp://example.com"], "not an http or https URL"),
        (["localhost:1", "--name=shop"], "SYSTEM/ENVIRONMENT"),
        (["localhost:1", "--ca=missing.pem"], "--ca missing.pem: there is no such file"),
    ],
)
def test_wrong_usage(tmp_path: Path, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What cannot be looked at is refused in one sentence with the remedy."""
    assert main(["init", *arguments, f"--environments={tmp_path / 'e'}"]) == 4
    assert said in capsys.readouterr().err
