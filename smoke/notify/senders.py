"""From the environment file's `[notify]` to ways out."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from smoke.alerts.message import Message, Receipt, Sender, SendingFailed
from smoke.environment import secrets
from smoke.environment.notify import Notifier
from smoke.environment.secrets import Reveal, Secret
from smoke.errors import SecretMissing
from smoke.notify.apprise import AppriseSender
from smoke.notify.slack import Patience, SlackSender, SlackWebhookSender


@dataclass(frozen=True)
class NotifierSender:
    """The way out that *notifier* describes; *value* resolves its secret, which may be missing."""

    notifier: Notifier
    value: Reveal
    patience: Patience

    def send(self, message: Message) -> Receipt:
        """Send it; raises SendingFailed."""
        return self._sender().send(message)

    def _sender(self) -> Sender:
        notifier = self.notifier
        if notifier.token is not None and notifier.channel is not None:
            return SlackSender(
                self._secret(notifier.token), notifier.channel, notifier.api, notifier.mention, self.patience
            )
        if notifier.webhook is not None:
            return SlackWebhookSender(self._secret(notifier.webhook), notifier.mention, self.patience)
        if notifier.url is not None:
            return AppriseSender(self._secret(notifier.url))
        raise AssertionError("a notifier has exactly one way")

    def _secret(self, reference: Secret) -> str:
        try:
            return self.value(reference).strip()
        except SecretMissing as error:
            raise SendingFailed(str(error)) from error


def sender_of(
    notifier: Notifier, state: Path, environ: Mapping[str, str], patience: Patience | None = None
) -> NotifierSender:
    """Return the way out of *notifier*; *patience* is how long a message may wait for Slack."""
    return NotifierSender(
        notifier, lambda one: secrets.resolve(one, environ=environ, state=state), patience or Patience()
    )
