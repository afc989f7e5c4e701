"""Forms, as a person uses them."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Locator

SUBMIT = "button[type=submit], input[type=submit], button:not([type])"
"""The buttons that send a form, whatever they are called."""


def button_of(form: "Locator", named: "Locator") -> "Locator":
    """
    Return the button that sends *form*: the *named* one, else the one that the form has.

    An experiment may call the button otherwise; a person presses what is there.
    """
    return named.first if named.count() else form.locator(SUBMIT).first
