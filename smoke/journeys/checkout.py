"""
Check out up to the last step that can be taken back: choose, see the summary and its total, discard.

The button that places the order is never pressed. The draft is removed whatever happens: with the page's own button,
else by asking the API that made it.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from smoke.browser.forms import button_of
from smoke.browser.visit import Unmet, Visit
from smoke.browser.wording import shown
from smoke.environment.journeys import Journey, Landmark

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Response

CONTINUE = re.compile(r"continue|review|summary|next", re.IGNORECASE)
DISCARD = re.compile(r"discard|cancel", re.IGNORECASE)
SUMMARY = Landmark(role="region", name="Order summary")
PLACE_ORDER = re.compile(r"place (the )?order|buy now|pay", re.IGNORECASE)

QUANTITY = 2
"""More than one, so that a total that forgets the quantity shows."""

_AMOUNT = re.compile(r"\d[\d.,\u00a0\u202f ]*\d|\d")
_CENTS = 2
_SUCCESS = range(200, 300)
_DELETE = """async (url) => {
    const answer = await fetch(url, {method: "DELETE", credentials: "include"});
    return answer.status;
}"""


def check_out(visit: Visit, journey: Journey) -> None:
    """Make a draft order, see that its summary adds up, and discard it; raises Unmet."""
    visit.go(journey.service, journey.path)
    visit.see(journey.landmark or Landmark(role="heading", name="Checkout"))
    with _drafts_removed(visit):
        _choose(visit)
        summary = visit.see(SUMMARY)
        _see_total(summary)
        visit.wait(summary.get_by_role("button", name=PLACE_ORDER).first, "a button that would place the order")
        _discard(visit, summary)
    visit.settle()


def _choose(visit: Visit) -> None:
    page, patience = visit.page, visit.patience
    product = page.get_by_label("Product")
    visit.wait(product.first, "a product to choose")
    if not product.locator("option").count():
        raise Unmet("a product to choose", "an empty list")
    page.get_by_label("Quantity").fill(str(QUANTITY), timeout=patience.milliseconds())
    named = page.get_by_role("button", name=CONTINUE)
    visit.press(button_of(page.locator("form").filter(has=product), named))


def _see_total(summary: "Locator") -> None:
    """Compare the total with price and quantity: a page that renders may still ask for the wrong money."""
    amounts = {term: _amount(text) for term, text in _terms(summary)}
    total = next((value for term, value in amounts.items() if "total" in term), None)
    each = next((value for term, value in amounts.items() if "each" in term or "price" in term), None)
    quantity = next((value for term, value in amounts.items() if "quantity" in term), None)
    if not total or total <= 0:
        raise Unmet("a total above zero", f"{total if total is not None else 'none'}")
    if quantity is not None and quantity != QUANTITY:
        raise Unmet(f"the quantity {QUANTITY}", str(quantity))
    if each is not None and each * QUANTITY != total:
        raise Unmet(f"a total of {QUANTITY} x {each} = {each * QUANTITY}", str(total))


def _terms(summary: "Locator") -> Iterator[tuple[str, str]]:
    terms, texts = summary.get_by_role("term"), summary.get_by_role("definition")
    for term, text in zip(terms.all_inner_texts(), texts.all_inner_texts(), strict=False):
        yield term.strip().lower(), text


def _amount(text: str) -> Decimal | None:
    """Read an amount in any of the usual notations: the last separator with two digits behind it is the decimal one."""
    found = _AMOUNT.search(text)
    if not found:
        return None
    digits = re.sub(r"[\s\u00a0\u202f]", "", found[0])
    whole, separator, cents = digits.rpartition("," if digits.rfind(",") > digits.rfind(".") else ".")
    if not separator or len(cents) != _CENTS:
        whole, cents = digits, ""
    try:
        return Decimal(re.sub(r"[.,]", "", whole) + (f".{cents}" if cents else ""))
    except InvalidOperation:
        return None


def _discard(visit: Visit, summary: "Locator") -> None:
    named = summary.get_by_role("button", name=DISCARD)
    others = summary.get_by_role("button").filter(has_not_text=PLACE_ORDER)
    visit.press(others.first if not named.count() and others.count() == 1 else named.first)
    visit.gone(summary, "the summary to go when the draft is discarded")


@contextmanager
def _drafts_removed(visit: Visit) -> Iterator[None]:
    """Watch what is made and what is removed, and remove the rest at the end."""
    answers: list[Response] = []

    def heard(answer: "Response") -> None:
        answers.append(answer)

    visit.page.on("response", heard)
    try:
        yield
    finally:
        visit.page.remove_listener("response", heard)
        removed = {one.url for one in answers if one.request.method == "DELETE" and one.ok}
        for made in [one for one in answers if one.request.method == "POST" and one.ok]:
            _remove(visit, made, removed)


def _remove(visit: Visit, made: "Response", removed: set[str]) -> None:
    from playwright.sync_api import Error  # imported by the time there is a page

    try:
        draft = f"{made.url}/{made.json()['id']}"
        done = draft in removed or visit.page.evaluate(_DELETE, draft) in _SUCCESS
    except (Error, ValueError, KeyError, TypeError):
        done = False
    if not done:
        visit.noted.append(f"a draft made at {shown(made.url)} could not be removed")
