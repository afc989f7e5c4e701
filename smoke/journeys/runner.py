"""Make one journey, whatever kind it is of."""

from collections.abc import Callable
from dataclasses import replace

from smoke.browser.guard import named_writes
from smoke.browser.visit import Visit
from smoke.environment.journeys import Journey, Landmark
from smoke.journeys.checkout import check_out
from smoke.journeys.form import send_form
from smoke.journeys.judging import judge
from smoke.journeys.login import service_of_login
from smoke.journeys.looking import Part
from smoke.journeys.page import look_at_page
from smoke.journeys.returning import come_back
from smoke.journeys.roles import RoleSession, session
from smoke.journeys.rounds import Result, located, look_until_clear, result
from smoke.journeys.world import JourneyWorld
from smoke.verdict.finding import Judgement
from smoke.verdict.words import Cause, Outcome

Flow = Callable[[Visit, Journey], None]

FLOWS: dict[str, Flow] = {"checkout": check_out}
"""Flows written in Python, by the name that environment files use; `login` is made once per role (see `roles`)."""


def run_journey(journey: Journey, world: JourneyWorld) -> Result:
    """Make *journey* and judge it; what the product does wrong is in the judgement, never an exception."""
    if missing := world.unable():
        return Result(_undecided(missing, Cause.CREDENTIALS.value, journey.role))
    if journey.flow == "login":
        return _login(journey, world, session(world, journey.role or ""))
    made = session(world, journey.role) if journey.role else None
    if made is not None and made.session is None:
        return _without_login(world, made)
    if journey.flow == "form":
        return send_form(journey, world, made)
    if journey.flow == "returning":
        return come_back(journey, world, made)
    before = world.before(f"journey/{journey.name}")
    looks = look_until_clear(world, lambda number: _part(journey, world, made, number), _promise(journey), before)
    judgement = judge(looks, _promise(journey), last=True, before=before)
    return result(located(judgement, world, journey.service), looks)


def _part(journey: Journey, world: JourneyWorld, made: RoleSession | None, number: int) -> Part:
    flow = FLOWS[journey.flow] if journey.flow else look_at_page
    return Part(
        name=f"{journey.name}-{number}",
        act=lambda visit: flow(visit, journey),
        writes=named_writes(world.environment),
        session=made.session if made else None,
        # What passes at first is not traced: a product that is well pays nothing for evidence.
        traced=number > 1,
    )


def _login(journey: Journey, world: JourneyWorld, made: RoleSession) -> Result:
    if made.obstacle:
        return Result(_undecided(*made.obstacle, made.role))
    return result(located(made.judge(_promise(journey)), world, journey.service), made.looks)


def _without_login(world: JourneyWorld, made: RoleSession) -> Result:
    """A failed login is said once, by the journey whose promise it is; where there is none, by all that need it."""
    answerable = world.login_journey(made.role)
    if made.obstacle:
        message, cause = made.obstacle
        judgement = _undecided(message, cause, made.role)
    else:
        judgement = located(made.judge(""), world, service_of_login(world.environment, made.role))
    if answerable is None:
        said = f"cannot be made: the login of role {made.role!r} failed: {judgement.message}"
        return result(replace(judgement, message=said), made.looks)
    said = f"not looked at: the login of role {made.role!r} failed: {judgement.message}"
    facts = {"blocked_by": f"journey/{answerable.name}"}
    return Result(Judgement(Outcome.UNDECIDED, said, judgement.cause or Cause.SUITE, facts=facts))


def _undecided(message: str, cause: str, role: str | None) -> Judgement:
    return Judgement(Outcome.UNDECIDED, message, Cause(cause), facts={"role": role})


def _called(landmark: Landmark) -> str:
    return " or ".join(landmark.name) if landmark.name else repr(landmark.role)


def _promise(journey: Journey) -> str:
    if journey.flow == "login":
        return f"the role {journey.role!r} logs in and stays logged in"
    if journey.flow == "checkout":
        return "an order can be made up to its last step, its total is right, and it is discarded again"
    shown = f"{journey.path} shows {_called(journey.landmark)}" if journey.landmark else ""
    rows = f" with at least {journey.rows.at_least} {journey.rows.role}" if journey.rows else ""
    return f"{shown}{rows}"
