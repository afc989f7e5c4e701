"""The login page, by the accessible names of its controls."""

from typing import TYPE_CHECKING

from smoke.browser.visit import Sign, Unmet, Visit, never
from smoke.environment.journeys import Landmark, LoginForm

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
        self._visit.wait(self._user, f"a field {self._form.user!r}")
        self._visit.wait(self._password, f"a field {self._form.password!r}")

    def submit(self, user: str, password: str) -> None:
        """Type the credentials and press the button; raises Unmet when the form cannot be used."""
        from playwright.sync_api import TimeoutError as TookTooLong  # imported by the time there is a page

        patience = self._visit.patience
        try:
            self._user.fill(user, timeout=patience.milliseconds())
            self._password.fill(password, timeout=patience.milliseconds())
            self._submit.click(timeout=patience.milliseconds(), no_wait_after=True)
        except TookTooLong:
            patience.blame_budget()
            raise Unmet("a login form that can be used", f"no response to typing or to {self._form.submit!r}") from None

    def arrived(self, unless: Sign = never) -> "Locator":
        """Wait for the element that tells that the login worked."""
        return self._visit.see(self.landmark, unless=unless)

    @property
    def landmark(self) -> Landmark:
        """The element that only a logged-in user sees."""
        return self._form.landmark

    @property
    def _user(self) -> "Locator":
        return self._field(self._form.user)

    @property
    def _password(self) -> "Locator":
        return self._field(self._form.password)

    def _field(self, label: str) -> "Locator":
        # By label and kind: buttons such as "Show password" share the word.
        page = self._visit.page
        return page.get_by_label(label).and_(page.locator("input")).first

    @property
    def _submit(self) -> "Locator":
        return self._visit.page.get_by_role("button", name=self._form.submit).first
