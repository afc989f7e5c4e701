"""Faults of and with the third parties."""

from typing import TYPE_CHECKING

from smoke.demo.faults._registry import fault
from smoke.demo.outages import Outage
from smoke.verdict.words import Word

if TYPE_CHECKING:
    from smoke.demo.scene import Scene


@fault("S07", "WHMCS or Salesforce refuses the new release, and nobody else", Word.FAIL)
def refused_by_third_party(scene: "Scene") -> None:
    """Take the new release's address off the allow-list of WHMCS, or give it sessions that Salesforce does not know."""
    if scene.rng.random() < 0.5:  # noqa: PLR2004 - a coin
        scene.whmcs_refuses_release = True
    else:
        scene.salesforce_refuses_release = True


@fault("I01", "Salesforce is down for everybody at the moment of the deploy", Word.INCONCLUSIVE, also_ok=(Word.PASS,))
def salesforce_down(scene: "Scene") -> None:
    """Take Salesforce down at the switch."""
    scene.salesforce = scene.rng.choice(list(Outage))


@fault("I21", "WHMCS is down for everybody at the moment of the deploy", Word.INCONCLUSIVE)
def whmcs_down(scene: "Scene") -> None:
    """Take WHMCS down at the switch."""
    scene.whmcs = scene.rng.choice(list(Outage))


@fault("N16", "Deep health is 503, as an optional third party is down", Word.PASS, also_ok=(Word.INCONCLUSIVE,))
def optional_party_down(scene: "Scene") -> None:
    """Take Salesforce down: pages show an empty box in its place, and the readiness of the BFF reports it."""
    scene.salesforce = scene.rng.choice([Outage.UNAVAILABLE, Outage.REFUSED])
