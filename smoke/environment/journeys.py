"""Journeys: what a real browser must be able to do."""

from pydantic import Field

from smoke.environment._model import Model, Name, Path, Seconds


class Landmark(Model):
    """An element found by role and accessible name, as a person would."""

    role: str
    name: str | None = None


class Rows(Model):
    """Repeated elements, such as the rows of a table."""

    at_least: int = Field(1, ge=0)
    role: str = "row"
    within: Landmark | None = None


class Journey(Model):
    """A check that a real browser makes: a page described here, or a flow written in Python."""

    name: Name
    flow: str | None = Field(None, description="name of a Python flow in smoke/journeys, e.g. login, checkout")
    service: str = "web"
    path: Path = "/"
    role: str | None = None
    landmark: Landmark | None = None
    rows: Rows | None = None
    contains: tuple[str, ...] = Field((), description="texts that a person must be able to see")
    absent: tuple[str, ...] = ()
    depends_on: tuple[str, ...] = ()
    stage: str = "functional"
    gating: bool = True


class LoginForm(Model):
    """The login page as a person sees it: accessible names of its controls."""

    path: Path = "/login"
    user: str = "Email"
    password: str = "Password"  # noqa: S105 - the label of a field
    submit: str = "Sign in"
    landmark: Landmark = Landmark(role="heading", name="Dashboard")


class Browser(Model):
    """How journeys use the browser."""

    login: LoginForm = LoginForm()
    allowed_hosts: tuple[str, ...] = Field((), description="third-party hosts that pages may talk to; services are always allowed")
    timeout_s: Seconds = 10.0
    viewport: tuple[int, int] = (1280, 800)
