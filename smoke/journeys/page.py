"""A page that the environment file describes: it shows its landmark, its rows and its texts, and no error."""

import re
from typing import TYPE_CHECKING, Any

from smoke.browser.visit import UNRESPONSIVE, Unmet, Visit, named
from smoke.environment.journeys import Journey, Rows
from smoke.error_phrases import error_anywhere

if TYPE_CHECKING:
    from playwright.sync_api import Locator


def look_at_page(visit: Visit, journey: Journey) -> None:
    """Open the page and see everything that the journey names; raises Unmet."""
    visit.go(journey.service, journey.path)
    see_page(visit, journey)


def see_page(visit: Visit, journey: Journey) -> None:
    """See everything that the journey names on the page that is open; raises Unmet."""
    if journey.landmark is not None:
        visit.see(journey.landmark)
    if journey.rows is not None:
        see_rows(visit, journey.rows)
    for text in journey.contains:
        visit.wait(visit.page.get_by_text(text).filter(visible=True).first, f"the text {text!r}")
    visit.settle()
    see_no_error(visit, journey.absent)


def see_rows(visit: Visit, rows: Rows) -> None:
    """Wait until enough rows with content are there: no headers, blank rows or placeholders across all columns."""
    within = visit.see(rows.within) if rows.within else None
    if rows.at_least == 0:
        return
    found = locate_rows(visit, rows, within)
    where = f" in {named(rows.within)}" if rows.within else ""
    try:
        visit.wait(found.nth(rows.at_least - 1), f"at least {rows.at_least} {_plural(rows)}{where}")
    except Unmet as unmet:
        if unmet.found == UNRESPONSIVE:
            raise
        count = found.count()
        shown = f"{count} {_plural(rows, count)}{where}"
        raise Unmet(unmet.expected, f"{shown} ({unmet.found})" if _tells_more(unmet) else shown, unmet.facts) from None


def locate_rows(visit: Visit, rows: Rows, within: "Locator | None") -> "Locator":
    """Return the rows that carry something."""
    role: Any = rows.role
    found = (within or visit.page).get_by_role(role).filter(has_text=re.compile(r"\S"), visible=True)
    if rows.role != "row":
        return found
    cells = visit.page.get_by_role("cell").or_(visit.page.get_by_role("gridcell"))
    return found.filter(has=cells).filter(has_not=visit.page.locator("td[colspan]:only-child"))


def see_no_error(visit: Visit, absent: tuple[str, ...]) -> None:
    """Read what a person reads; raises Unmet for an error phrase or a text that must not be there."""
    text = visit.text()
    unwanted = next((one for one in absent if one in text), None)
    if unwanted is not None:
        raise Unmet(f"no text {unwanted!r}", "it")
    phrase = error_anywhere(text)
    if phrase:
        raise Unmet("a page without an error message", f"{phrase!r}")


def _plural(rows: Rows, count: int | None = None) -> str:
    number = rows.at_least if count is None else count
    return rows.role if number == 1 else f"{rows.role}s"


def _tells_more(unmet: Unmet) -> bool:
    return unmet.found.startswith(("an error page", "the login page", "a blank page"))
