"""Everything else that people are told through, by the library Apprise, which is an extra (`smokegate[notify]`)."""

import logging
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from smoke.alerts.message import Message, Receipt, SendingFailed
from smoke.environment.redaction import Redactor
from smoke.notify.blocks import GOOD
from smoke.outputs.summary import escape
from smoke.outputs.untrusted import block, one_line
from smoke.verdict.words import Severity

if TYPE_CHECKING:
    from apprise import Apprise

MISSING = "Apprise is not installed, which [notify.*] with 'url' needs; pip install 'smokegate[notify]'"

SHORTEST_PART = 6
"""Parts of the URL from this length on may be tokens, and are kept out of what is said."""

LINE = 300

_CALLS = re.compile(r"(?<=@)(?=[\w&!])|(?<=<)(?=[!@#])")
"""Where a service would begin to read `@everyone` or `<!here>`; a character of no width goes in between."""


@dataclass(frozen=True)
class AppriseSender:
    """Send to whatever *url* names; there are no threads."""

    url: str = field(repr=False)

    def send(self, message: Message) -> Receipt:
        """Send it; raises SendingFailed, whose text holds nothing of the URL."""
        said: list[str] = []
        with _listening(said):
            if not _delivered(self.url, message):
                why = _without(self.url, said[-1]) if said else "the service gave no reason"
                raise SendingFailed(f"Apprise could not deliver it: {one_line(why, LINE)}")
        return Receipt(message.thread)


def _delivered(url: str, message: Message) -> bool:
    try:
        return _told(url, message)
    except ImportError:
        raise SendingFailed(MISSING) from None
    except (OSError, ValueError, TypeError, LookupError, AttributeError) as error:  # of any of a hundred services
        raise SendingFailed(f"Apprise broke: {type(error).__name__}") from None


def _told(url: str, message: Message) -> bool:
    import apprise  # an extra, and slow to import

    told = apprise.Apprise(asset=apprise.AppriseAsset(app_id="Smokegate", async_mode=False))
    if not told.add(url):
        raise SendingFailed("the URL is none that Apprise knows; see its documentation for how the service is written")
    markdown = _reads_markdown(told)
    return bool(
        told.notify(
            title=_uncalled(one_line(message.title)),
            body=_uncalled(body(message, markdown=markdown)),
            notify_type=_kind(message),
            body_format=apprise.NotifyFormat.MARKDOWN if markdown else apprise.NotifyFormat.TEXT,
        )
    )


def body(message: Message, *, markdown: bool) -> str:
    """Return the text below the title: what happened, the facts and the links, each line as the service reads it."""
    facts = [f"{name.replace('_', ' ')}: {value}" for name, value in message.facts.items() if value]
    links = [f"{label}: {url}" for label, url in message.links.items()]
    lines = block("\n".join([message.text, *facts, *links])).strip().splitlines()
    return "\n\n".join(escape(one, LINE) for one in lines if one.strip()) if markdown else "\n".join(lines)


def _reads_markdown(told: "Apprise") -> bool:
    import apprise

    return any(getattr(one, "notify_format", None) == apprise.NotifyFormat.MARKDOWN for one in told)


def _kind(message: Message) -> str:
    if message.news in GOOD:
        return "success"
    return {Severity.INFO: "info", Severity.WARNING: "warning"}.get(message.severity, "failure")


def _uncalled(text: str) -> str:
    return _CALLS.sub("\u200b", text)


def _without(url: str, text: str) -> str:
    """Return *text* without any part of *url*, all of which may be secret."""
    redactor = Redactor()
    for part in {url, *re.split(r"[/:@?&=;,#]+", f"{url}/{unquote(url)}")}:
        if len(part) >= SHORTEST_PART and part != urlsplit(url).scheme:
            redactor.register(part)
    return redactor.redact(text)


class _listening:  # noqa: N801 - reads as a verb in the with statement
    """Collect the library's warnings in *said* instead of letting them reach the terminal."""

    def __init__(self, said: list[str]) -> None:
        self._logger = logging.getLogger("apprise")
        self._handler = _Collecting(said)

    def __enter__(self) -> None:
        self._logger.addHandler(self._handler)
        self._propagated, self._logger.propagate = self._logger.propagate, False

    def __exit__(self, *_: object) -> None:
        self._logger.propagate = self._propagated
        self._logger.removeHandler(self._handler)


class _Collecting(logging.Handler):
    def __init__(self, said: list[str]) -> None:
        super().__init__(logging.WARNING)
        self._said = said

    def emit(self, record: logging.LogRecord) -> None:
        self._said.append(record.getMessage())
