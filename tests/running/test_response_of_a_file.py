"""From the keys of an environment file to what the verdict uses."""

from smoke.environment.environment import Environment
from smoke.running.response import components_of, grading_of
from smoke.verdict.words import Severity

FILE = {
    "name": "shop/prod",
    "tier": "prod",
    "services": {
        "api": {"url": "https://api.shop.test", "rollback": {"command": ["redeploy"], "takes_s": 30, "within_s": 60}},
        "web": {"url": "https://www.shop.test"},
    },
    "rollbacks": {
        "pages": {"services": ["web"], "procedure": "switch back", "purge": ["purge"]},
        "ios": {"checks": ["force-update/*"], "possible": False, "instead": "ship a new version"},
    },
    "alerts": {
        "titles": {"error": "SEV-2"},
        "checks": {"page/*": "info"},
        "incidents": {
            "failed": {"severity": "error", "verdict": ["fail"], "tell": ["DEV"], "within_s": 1800},
            "slow": {"severity": "warning", "deploy_over_s": 600},
        },
    },
}
ENVIRONMENT = Environment.model_validate(FILE)


def test_components() -> None:
    """A service stands for itself, another component for its services or checks; the order is that of the file."""
    api, pages, ios = components_of(ENVIRONMENT)
    assert (api.name, api.services, api.command, api.takes_s, api.within_s) == ("api", ("api",), ("redeploy",), 30, 60)
    assert (pages.services, pages.procedure, pages.purge) == (("web",), "switch back", ("purge",))
    assert (ios.checks, ios.possible, ios.instead) == (("force-update/*",), False, "ship a new version")


def test_grading() -> None:
    """Incidents keep their order, people and deadline; severities their titles."""
    grading = grading_of(ENVIRONMENT.alerts)
    failed, slow = grading.declared
    assert (failed.name, failed.verdicts, failed.tell, failed.within_s) == ("failed", ("fail",), ("DEV",), 1800)
    assert (slow.severity, slow.deploy_over_s) == (Severity.WARNING, 600)
    assert grading.checks == (("page/*", Severity.INFO),)
    assert (grading.title(Severity.ERROR), grading.title(Severity.INFO)) == ("SEV-2", "info")


def test_nothing_declared() -> None:
    """An environment that declares nothing has nothing to roll back, and does not grade."""
    services = {"web": {"url": "https://www.shop.test"}}
    plain = Environment.model_validate({"name": "shop/prod", "tier": "prod", "services": services})
    assert components_of(plain) == ()
    assert not grading_of(plain.alerts)
