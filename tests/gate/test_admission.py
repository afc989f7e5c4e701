"""Which files are obeyed, and what is said of the others."""

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from smoke import __version__
from smoke.attestation.envelope import PublicKey, public_key
from smoke.attestation.signing import sign
from smoke.gate.admission import admit
from smoke.gate.demand import Demand, Refused
from smoke.record.events import FILE, EventWriter, read
from smoke.record.run_directory import write_verdict
from smoke.verdict.decide import End, decide
from smoke.verdict.finding import Finding
from smoke.verdict.plan import Plan, Planned
from smoke.verdict.release import Release
from smoke.verdict.words import Outcome, Stage, Tier, Word
from tests.attestation.keys import pair
from tests.outputs import verdicts
from tests.outputs.verdicts import BEFORE, COMMIT, failing, passing

ENDED = datetime.fromisoformat(passing()["finished_at"]).timestamp()
PRIVATE, PUBLIC = pair()
RUN_ID = passing()["run_id"]


def demand(environment: str = "portal/prod", sha: str = COMMIT, age_s: float = 60.0, *keys: PublicKey) -> Demand:
    """Return what is asked for, so many seconds after the verdict's end."""
    return Demand(environment, sha, max_age_s=3600, now=ENDED + age_s, keys=keys)


def refused(path: Path, asked: Demand) -> str:
    """Return why the file at *path* is refused."""
    with pytest.raises(Refused) as raised:
        admit(path, asked)
    assert raised.value.remedy
    return raised.value.found


def signed(directory: Path, verdict: dict[str, Any], key: str = PRIVATE) -> None:
    """Write a signed verdict."""
    write_verdict(directory, verdict)
    assert sign(directory, {"SMOKE_SIGNING_KEY": key}) is None


@pytest.mark.parametrize("sha", [COMMIT, COMMIT[:7], COMMIT.upper(), f"sha-{COMMIT}"])
@pytest.mark.parametrize("name", ["", "verdict.json"])
def test_a_pass(tmp_path: Path, sha: str, name: str) -> None:
    """A whole, fresh pass of that environment and commit is obeyed, by its directory or its name."""
    write_verdict(tmp_path, passing())
    admitted = admit(tmp_path / name, demand(sha=sha))
    assert (admitted.word, admitted.signed, admitted.age_s) == (Word.PASS, False, 60.0)


@pytest.mark.parametrize("change", [{}, {"complete": False}])
def test_a_fail(tmp_path: Path, change: dict[str, Any]) -> None:
    """A fail is obeyed, also one that was not looked at to its end: what is proven stays proven."""
    write_verdict(tmp_path, failing() | change)
    assert admit(tmp_path, demand()).word is Word.FAIL


@pytest.mark.parametrize("verdict", [passing(), failing()])
@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (demand("portal/staging"), "is about portal/prod"),
        (demand("portal/prod2"), "is about portal/prod"),
        (demand("Portal/prod"), "is about portal/prod"),
        (demand(sha=BEFORE), "about the commit 9f1c2ab"),
        (demand(sha=COMMIT[:-1] + "f"), "about the commit 9f1c2ab"),
        (demand(age_s=3601), "is 60 min old, and at most 1 h is allowed"),
        (demand(age_s=1e6), "is 11 d old"),
        (demand(age_s=-61), "in the future"),
    ],
)
def test_another_one(tmp_path: Path, verdict: dict[str, Any], asked: Demand, said: str) -> None:
    """A verdict on anything else, of another time, neither promotes nor rolls back."""
    write_verdict(tmp_path, verdict)
    assert said in refused(tmp_path, asked)


def test_the_edges_of_time(tmp_path: Path) -> None:
    """The limit itself is allowed, and so are clocks that differ a little."""
    write_verdict(tmp_path, passing())
    assert admit(tmp_path, demand(age_s=3600)).age_s == 3600
    assert admit(tmp_path, demand(age_s=-59)).age_s == 0


def test_no_commit(tmp_path: Path) -> None:
    """A verdict on whatever was live is none on a release."""
    write_verdict(tmp_path, passing() | {"release": passing()["release"] | {"expected": None}})
    assert "names no commit" in refused(tmp_path, demand())


def test_a_short_name_that_two_commits_share(tmp_path: Path) -> None:
    """Where a short name was expected, what was seen live must be the commit that is asked for."""
    write_verdict(tmp_path, passing() | {"release": passing()["release"] | {"expected": COMMIT[:7]}})
    assert f"seen live is {COMMIT}" in refused(tmp_path, demand(sha=COMMIT[:7] + "0" * 33))


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("partial", "only a part was verified: 14 of 26"),
        ("interrupted", "the verdict is inconclusive: The verification did not finish"),
    ],
)
def test_inconclusive(tmp_path: Path, kind: str, said: str) -> None:
    """What holds is refused in its own words."""
    write_verdict(tmp_path, verdicts.ALL[kind]())
    assert said in refused(tmp_path, demand())


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"complete": False}, "$.complete"),
        ({"action": "rollback"}, "$.action"),
        ({"reasons": [{"check": "page/home", "cause": "release", "message": "x"}]}, "$.reasons"),
        ({"schema_version": 2}, "$.schema_version"),
        ({"verdict": "PASS"}, "$.verdict"),
        ({"checks": {}}, "$.checks"),
        ({"extra": 1}, "extra"),
        ({"duration_s": True}, "$.duration_s"),
        ({"checks": []}, "contradicts itself"),
    ],
)
def test_no_sound_verdict(tmp_path: Path, change: dict[str, Any], said: str) -> None:
    """What the schema does not allow is no verdict, and says where."""
    write_verdict(tmp_path, passing() | change)
    assert said in refused(tmp_path, demand())


