"""Everything that Apprise knows, by its JSON service and a local server."""

import sys
from collections.abc import Iterator

import apprise
import pytest

from smoke.alerts.message import SendingFailed
from smoke.notify.apprise import AppriseSender, body
from smoke.verdict.words import Severity
from tests.history.made import message
from tests.notify.taking import Taken, taking
from tests.outputs.verdicts import HOSTILE

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")
"""A service of Apprise's still imports it where it is there."""


@pytest.fixture
def taken() -> Iterator[Taken]:
    """Return a server that takes whatever is posted."""
    with taking() as one:
        yield one


def url(taken: Taken) -> str:
    """Return the address of Apprise's JSON service at the server."""
    return f"json://user:hunter2pass@127.0.0.1:{taken.port}/s3cr3t-path"


@pytest.mark.parametrize(
    ("news", "severity", "kind"),
    [
        ("opened", Severity.ERROR, "failure"),
        ("unclear", Severity.WARNING, "warning"),
        ("start", Severity.INFO, "info"),
        ("resolved", Severity.ERROR, "success"),
    ],
)
def test_sent(taken: Taken, news: str, severity: Severity, kind: str) -> None:
    """Title, text, facts and links arrive, with how bad it is."""
    told = message(
        news=news, severity=severity, text="why", facts={"since": "10:15"}, links={"report": "https://ci.example"}
    )
    assert AppriseSender(url(taken)).send(told).thread is None
    (sent,) = taken.sent
    assert (sent["title"], sent["type"]) == ("t", kind)
    assert sent["message"] == "why\nsince: 10:15\nreport: https://ci.example"


@pytest.mark.parametrize("status", [401, 404, 429, 500])
def test_refused(taken: Taken, status: int) -> None:
    """A refusal is said with its reason, and without any part of the URL."""
    taken.status = status
    with pytest.raises(SendingFailed) as failure:
        AppriseSender(url(taken)).send(message())
    assert "Apprise could not deliver it" in str(failure.value)
    assert not failure.value.lasting
    for secret in ("hunter2pass", "s3cr3t-path"):
        assert secret not in str(failure.value) + repr(AppriseSender(url(taken)))


@pytest.mark.parametrize("wrong", ["nonsense-hunter2pass", "unknown://hunter2pass", "json://", ""])
def test_no_url_of_a_service(wrong: str, capfd: pytest.CaptureFixture[str]) -> None:
    """What Apprise does not know is said so, and the library says nothing by itself."""
    with pytest.raises(SendingFailed, match="the URL is none that Apprise knows") as failure:
        AppriseSender(wrong).send(message())
    assert "hunter2pass" not in str(failure.value) + "".join(capfd.readouterr())


def test_nobody_there() -> None:
    """A server that is not there is a failure that may pass."""
    with pytest.raises(SendingFailed, match="could not deliver it"):
        AppriseSender("json://127.0.0.1:1/s3cr3t").send(message())


def test_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra the sentence says how to get it."""
    monkeypatch.setitem(sys.modules, "apprise", None)
    with pytest.raises(SendingFailed, match=r"pip install 'smokegate\[notify\]'"):
        AppriseSender("json://127.0.0.1/").send(message())


def test_no_text_calls_anybody(taken: Taken) -> None:
    """`@everyone` and `<!here>` of a commit message are words."""
    AppriseSender(url(taken)).send(message(title="@everyone <!here>", text=f"<@U0123ABCD> <@&12345> {HOSTILE}"))
    (sent,) = taken.sent
    for mention in ("@everyone", "<!here>", "<@U0", "<@&1", "\x1b"):
        assert mention not in sent["title"] + sent["message"]


def test_markdown() -> None:
    """A service that reads Markdown gets its lines as paragraphs, with nothing in them that Markdown obeys."""
    told = body(message(text="a *b* <img>\n\n[x](https://evil.example)"), markdown=True)
    assert told == "a \\*b\\* &lt;img&gt;\n\n\\[x\\](https\\://evil.example)"


def test_its_own_notice(taken: Taken) -> None:
    """The test speaks to the real library."""
    assert apprise.Apprise().add(url(taken))
