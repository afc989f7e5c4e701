"""Make one journey: look, and look again in a fresh context as long as it is unclear, within the budget."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from smoke.browser.guard import named_writes
from smoke.browser.visit import Visit
from smoke.environment.journeys import Journey, Landmark
from smoke.journeys.checkout import check_out
from smoke.journeys.judging import judge
from smoke.journeys.login import service_of_login
from smoke.journeys.look import Look
from smoke.journeys.page import look_at_page
from smoke.journeys.roles import RoleSession, session
from smoke.journeys.scene import Scene
from smoke.journeys.stage import Part, look
from smoke.verdict.finding import Judgement
from smoke.verdict.words import Cause, Outcome

Flow = Callable[[Visit, Journey], None]

FLOWS: dict[str, Flow] = {"checkout": check_out}
"""Flows written in Python, by the name that environment files use; `login` is made once per role (see `roles`)."""


@dataclass(frozen=True, slots=True)
class Result:
    """A judgement and the effort behind it; *evidence* are paths relative to the run's directory."""

    judgement: Judgement
    rounds: int = 0
    samples: int = 0
    evidence: tuple[str, ...] = ()


def run_journey(journey: Journey, scene: Scene) -> Result:
    """Make *journey* and judge it; what the product does wrong is in the judgement, never an exception."""
    if journey.flow == "login":
        return _login(journey, scene, session(scene, journey.role or ""))
    made = session(scene, journey.role) if journey.role else None
    if made is not None and made.session is None:
        return _without_login(scene, made)
    looks = look_until_clear(scene, lambda number: _part(journey, scene, made, number), _promise(journey))
    judgement = judge(looks, _promise(journey), last=True)
    return _result(_located(judgement, scene, journey.service), looks)


def look_until_clear(scene: Scene, part: Callable[[int], Part], promise: str) -> list[Look]:
    """Look until it is clear, at most as often as the environment's `confirm.rounds` says, with a pause between."""
    looks: list[Look] = []
    rounds = scene.environment.confirm.rounds
    while not looks or (len(looks) < rounds and judge(looks, promise, last=False).unclear):
        if looks:
            scene.pause(min(scene.environment.confirm.pause_s, scene.remaining_s()))
        looks.append(look(scene, part(len(looks) + 1)))
    return looks


def _part(journey: Journey, scene: Scene, made: RoleSession | None, number: int) -> Part:
    flow = FLOWS[journey.flow] if journey.flow else look_at_page
    return Part(
        name=f"{journey.name}-{number}",
        act=lambda visit: flow(visit, journey),
        writes=named_writes(scene.environment),
        session=made.session if made else None,
        # What passes at first is not traced: a product that is well pays nothing for evidence.
        traced=number > 1,
    )


def _login(journey: Journey, scene: Scene, made: RoleSession) -> Result:
    if made.obstacle:
        return Result(_undecided(*made.obstacle, made.role))
    return _result(_located(made.judge(_promise(journey)), scene, journey.service), made.looks)


def _without_login(scene: Scene, made: RoleSession) -> Result:
    """A failed login is said once, by the journey whose promise it is; where there is none, by all that need it."""
    answerable = scene.login_journey(made.role)
    if made.obstacle:
        message, cause = made.obstacle
        judgement = _undecided(message, cause, made.role)
    else:
        judgement = _located(made.judge(""), scene, service_of_login(scene.environment, made.role))
    if answerable is None:
        said = f"cannot be made: the login of role {made.role!r} failed: {judgement.message}"
        return _result(replace(judgement, message=said), made.looks)
    said = f"not looked at: the login of role {made.role!r} failed: {judgement.message}"
    facts = {"blocked_by": f"journey/{answerable.name}"}
    return Result(Judgement(Outcome.UNDECIDED, said, judgement.cause or Cause.SUITE, facts=facts))


def _located(judgement: Judgement, scene: Scene, service: str) -> Judgement:
    """Add that no network had a part in what failed beneath HTTP, if so."""
    if not judgement.facts.get("failure_kinds") or not scene.is_local(service):
        return judgement
    return replace(judgement, facts={**judgement.facts, "local": True})


def _undecided(message: str, cause: str, role: str | None) -> Judgement:
    return Judgement(Outcome.UNDECIDED, message, Cause(cause), facts={"role": role})


def _result(judgement: Judgement, looks: Sequence[Look]) -> Result:
    return Result(
        judgement,
        rounds=len(looks),
        samples=sum(one.requests for one in looks),
        evidence=tuple(path for one in looks for path in one.evidence),
    )


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
