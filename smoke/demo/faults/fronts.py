"""What stands before the whole portal, so that nothing behind it is seen."""

from dataclasses import replace
from typing import TYPE_CHECKING

from smoke.demo.edge.screens import MAINTENANCE, MAINTENANCE_503, WALLS, provider_outage
from smoke.demo.faults._registry import fault
from smoke.verdict.words import Word

if TYPE_CHECKING:
    from smoke.demo.scene import Scene

WINDOW_S = 1800.0


@fault("H03", "The maintenance page was left on, served with status 200", Word.FAIL)
def maintenance_left_on(scene: "Scene") -> None:
    """Let the edge answer every URL with its maintenance page."""
    scene.screen = MAINTENANCE


@fault("I10", "A planned maintenance: everything is closed, and the release declares the window", Word.INCONCLUSIVE)
def planned_maintenance(scene: "Scene") -> None:
    """Close everything, with the status for it or with a banner page, and declare until when."""
    scene.screen = scene.rng.choice([MAINTENANCE_503, replace(MAINTENANCE_503, status=200)])
    scene.window_s = (-60.0, WINDOW_S)


@fault("I03", "The provider of the edge has an incident: all of its customers get errors", Word.INCONCLUSIVE)
def edge_provider_down(scene: "Scene") -> None:
    """Let the edge answer every host, unrelated ones included, with its provider's error page."""
    scene.screen = provider_outage(scene.rng.choice([500, 502, 503, 520, 522]))


@fault("I14", "A login wall stands before the whole deployment", Word.INCONCLUSIVE)
def login_wall(scene: "Scene") -> None:
    """Send every request to a foreign login, or refuse it, public pages included."""
    scene.screen = scene.rng.choice(WALLS)
