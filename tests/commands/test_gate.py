"""`smoke gate` as the job that promotes uses it: real processes, real runs, one sentence."""

import base64
import json
import subprocess
from pathlib import Path
from shutil import copytree

import pytest

from tests.attestation.keys import pair
from tests.nursery import Nursery
from tests.plugin.project import Ended, Project
from tests.plugin.site import COMMIT, PREVIOUS, Site, page, serving, status

PRIVATE, PUBLIC = pair()


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory, processes: Nursery) -> Path:
    """Return the run directories of a signed pass, a fail, a partial selection and a look without a commit."""
    project = Project(tmp_path_factory.mktemp("recorded"), processes, {"SMOKE_SIGNING_KEY": PRIVATE})
    with serving() as site:
        project.environment("shop/prod", site)
        verify(project, site, 0, "pass", "--sha", COMMIT)
        verify(project, site, 10, "fail", "--sha", COMMIT)
        verify(project, site, 0, "live")
        assert project.pytest("-m", "prod and immediate", "--sha", COMMIT, "--run-id=part").status == 20
    return project.reports / "shop" / "prod"


def verify(project: Project, site: Site, expected: int, run_id: str, *arguments: str) -> None:
    """Record one run."""
    site.answers["/terms"] = status(500, "broken") if expected else page("Terms")
    ended = project.smoke("verify", "shop/prod", "--run-id", run_id, *arguments)
    assert (ended.status, ended.err) == (expected, "")


def gate(project: Project, run: Path, *arguments: str, environment: str = "shop/prod", sha: str = COMMIT) -> Ended:
    """Ask about *run*."""
    return project.smoke("gate", str(run), f"--environment={environment}", f"--sha={sha}", *arguments)


def refusal(ended: Ended) -> str:
    """Return the one sentence with which *ended* refused."""
    assert (ended.status, ended.err) == (20, "")
    assert len(ended.out.splitlines()) == 1
    assert ended.out.startswith("REFUSED: hold. Asked for a pass of shop/")
    return ended.out


def test_pass_and_fail(project: Project, recorded: Path) -> None:
    """A sound pass is 0 and a sound fail 10, with the sentence of the verdict."""
    promoted = gate(project, recorded / "pass")
    assert (promoted.status, promoted.err) == (0, "")
    assert promoted.out.startswith("PASS: promote (shop/prod at 9f1c2ab, ")
    rolled_back = gate(project, recorded / "fail" / "verdict.json", "--max-age", "1d", sha=COMMIT[:9])
    assert (rolled_back.status, rolled_back.err) == (10, "")
    assert rolled_back.out.startswith("FAIL: roll back web (")
    assert "page/terms" in rolled_back.out


@pytest.mark.parametrize(
    ("run", "said"),
    [
        ("part", "only a part was verified"),
        ("live", "names no commit"),
        ("none", "there is no"),
        ("none/verdict.json", "there is no"),
    ],
)
def test_refused(project: Project, recorded: Path, run: str, said: str) -> None:
    """Neither a part, nor a look at whatever is live, nor nothing at all is a pass."""
    assert said in refusal(gate(project, recorded / run))


def test_another_environment_or_commit(project: Project, recorded: Path) -> None:
    """What was found for another place or release is refused, with the command that would find it."""
    said = refusal(gate(project, recorded / "pass", environment="shop/staging"))
    assert f"`smoke verify shop/staging --sha {COMMIT}`" in said
    assert "about the commit 9f1c2ab" in refusal(gate(project, recorded / "fail", sha=PREVIOUS))


def test_stale(project: Project, recorded: Path, tmp_path: Path) -> None:
    """An old pass is no pass."""
    copied = copytree(recorded / "pass", tmp_path / "old")
    (copied / "verdict.intoto.json").unlink()
    verdict = json.loads((copied / "verdict.json").read_bytes())
    old = {"started_at": "2026-01-01T00:00:00Z", "finished_at": "2026-01-01T00:01:00Z"}
    (copied / "verdict.json").write_text(json.dumps(verdict | old), "utf-8")
    assert "at most 1 h is allowed" in refusal(gate(project, copied))


