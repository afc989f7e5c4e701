"""The rules of `notify`, and of who refers to it."""

from collections.abc import Iterator

from smoke.environment._validation import Problem
from smoke.environment._wording import unknown
from smoke.environment.addresses import is_loopback
from smoke.environment.environment import Environment


def notify_rules(environment: Environment) -> Iterator[Problem]:
    """Yield what contradicts something else."""
    known = list(environment.notify)
    for name, channel in environment.alerts.channels.items():
        if channel.notify is not None and channel.notify not in known:
            remedy = f"add [notify.{channel.notify}] or name another entry"
            place = ("alerts", "channels", name, "notify")
            yield Problem(place, unknown(channel.notify, known, "entry of notify", remedy))
    for name, notifier in environment.notify.items():
        if notifier.api.lower().startswith("http:") and not is_loopback(notifier.api):
            yield Problem(
                ("notify", name, "api"),
                f"found {notifier.api!r}, but the token must not cross a network in clear text; use https",
            )
