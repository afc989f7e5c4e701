"""Keep what the environment file names as secret out of what people are told, whoever put it into the words."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from smoke.alerts.message import Message
from smoke.environment import secrets
from smoke.environment._model import Model
from smoke.environment.environment import Environment
from smoke.environment.redaction import Redactor
from smoke.environment.secrets import Secret
from smoke.errors import SecretMissing

OURS = frozenset({"environment", "commit", "before", "took"})
"""Facts in our own words, as titles are: a user called "prod" must not garble them."""


def masked(message: Message, environment: Environment, environ: Mapping[str, str], state: Path) -> Message:
    """Return *message* without any secret of *environment*: a command's last words may hold one."""
    redactor = Redactor()
    for reference in set(references(environment)):
        with suppress(SecretMissing):  # then it cannot be told either
            redactor.register(secrets.resolve(reference, environ=environ, state=state))
    return replace(
        message,
        text=redactor.redact(message.text),
        facts={name: value if name in OURS else redactor.redact(value) for name, value in message.facts.items()},
        links={label: redactor.redact(url) for label, url in message.links.items()},
    )


def references(part: object) -> Iterator[Secret]:
    """Yield every reference to a secret in *part*, however deep."""
    if isinstance(part, Secret):
        yield part
    elif isinstance(part, Model):
        for name in type(part).model_fields:
            yield from references(getattr(part, name))
    elif isinstance(part, Mapping):
        for one in part.values():
            yield from references(one)
    elif isinstance(part, list | tuple):
        for one in part:
            yield from references(one)
