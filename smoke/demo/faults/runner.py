"""Faults of the machine that verifies: nothing is wrong with the portal."""

from typing import TYPE_CHECKING

from smoke.demo.faults._registry import fault
from smoke.verdict.words import Word

if TYPE_CHECKING:
    from smoke.demo.scene import Scene


@fault("I04", "The runner cannot resolve names", Word.INCONCLUSIVE)
def no_names(scene: "Scene") -> None:
    """Lead every public name, control hosts included, to one that does not resolve."""
    scene.names_resolve = False


@fault(
    "I15",
    "The browser crashes on the runner",
    Word.INCONCLUSIVE,
    also_ok=(Word.PASS,),
    environment={"SMOKE_BROWSER_EXECUTABLE": "{state}/demo/dying-browser"},
)
def dying_browser(scene: "Scene") -> None:
    """Offer the verifier a browser that is killed shortly after each start."""
    scene.browser_lives_s = scene.about(1.2)
