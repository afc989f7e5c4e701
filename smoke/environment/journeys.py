"""Journeys: what a real browser must be able to do."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from smoke.environment._model import ChosenStage, Model, Name, Names, Path, Seconds, Text
from smoke.environment.addresses import Host

Flow = Literal["login", "checkout", "form", "returning"]
"""The flows written in Python, in smoke/journeys."""

ANONYMOUS_FLOWS = frozenset({"form", "returning"})
"""Flows that somebody may make who is not logged in."""

Pixels = Annotated[int, Field(ge=1)]


class Landmark(Model):
    """An element found by role and accessible name, as a person would."""

    role: Text = Field(description="its ARIA role, e.g. `heading`")
    name: Names | None = Field(None, description="its accessible name; of several any will do")


class Rows(Model):
    """Repeated elements, such as the rows of a table."""

    at_least: int = Field(1, ge=0, description="the smallest number that is right")
    role: Text = Field("row", description="the ARIA role of one element")
    within: Landmark | None = Field(None, description="the element that holds them; the page without it")


class Form(Model):
    """A form that may be sent, as it changes nothing that stays."""

    write: Name = Field(description="the entry of `writes` that allows what it sends")
    fill: dict[Text, Text] = Field({}, description="what to type, by the label of the field")
    submit: Names = Field(
        ("Submit", "Send", "Save"), description="label of the button; else the form's only one is pressed"
    )
    result: Landmark = Field(description="the element that tells that it was accepted")
    cleanup_path: Path | None = Field(
        None, description="where what it made is deleted; `{id}` stands for the member `id` of the answer"
    )


class Journey(Model):
    """A check that a real browser makes: a page described here, or a flow written in Python."""

    name: Name = Field(description="its name, unique among journeys; the check's id is `journey/<name>`")
    flow: Flow | None = Field(None, description="a flow written in Python, instead of a page described here")
    service: Name = Field("web", description="the service that serves the page")
    path: Path = Field("/", description="the page to open")
    role: Name | None = Field(None, description="the role that is logged in; anonymous without it")
    landmark: Landmark | None = Field(None, description="the element that tells that the page is the right one")
    rows: Rows | None = Field(None, description="repeated elements that must be there")
    form: Form | None = Field(None, description="the form on the page; only with the flow `form`")
    contains: tuple[Text, ...] = Field((), description="texts that a person must be able to see")
    absent: tuple[Text, ...] = Field((), description="texts that must not be seen")
    depends_on: tuple[Name, ...] = Field((), description="dependencies whose outage explains a failure")
    stage: ChosenStage = Field("functional", description="when it is made")
    gating: bool = Field(True, description="whether its failure counts for the verdict")

    @model_validator(mode="after")
    def _has_something_to_look_for(self) -> Self:
        if self.landmark is None and self.flow is None:
            raise ValueError(
                "found neither 'landmark' nor 'flow', so any page would do; add for example "
                'landmark = { role = "heading", name = "Invoices" }'
            )
        return self

    @model_validator(mode="after")
    def _flow_has_a_role(self) -> Self:
        if self.flow is not None and self.flow not in ANONYMOUS_FLOWS and self.role is None:
            raise ValueError(f"the flow {self.flow!r} needs somebody to log in; add 'role', the name of a role")
        return self

    @model_validator(mode="after")
    def _form_belongs_to_its_flow(self) -> Self:
        if (self.flow == "form") != (self.form is not None):
            raise ValueError("the flow 'form' and the table 'form' belong together; add the other one, or remove this")
        return self


class LoginForm(Model):
    """The login page as a person sees it: accessible names of its controls."""

    path: Path = Field("/login", description="the login page")
    user: Names = Field(("Email",), description="label of the field for the user; of several any will do")
    password: Names = Field(("Password",), description="label of the field for the password; likewise")
    submit: Names = Field(("Sign in",), description="label of the button; else the form's only one is pressed")
    landmark: Landmark = Field(
        Landmark(role="heading", name="Dashboard"), description="the element that tells that the login worked"
    )


class Browser(Model):
    """How journeys use the browser."""

    login: LoginForm = Field(LoginForm(), description="the login page")
    allowed_hosts: tuple[Host, ...] = Field(
        (), description="third-party hosts that pages may talk to; services are always allowed"
    )
    accept_language: Text = Field(
        "en-US,en;q=0.9", description="the languages that pages are asked for in when they are read without a browser"
    )
    timeout_s: Seconds = Field(10.0, description="for one step of a journey")
    returning: bool = Field(
        True,
        description="whether a visitor from before the deploy opens pages of the journeys again, with the browser "
        "profile that `smoke prime` recorded",
    )
    viewport: tuple[Pixels, Pixels] = Field((1280, 800), description="width and height in pixels")
