"""From the environment file's keys to the plain values that the alerts use, and to the ways out."""

from collections.abc import Callable, Mapping
from pathlib import Path

from smoke.alerts.message import Message, Receipt, Sender, SendingFailed
from smoke.alerts.policy import Policy, Step
from smoke.canary.senders import FileSender, WebhookSender
from smoke.environment import secrets
from smoke.environment.canary import Alerts, Channel
from smoke.environment.notify import Notifier
from smoke.errors import SecretMissing
from smoke.notify.senders import sender_of


def policy_of(alerts: Alerts) -> Policy:
    """Return when an incident begins and ends, how bad it is and who is told."""
    steps = tuple(Step(one.to, one.after_s, one.at_least) for one in alerts.escalation)
    return Policy(
        after_failures=alerts.after_failures,
        after_successes=alerts.after_successes,
        after_unclear=alerts.after_unclear,
        remind_every_s=alerts.remind_every_s,
        failing=alerts.severity.failing,
        dependency=alerts.severity.dependency,
        unclear=alerts.severity.unclear,
        checks=tuple(alerts.checks.items()),
        steps=steps or ((Step(tuple(alerts.channels)),) if alerts.channels else ()),
    )


def senders_of(
    alerts: Alerts, notify: Mapping[str, Notifier], state: Path, environ: Mapping[str, str]
) -> dict[str, Sender]:
    """Return the way out of each channel; *notify* are those that tell of deploys, which a channel may name."""
    return {name: _sender(channel, notify, state, environ) for name, channel in alerts.channels.items()}


def _sender(channel: Channel, notify: Mapping[str, Notifier], state: Path, environ: Mapping[str, str]) -> Sender:
    if channel.file is not None:
        return FileSender(state / channel.file)
    if channel.notify is not None:
        return sender_of(notify[channel.notify], state, environ)  # what must wait is sent at the next look
    webhook = channel.webhook
    if webhook is None:
        raise AssertionError("a channel has exactly one kind")
    return _Later(lambda: WebhookSender(secrets.resolve(webhook, environ=environ, state=state)))


class _Later:
    """A sender that needs a secret, which may be missing: then its messages wait."""

    def __init__(self, made: Callable[[], Sender]) -> None:
        self._made = made

    def send(self, message: Message) -> Receipt:
        """Send through the sender; raises SendingFailed."""
        try:
            sender = self._made()
        except SecretMissing as error:
            raise SendingFailed(str(error)) from error
        return sender.send(message)
