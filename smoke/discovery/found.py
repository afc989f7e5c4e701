"""Everything that was found at one service: pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from smoke.discovery.health import KNOWN, HealthFound, found_health
from smoke.discovery.login_form import FormFound, found_form
from smoke.discovery.pages import PageFound, found_pages
from smoke.discovery.release import ReleaseFound, found_release
from smoke.discovery.site import Site


@dataclass(frozen=True, slots=True)
class Found:
    """Everything that was found at one service."""

    name: str
    site: Site
    health: Sequence[HealthFound]
    release: ReleaseFound
    pages: Sequence[PageFound]
    form: FormFound | None

    @property
    def unwell(self) -> bool:
        """Whether it says that it is not well: then that stays in the file, and the verdict says so."""
        return bool(self.health) and self.health[0].state not in KNOWN


def found_at(name: str, site: Site) -> Found:
    """Return what *site*, called *name*, shows."""
    return Found(name, site, found_health(site), found_release(site), found_pages(site), found_form(site))
