"""The login as the environment file describes it, commented out until somebody names a synthetic user: pure."""

from collections.abc import Iterator, Mapping

from smoke.discovery.draft import Line, Table
from smoke.discovery.login_form import FormFound

ROLE = "customer"


def login_tables(forms: Mapping[str, FormFound], guarded: str = "/account") -> Iterator[Table]:
    """Yield the tables of the login of the first service that has a form; *guarded* is a path that wants a session."""
    service, form = next(iter(forms.items()), ("", None))
    lines = [Line("service", service or "web"), Line("path", form.action if form else "/login")]
    lines += _posted(form)
    lines.append(Line("who", guarded, "A path that answers 200 to a session only:"))
    if form is not None:
        shown = "what only a logged-in person sees"
        lines.append(Line("who_contains", shown, "If that is a page: a text on it that nobody else is shown."))
    yield Table("[login]", _intro(form), lines, off=True)
    secrets = [Line("user", {"env": "SMOKE_USER"}), Line("password", {"env": "SMOKE_PASSWORD"})]
    yield Table(
        f"[roles.{ROLE}]", "A synthetic user. These name variables; the secrets never stand here.", secrets, off=True
    )
    yield Table("[browser.login]", "The login page as a person sees it.", list(_seen(form)), off=True)
    journey = [Line("name", "login"), Line("flow", "login"), Line("service", service or "web"), Line("role", ROLE)]
    yield Table("[[journeys]]", "", journey, off=True)


def _seen(form: FormFound | None) -> Iterator[Line]:
    """Yield the login page's path and labels; where scripts make its form, none was seen, and the usual ones stand."""
    yield Line("path", form.page if form else "/login")
    labels = (form.user_label, form.password_label, form.button) if form else ("Email", "Password", "Sign in")
    for key, label in zip(("user", "password", "submit"), labels, strict=True):
        if label:
            yield Line(key, label)
    yield Line("landmark", {"role": "heading", "name": "what only a logged-in person sees"})


def _intro(form: FormFound | None) -> str:
    if form is None:
        return "No login form was found; scripts may make it. If people log in, say where both are posted to:"
    said = f"A login form was found at {form.page}. Make a synthetic user, remove the # here and below, and set"
    return f"{said} SMOKE_USER and SMOKE_PASSWORD."


def _posted(form: FormFound | None) -> list[Line]:
    if form is None:
        return [
            Line("user_field", "username", "What they are called there, in JSON:"),
            Line("password_field", "password"),
            Line(
                "token",
                "token",
                "Where the answer holds a bearer token; without it cookies are the session:",
            ),
        ]
    page = [Line("page", form.page, "Its hidden fields are sent along.")] if form.hidden else []
    lines = [
        *page,
        Line("encoding", "form"),
        Line("user_field", form.user_field),
        Line("password_field", form.password_field),
    ]
    lines.append(Line("accepted", [302, 303], "What a good login answers, and what a bad one:"))
    lines.append(Line("refused", [200, 400, 401, 403, 422]))
    return lines
