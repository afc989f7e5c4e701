"""Faults of and with the third parties."""

from typing import TYPE_CHECKING

from smoke.demo.faults._registry import fault
from smoke.demo.scene import Outage
from smoke.verdict.words import Word

if TYPE_CHECKING:
    from smoke.demo.scene import Scene


@fault("S07", "WHMCS refuses the new release, and nobody else", Word.FAIL)
def refused_by_whmcs(scene: "Scene") -> None:
    """Take the new release's address off the allow-list of WHMCS."""
    scene.whmcs_refuses_release = True


@fault("I01", "Salesforce is down for everybody at the moment of the deploy", Word.INCONCLUSIVE, also_ok=(Word.PASS,))
def salesforce_down(scene: "Scene") -> None:
    """Take Salesforce down at the switch."""
    scene.salesforce = scene.rng.choice(list(Outage))