def test_signed(project: Project, recorded: Path, tmp_path: Path) -> None:
    """With a key only what that key signed is obeyed; a changed verdict is not."""
    (tmp_path / "public.pem").write_text(PUBLIC, "utf-8")
    (tmp_path / "other.pem").write_text(pair()[1], "utf-8")
    promoted = gate(project, recorded / "pass", f"--public-key={tmp_path / 'public.pem'}")
    assert promoted.status == 0
    assert "signed" in promoted.out
    said = refusal(gate(project, recorded / "pass", f"--public-key={tmp_path / 'other.pem'}"))
    assert "none of its signatures is by a key that you gave" in said
    project.variables["SMOKE_VERIFYING_KEY_FILE"] = str(tmp_path / "public.pem")
    assert gate(project, recorded / "fail").status == 10
    changed = copytree(recorded / "fail", tmp_path / "changed")
    copytree(recorded / "pass", tmp_path / "pass")
    (tmp_path / "pass" / "verdict.json").replace(changed / "verdict.json")
    assert "verdict.json was changed since" in refusal(gate(project, changed))


def test_openssl_verifies_it(recorded: Path, tmp_path: Path) -> None:
    """Nobody needs our tools to check a signature."""
    envelope = json.loads((recorded / "pass" / "verdict.intoto.json").read_bytes())
    payload = base64.b64decode(envelope["payload"])
    kind = envelope["payloadType"].encode()
    (tmp_path / "signed").write_bytes(b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload))
    (tmp_path / "signature").write_bytes(base64.b64decode(envelope["signatures"][0]["sig"]))
    (tmp_path / "public.pem").write_text(PUBLIC, "utf-8")
    command = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "public.pem", "-rawin", "-in", "signed"]
    done = subprocess.run(
        [*command, "-sigfile", "signature"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done


def test_a_wrong_signing_key_changes_no_verdict(project: Project, site: Site) -> None:
    """What cannot be signed is a warning; the verdict and its exit status stay."""
    project.environment("shop/prod", site)
    project.variables["SMOKE_SIGNING_KEY"] = "garbage"
    ended = project.smoke("verify", "shop/prod", "--sha", COMMIT)
    assert (ended.status, ended.verdict["verdict"]) == (0, "pass")
    assert ended.err.startswith("WARNING: the verdict was not signed: SMOKE_SIGNING_KEY is no private key")
    assert not (project.reports / "shop" / "prod" / "latest" / "verdict.intoto.json").exists()


def test_the_key_reaches_nobody_else(project: Project, site: Site) -> None:
    """Neither the process that talks to the target nor what is written holds the key."""
    project.environment("shop/prod", site)
    project.variables["SMOKE_SIGNING_KEY"] = PRIVATE
    plugin = "import os\ndef pytest_configure():\n    assert 'SMOKE_SIGNING_KEY' not in os.environ\n"
    (project.directory / "foreign_plugin.py").write_text(plugin, "utf-8")
    project.variables |= {"PYTHONPATH": str(project.directory), "PYTEST_PLUGINS": "foreign_plugin"}
    assert project.smoke("verify", "shop/prod", "--sha", COMMIT).status == 0
    secret = PRIVATE.splitlines()[1]
    written = [file for file in project.reports.rglob("*") if file.is_file()]
    assert any(file.name == "verdict.intoto.json" for file in written)
    assert not [file for file in written if secret in file.read_text("utf-8", "replace")]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["RUN"], "--environment"),
        (["RUN", "--environment=shop/prod"], "--sha"),
        (["RUN", "--environment=shop", f"--sha={COMMIT}"], "SYSTEM/ENVIRONMENT"),
        (["RUN", "--environment=shop/prod", "--sha=main"], "--sha"),
        (["RUN", "--environment=shop/prod", "--sha="], "--sha"),
        (["RUN", "--environment=shop/prod", f"--sha={COMMIT}", "--max-age=soon"], "--max-age"),
        (["RUN", "--environment=shop/prod", f"--sha={COMMIT}", "--public-key=none.pem"], "none.pem"),
        (["--environment=shop/prod", f"--sha={COMMIT}"], "RUN"),
    ],
)
def test_wrong_usage(project: Project, arguments: list[str], said: str) -> None:
    """A wrong question is exit status 4, in one sentence."""
    ended = project.smoke("gate", *arguments)
    assert (ended.status, ended.out) == (4, "")
    assert said in ended.err
    assert len(ended.err.splitlines()) == 1


@pytest.mark.parametrize("pem", ["garbage", PRIVATE, ""])
def test_a_wrong_verifying_key(project: Project, recorded: Path, pem: str) -> None:
    """A key that cannot verify never lets anything pass."""
    project.variables["SMOKE_VERIFYING_KEY"] = pem
    ended = gate(project, recorded / "pass")
    assert (ended.status, ended.out) == (4, "")
    assert "SMOKE_VERIFYING_KEY" in ended.err
