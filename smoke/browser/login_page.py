"""The login page, by the accessible names of its controls."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from smoke.browser.forms import button_of
from smoke.browser.visit import Sign, Unmet, Visit, any_of, either, never
from smoke.environment.journeys import Landmark, LoginForm

_USER = "input[autocomplete=username], input[type=email]"
_PASSWORD = "input[type=password]"  # noqa: S105 - a selector

if TYPE_CHECKING:
    from playwright.sync_api import Locator


class LoginPage:
    """Page object of the login form that the environment describes."""

    def __init__(self, visit: Visit, service: str) -> None:
        self._visit = visit
        self._service = service
        self._form: LoginForm = visit.environment.browser.login

    def open(self) -> None:
        """Go to the login page and wait for its form."""
        self._visit.go(self._service, self._form.path)
        self._visit.wait(self._user, f"a field {either(self._form.user)}")
        self._visit.wait(self._password, f"a field {either(self._form.password)}")

    def submit(self, user: str, password: str) -> None:
        """Type the credentials and press the button; raises Unmet when the form cannot be used."""
        from playwright.sync_api import TimeoutError as TookTooLong  # imported by the time there is a page

        patience = self._visit.patience
        try:
            self._user.fill(user, timeout=patience.milliseconds())
            self._password.fill(password, timeout=patience.milliseconds())
            self._visit.press(self._submit)
        except TookTooLong:
            patience.blame_budget()
            found = f"no response to typing or to {either(self._form.submit)}"
            raise Unmet("a login form that can be used", found) from None

    def arrived(self, unless: Sign = never) -> "Locator":
        """Wait for the element that tells that the login worked."""
        return self._visit.see(self.landmark, unless=unless)

    @property
    def landmark(self) -> Landmark:
        """The element that only a logged-in user sees."""
        return self._form.landmark

    @property
    def _user(self) -> "Locator":
        return any_of([self._field(self._form.user), self._visit.page.locator(_USER)]).first

    @property
    def _password(self) -> "Locator":
        return any_of([self._field(self._form.password), self._visit.page.locator(_PASSWORD)]).first

    def _field(self, labels: Sequence[str]) -> "Locator":
        # By label and kind: buttons such as "Show password" share the word.
        page = self._visit.page
        return any_of([page.get_by_label(label) for label in labels]).and_(page.locator("input"))

    @property
    def _submit(self) -> "Locator":
        page = self._visit.page
        named = any_of([page.get_by_role("button", name=name) for name in self._form.submit])
        return button_of(page.locator("form").filter(has=page.locator(_PASSWORD)), named)
