"""Let the times that nobody wrote give way to those that an environment file says."""

from typing import TypeVar

from smoke.environment._model import Model
from smoke.environment.environment import Environment

AnyModel = TypeVar("AnyModel", bound=Model)


def fit_defaults(environment: Environment) -> Environment:
    """Return *environment* with every default time lowered to the time around it; what is written stays as it is."""
    converge = _within(environment.converge, "stuck_after_s", environment.converge.within_s)
    converge = _within(converge, "every_s", converge.stuck_after_s)
    limits = _within(environment.limits, "timeout_s", environment.budget_s)
    limits = _within(limits, "connect_timeout_s", limits.timeout_s)
    if converge is environment.converge and limits is environment.limits:
        return environment
    return environment.model_copy(update={"converge": converge, "limits": limits})


def _within(part: AnyModel, key: str, most: float) -> AnyModel:
    if key in part.model_fields_set or getattr(part, key) <= most:
        return part
    return part.model_copy(update={key: most})
