"""One submission of a form by the browser: fill it in, press its button, and catch what was sent and answered."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from smoke.browser.appraisal import READS
from smoke.browser.forms import button_of
from smoke.browser.visit import Unmet, Visit, any_of
from smoke.browser.wording import shown
from smoke.environment.journeys import Form, Journey
from smoke.http.exchange import Request
from smoke.http.guard import AllowedWrite
from smoke.verdict.tally import Sample

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Response

FIRST_ERROR = 400
_OF_THE_CONNECTION = frozenset({"host", "connection", "content-length", "accept-encoding", "transfer-encoding"})


@dataclass(frozen=True, slots=True)
class Sent:
    """What the browser sent, and the answer; *made* is the id of what came about, if the answer names one."""

    request: Request
    sample: Sample
    made: str | None = None


def submit(visit: Visit, journey: Journey, form: Form, write: AllowedWrite, replica_header: str) -> Iterator[Sent]:
    """
    Open the page, send its form and see that it was accepted; yields what was sent, and raises Unmet.

    *write* tells which of the page's requests is the form's.
    """
    patience = visit.patience
    visit.go(journey.service, journey.path)
    if journey.landmark is not None:
        visit.see(journey.landmark)
    for label, text in form.fill.items():
        field = visit.page.get_by_label(label).first
        visit.wait(field, f"a field {label!r}")
        field.fill(text, timeout=patience.milliseconds())
    with _answers(visit, write) as answers:
        visit.press(_button(visit, form))
        try:
            visit.see(form.result, unless=lambda: any(one.status >= FIRST_ERROR for one in answers))
        except Unmet as unmet:
            if not answers:
                raise
            yield _sent(answers[-1], form, write, replica_header, unmet.found)
            at = shown(answers[-1].url)
            raise Unmet("the form to be accepted", f"{at} answered HTTP {answers[-1].status}", unmet.facts) from None
    if answers:
        yield _sent(answers[-1], form, write, replica_header, "")
    visit.settle()


def _button(visit: Visit, form: Form) -> "Locator":
    named = any_of([visit.page.get_by_role("button", name=name) for name in form.submit])
    return button_of(visit.page.locator("form"), named)


@contextmanager
def _answers(visit: Visit, write: AllowedWrite) -> "Iterator[list[Response]]":
    """Collect the answers to what the form sends."""
    answers: list[Response] = []

    def heard(answer: "Response") -> None:
        asked = answer.request
        if asked.method not in READS and write.covers(Request(asked.method, asked.url, write=write.name)):
            answers.append(answer)

    visit.page.on("response", heard)
    try:
        yield answers
    finally:
        visit.page.remove_listener("response", heard)


def _sent(answer: "Response", form: Form, write: AllowedWrite, replica_header: str, trouble: str) -> Sent:
    asked = answer.request
    headers = {
        name: value
        for name, value in asked.all_headers().items()
        if not name.startswith(":") and name.lower() not in _OF_THE_CONNECTION
    }
    request = Request(
        asked.method, asked.url, headers, content=asked.post_data_buffer, write=write.name, secret_body=True
    )
    fault = f"HTTP {answer.status}" if answer.status >= FIRST_ERROR else trouble or None
    replica = answer.headers.get(replica_header.lower())
    return Sent(request, Sample(fault, replica), None if fault else _id_of(answer, form))


def _id_of(answer: "Response", form: Form) -> str | None:
    from playwright.sync_api import Error  # imported by the time there is a page

    if form.cleanup_path is None:
        return None
    try:
        return str(answer.json()["id"])
    except (Error, ValueError, KeyError, TypeError):
        return None
