"""The exchanges that are kept where a check did not pass."""

import json
from pathlib import Path

from smoke.checks._check import Observation
from smoke.checks.control import checks
from smoke.http import Exchange, Request
from smoke.running.exchange_evidence import KEPT, keep
from smoke.verdict.release import Release
from tests.checks.fake_world import environment_of

CHECK, *_ = checks(environment_of(control=["https://control.test/"]), Release())


def answered(status: int, at: float = 0.0, body: bytes = b"", **headers: str) -> Exchange:
    """Return an exchange that was answered with *status* at *at*."""
    request = Request("GET", "https://api.test/health", headers=headers)
    return Exchange(request, at, 0.01, status=status, body=body)


def kept(directory: Path, *exchanges: Exchange) -> list[dict[str, object]]:
    """Keep *exchanges* and read them back."""
    (name,) = keep(directory, CHECK, [Observation(exchanges)], lambda text: text.replace("hunter2", "***"))
    records: list[dict[str, object]] = json.loads((directory / name).read_text())
    return records


def test_each_kind_of_answer_is_kept(tmp_path: Path) -> None:
    """A rare answer is among those kept, in the order in which they came."""
    many = [answered(200, at=float(at)) for at in range(40)]
    records = kept(tmp_path, *many[:20], answered(502, at=19.5), *many[20:])
    assert len(records) == KEPT
    assert 502 in [one["status"] for one in records]
    assert [one["at"] for one in records] == sorted(one["at"] for one in records)  # type: ignore[type-var]


def test_no_secret_is_kept(tmp_path: Path) -> None:
    """Session headers are hidden by their names, other secrets by their values."""
    kept(tmp_path, answered(401, body=b"password hunter2 is wrong", Cookie="session=abcdef0123456789"))
    text = next(tmp_path.rglob("*.json")).read_text()
    assert "hunter2" not in text
    assert "abcdef0123456789" not in text


def test_nothing_asked(tmp_path: Path) -> None:
    """A check that asked nothing leaves no file."""
    assert keep(tmp_path, CHECK, [Observation()], str) == ()
    assert list(tmp_path.iterdir()) == []


def test_disk_that_cannot_be_written(tmp_path: Path) -> None:
    """Evidence that cannot be written costs nothing but itself."""
    (tmp_path / "http").write_text("a file in the way")
    assert keep(tmp_path, CHECK, [Observation((answered(500),))], str) == ()
