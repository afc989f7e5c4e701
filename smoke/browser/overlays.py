"""
Put away what covers a page, as a person would: consent banners, offers, announcements.

Nothing is looked for as long as the page can be used. What stands in the way is found by asking the page what lies
over a control, not by its looks, and the least that can be said to it is said: no, close, and only then yes.
"""

from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import ElementHandle, Frame, Locator, Page

    from smoke.browser.patience import Patience

QUICK_S = 1.0
"""How long a control may take to be pressed before somebody looks what lies over it."""

AT_ONCE = 3
"""Most overlays that lie over each other."""

MODAL = "[aria-modal=true], dialog:modal"
"""What hides the rest of the page from people who hear it, and so from roles."""

_PRESS_MS = 1000.0
_GLANCE_MS = 50.0

_NO = (
    r"^(reject|decline|refuse|deny|no\b|not now|skip|only (strictly )?necessary|necessary only|use necessary"
    r"|nein\b|ablehnen|(nur )?notwendige|non\b|refuser|rechazar|rifiuta|拒否)"
)
_CLOSE = (
    r"^(close|dismiss|hide|later|maybe later|continue without|got it|understood|schlie(ß|ss)en|fermer|cerrar|chiudi"
    r"|閉じる|[\u00d7\u2715\u2716xX]$)"
)
_YES = r"^(accept|agree|allow|ok\b|okay|i understand|continue|akzeptieren|zustimmen|accepter|aceptar|accetta|同意|許可)"

_CHOOSE = """(root, words) => {
    const deep = (node) => [...node.querySelectorAll("*")].flatMap(
        (one) => one.shadowRoot ? [one, ...deep(one.shadowRoot)] : [one]);
    const within = root.shadowRoot ? [...deep(root.shadowRoot), ...deep(root)] : deep(root);
    const named = (one) => (one.getAttribute("aria-label") || one.innerText || one.value || one.title || "").trim();
    const pressable = within.filter(
        (one) => one.matches("button, [role=button], input[type=button], input[type=submit], a")
            && one.getClientRects().length);
    for (const word of words) {
        const found = pressable.find((one) => new RegExp(word, "i").test(named(one)));
        if (found) return found;
    }
    return pressable.length === 1 && pressable[0].matches("button, [role=button]") ? pressable[0] : null;
}"""

_COVER = """(control) => {
    const box = control.getBoundingClientRect();
    let top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    if (!top || top.contains(control) || control.contains(top)) return null;
    while (top.parentElement && !top.parentElement.contains(control)) top = top.parentElement;
    return top;
}"""


def press(control: "Locator", patience: "Patience") -> None:
    """
    Press *control*, after what covers it is put away; raises Playwright's TimeoutError.

    What the press brings about is not waited for: a page that takes its time has been pressed, and must not be twice.
    """
    from playwright.sync_api import TimeoutError as TookTooLong  # imported by the time there is a page

    try:
        control.click(timeout=patience.milliseconds(QUICK_S), no_wait_after=True)
    except TookTooLong:
        for _ in range(AT_ONCE):
            if not _uncover(control):
                break
        control.click(timeout=patience.milliseconds(), no_wait_after=True)


def dismiss_modal(page: "Page") -> None:
    """Put a dialog away that hides the rest of the page."""
    from playwright.sync_api import TimeoutError as TookTooLong  # imported by the time there is a page

    modal = page.locator(MODAL).filter(visible=True).first
    with suppress(TookTooLong):
        # Not `count`: it would wait for ever for a page whose script never returns.
        modal.wait_for(timeout=_GLANCE_MS)
        _dismiss(page, modal.element_handle(timeout=_GLANCE_MS))


def _uncover(control: "Locator") -> bool:
    """Put away what lies over *control*; tells whether there was something."""
    from playwright.sync_api import Error  # imported by the time there is a page

    try:
        control.scroll_into_view_if_needed(timeout=_PRESS_MS)
        cover = control.evaluate_handle(_COVER, timeout=_PRESS_MS).as_element()
    except Error:
        return False
    if cover is None:
        return False
    _dismiss(control.page, cover)
    return True


def _dismiss(page: "Page", overlay: "ElementHandle") -> None:
    from playwright.sync_api import Error  # imported by the time there is a page

    try:
        button = _chosen(overlay) or _in_a_frame(overlay)
        if button is None:
            page.keyboard.press("Escape")
        else:
            button.click(timeout=_PRESS_MS)
    except Error:
        # It went away by itself, or cannot be put away: whoever needs the page says so.
        return


def _in_a_frame(overlay: "ElementHandle") -> "ElementHandle | None":
    holder = overlay if overlay.evaluate("one => one.tagName") == "IFRAME" else overlay.query_selector("iframe")
    frame: Frame | None = holder.content_frame() if holder else None
    body = frame.query_selector("body") if frame else None
    return _chosen(body) if body else None


def _chosen(root: "ElementHandle") -> "ElementHandle | None":
    return root.evaluate_handle(_CHOOSE, [_NO, _CLOSE, _YES]).as_element()
