"""The commands of the rollback table are ones that an environment file may hold, and that exist."""

import pytest

from smoke.environment.platform_rollbacks import PLATFORM_ROLLBACKS
from smoke.environment.platforms import KINDS
from smoke.environment.rollbacks import Rollback


@pytest.mark.parametrize("name", PLATFORM_ROLLBACKS)
def test_usable_as_a_rollback(name: str) -> None:
    """Each entry is a rollback as an environment file describes one; what does not exist is refused there."""
    one = PLATFORM_ROLLBACKS[name]
    if one.possible:
        made = Rollback(command=one.command, procedure=one.procedure, takes_s=one.takes_s)
        assert made.command == one.command
    else:
        assert Rollback(possible=False, instead=one.procedure).instead == one.procedure


def test_every_platform_has_one() -> None:
    """Whoever can be asked can be rolled back."""
    assert set(KINDS) <= set(PLATFORM_ROLLBACKS)


def test_the_mutation_selects_nothing() -> None:
    """Railway's deploymentRollback is a Boolean, on which a selection is refused."""
    assert "deploymentRollback(id: $id) }" in PLATFORM_ROLLBACKS["railway"].command[-1]


@pytest.mark.parametrize(
    ("command", "works"),
    [
        (("railway", "rollback"), "deploymentRollback"),
        (("sh", "-c", "set -e; railway rollback --yes"), "deploymentRollback"),
        (("sh", "-c", "railway up --detach --image=api:1"), "takes no '--image'"),
        (("ssh", "portal-prod", "cd /opt/portal && docker compose up -d -e IMAGE=api:1"), "takes no '-e'"),
        (("sh", "-c", "curl -X POST https://api.railway.app/v1/environments/production/deployments"), "GraphQL"),
    ],
)
def test_what_does_not_exist(command: tuple[str, ...], works: str) -> None:
    """A command that does not exist is refused wherever it hides, with what works instead."""
    with pytest.raises(ValueError, match=works):
        Rollback(command=command)


def test_what_only_looks_like_it() -> None:
    """An option of another program is not Compose's."""
    line = "docker compose up -d --no-build && ssh -e none portal-prod true"
    assert Rollback(command=("sh", "-c", line)).command[-1] == line
