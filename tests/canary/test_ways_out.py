"""The ways out: a file, a webhook, a dead man's switch; each with what may go wrong."""

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from smoke.alerts.message import SendingFailed
from smoke.canary.heartbeat import Heartbeat, address
from smoke.canary.senders import FileSender, WebhookSender
from smoke.posting import PostFailed, post
from tests.canary.receiver import Received, receiving
from tests.history.made import message


@pytest.fixture
def received() -> Iterator[Received]:
    """Return a server that takes everything."""
    with receiving() as one:
        yield one


class TestFile:
    """A file of JSON lines."""

    def test_a_line_a_message(self, tmp_path: Path) -> None:
        """Each message is one line; the incident is its thread."""
        file = FileSender(tmp_path / "new" / "alerts.jsonl")
        assert file.send(message(1)).thread == "i"
        file.send(message(2, thread="i"))
        lines = [json.loads(line) for line in file.path.read_text("utf-8").splitlines()]
        assert [(one["id"], one["thread"]) for one in lines] == [("i/1", "i"), ("i/2", "i")]

    @pytest.mark.parametrize("left", ["", '{"id": "i/1"', "garbage\n[1]\n", '{"id": "i/0"}\n'])
    def test_again(self, tmp_path: Path, left: str) -> None:
        """What may have been written is written only if it was not, and a line that was cut off spoils no other."""
        file = FileSender(tmp_path / "alerts.jsonl")
        file.path.write_text(left, "utf-8")
        file.send(message(1, again=True))
        file.send(message(1, again=True))
        lines = file.path.read_text("utf-8").splitlines()
        assert [json.loads(line)["title"] for line in lines if line.endswith("}") and '"title"' in line] == ["t"]

    def test_no_place(self, tmp_path: Path) -> None:
        """A file that cannot be written is a failure that may pass."""
        (tmp_path / "taken").write_text("", "utf-8")
        with pytest.raises(SendingFailed) as failure:
            FileSender(tmp_path / "taken" / "alerts.jsonl").send(message())
        assert not failure.value.lasting


class TestWebhook:
    """A webhook."""

    def test_sent(self, received: Received) -> None:
        """The message is posted as JSON with its key, and the answer names the thread."""
        assert WebhookSender(f"{received.url}/alerts").send(message(1)).thread == "t-1"
        assert (received.keys, received.alerts[0]["severity"]) == (["i/1"], "error")

    @pytest.mark.parametrize(
        ("status", "lasting"), [(400, True), (404, True), (302, True), (408, False), (429, False), (503, False)]
    )
    def test_refused(self, received: Received, status: int, lasting: bool) -> None:
        """What another moment may answer differently is tried again, what lasts is not; a redirect is not followed."""
        received.answer["/alerts"] = status
        with pytest.raises(SendingFailed, match=f"HTTP {status}") as failure:
            WebhookSender(f"{received.url}/alerts").send(message())
        assert failure.value.lasting is lasting
        assert received.alerts == []

    @pytest.mark.parametrize(
        "url", ["http://127.0.0.1:1/hunter2", "ftp://hunter2", "nonsense-hunter2", "http://[hunter2/"]
    )
    def test_unreachable(self, url: str) -> None:
        """What cannot be reached is tried again, and the URL, which is a secret, is never said."""
        with pytest.raises(SendingFailed) as failure:
            WebhookSender(url).send(message())
        assert not failure.value.lasting
        assert "hunter2" not in str(failure.value)


class TestLife:
    """A dead man's switch."""

    def test_signs(self, received: Received) -> None:
        """A run's beginning and its end carry the same id, another run's another one."""
        complaints: list[str] = []
        heartbeat = Heartbeat(f"{received.url}/ping", complaints.append)
        heartbeat.begins("run-1")
        heartbeat.goes_on("run-1", "sound")
        heartbeat.fails("run-2", "nobody could be told")
        kinds, ids = zip(*received.signs, strict=True)
        assert kinds == ("/start", "/success", "/fail")
        assert ids[0] == ids[1] != ids[2]
        assert complaints == []

    @pytest.mark.parametrize("url", ["http://127.0.0.1:1/hunter2", None])
    def test_its_failure_changes_nothing(self, url: str | None) -> None:
        """A switch that does not answer is complained of, and one that is not there is not missed."""
        complaints: list[str] = []
        Heartbeat(url, complaints.append).goes_on("run-1", "sound")
        assert len(complaints) == (url is not None)
        assert "hunter2" not in "".join(complaints)

    def test_address(self) -> None:
        """The id comes as a UUID, beside what the URL asks for itself."""
        parts = urlsplit(address("https://hc-ping.com/abc/?create=1", "/start", "run-1"))
        assert parts.path == "/abc/start"
        assert parse_qs(parts.query)["create"] == ["1"]
        assert len(parse_qs(parts.query)["rid"][0]) == 36


def test_an_answer_without_end(received: Received) -> None:
    """Of an answer only the beginning is read."""
    assert len(post(f"{received.url}/ping", b"", {})) < 2000
    received.answer["/ping"] = 500
    with pytest.raises(PostFailed, match="HTTP 500"):
        post(f"{received.url}/ping", b"", {})