@pytest.mark.parametrize("data", [None, [], "pass", 1, {}, {"verdict": "pass"}])
def test_no_verdict(tmp_path: Path, data: object) -> None:
    """What is JSON need not be a verdict."""
    (tmp_path / "verdict.json").write_text(json.dumps(data), "utf-8")
    assert "is no verdict of version 1" in refused(tmp_path, demand())


def test_signed(tmp_path: Path) -> None:
    """Where a key is given the verdict must be signed by it, or by one of several."""
    signed(tmp_path, passing())
    other = public_key(pair()[1])
    assert admit(tmp_path, demand("portal/prod", COMMIT, 60, other, public_key(PUBLIC))).signed
    assert admit(tmp_path, demand()).word is Word.PASS


class TestNotSigned:
    """With a key, and without."""

    KEY = public_key(PUBLIC)

    def refused(self, directory: Path) -> str:
        """Return why the verdict is refused where a signature is demanded."""
        return refused(directory, demand("portal/prod", COMMIT, 60, self.KEY))

    def test_at_all(self, tmp_path: Path) -> None:
        """An unsigned verdict is refused, a fail too."""
        write_verdict(tmp_path, failing())
        assert "is not signed" in self.refused(tmp_path)

    def test_by_that_key(self, tmp_path: Path) -> None:
        """Somebody else's signature is none."""
        signed(tmp_path, passing(), pair()[0])
        assert "none of its signatures" in self.refused(tmp_path)

    def test_in_this_wording(self, tmp_path: Path) -> None:
        """A verdict that was changed since is refused, even where no key is given."""
        signed(tmp_path, passing())
        file = tmp_path / "verdict.json"
        file.write_bytes(file.read_bytes().replace(b"One sentence", b"Two") + b"\n")
        assert "verdict.json was changed since" in self.refused(tmp_path)
        assert "verdict.json was changed since" in refused(tmp_path, demand())

    def test_for_this_run(self, tmp_path: Path) -> None:
        """The signed statement of another run vouches for nothing."""
        signed(tmp_path, passing())
        write_verdict(tmp_path, passing() | {"run_id": "another"})
        assert "belongs to another run" in self.refused(tmp_path)

    @pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"signatures": []}', b"\xff", b"[" * 100_000])
    def test_readably(self, tmp_path: Path, content: bytes) -> None:
        """A damaged envelope is refused, with a key and without."""
        write_verdict(tmp_path, passing())
        (tmp_path / "verdict.intoto.json").write_bytes(content)
        assert self.refused(tmp_path)
        assert refused(tmp_path, demand())

    def test_by_a_link(self, tmp_path: Path) -> None:
        """The envelope is no link either."""
        signed(tmp_path, passing())
        (tmp_path / "verdict.intoto.json").rename(tmp_path / "other.json")
        (tmp_path / "verdict.intoto.json").symlink_to("other.json")
        assert "symbolic link" in self.refused(tmp_path)


class TestEvents:
    """The log of the run, where it was handed on too."""

    def written(self, directory: Path, *, ended: bool = True, run_id: str = RUN_ID, version: str = __version__) -> None:
        """Write a pass, and the log of a run that failed instead."""
        plan = Plan(run_id, "portal/prod", Tier.PROD, 60, 0, (Planned("page/home", Stage.IMMEDIATE),))
        writer = EventWriter(directory / FILE)
        writer.plan(replace(plan, suite_version=version, release=Release(COMMIT)))
        writer.finding(Finding("page/home", Stage.IMMEDIATE, Outcome.FAILED, "HTTP 500", facts={"answered": True}))
        if ended:
            writer.end(End(10))
        writer.close()
        write_verdict(directory, passing() | {"suite": {"version": __version__, "config_sha256": ""}})

    def test_say_something_else(self, tmp_path: Path) -> None:
        """A pass whose own log says fail was changed."""
        self.written(tmp_path)
        assert "events.jsonl beside it says fail, not pass" in refused(tmp_path, demand())

    def test_say_something_else_of_a_check(self, tmp_path: Path) -> None:
        """A verdict from which a check was taken, or whose weight was changed, does not follow from its log."""
        self.written(tmp_path)
        log = read(tmp_path / FILE)
        assert log.end is not None
        judged = decide(log.plan, log.findings, log.end).to_json()
        write_verdict(tmp_path, judged)
        asked = replace(demand(), max_age_s=1e12)
        assert admit(tmp_path, asked).word is Word.FAIL
        extra = verdicts.check("page/terms", "immediate", gating=False)
        write_verdict(tmp_path, judged | {"checks": [*judged["checks"], extra]})
        assert "events.jsonl beside it says something else of page/terms" in refused(tmp_path, asked)

    def test_without_an_end(self, tmp_path: Path) -> None:
        """A run that never came to its end gave no verdict."""
        self.written(tmp_path, ended=False)
        assert "events.jsonl beside it says inconclusive" in refused(tmp_path, demand())

    def test_of_another_run(self, tmp_path: Path) -> None:
        """A verdict that was copied into another run's directory is none of that run."""
        self.written(tmp_path, run_id="another")
        assert "is of the run another" in refused(tmp_path, demand())

    def test_of_another_version(self, tmp_path: Path) -> None:
        """What another version decided is not decided again."""
        self.written(tmp_path, version="0.0.1")
        assert admit(tmp_path, demand()).word is Word.PASS

    @pytest.mark.parametrize("content", [b"", b"garbage\n", b"{}\n"])
    def test_that_cannot_be_read(self, tmp_path: Path, content: bytes) -> None:
        """A log that this version does not read says nothing."""
        write_verdict(tmp_path, passing())
        (tmp_path / FILE).write_bytes(content)
        assert admit(tmp_path, demand()).word is Word.PASS
