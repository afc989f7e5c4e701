"""
The visitor who stays: one browser context whose profile lies on disk, so that workers, caches and cookies survive.

It is the default context of the very browser that makes the other journeys, whose contexts share nothing with it:
a second browser would cost as much as several journeys.
"""

import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from smoke.browser.profile import ProfileDamaged, pack, unpack

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

Opener = Callable[..., "BrowserContext"]
"""Playwright's `launch_persistent_context`."""


@dataclass
class Resident:
    """
    The profile of one run.

    *room* is a private directory. *archive* is the profile from before the deploy; without it the profile begins empty.
    *settings* are those of the context. *visit* is what is known of the visit before the deploy, *damaged* why the
    archive could not be used.
    """

    room: Path
    opener: Opener
    archive: Path | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    visit: Mapping[str, Any] = field(default_factory=dict, repr=False)
    damaged: str = ""
    _directory: Path | None = None

    def start(self, options: Mapping[str, Any]) -> "BrowserContext":
        """Start a browser on a fresh copy of the profile."""
        self.discard()
        self._directory = Path(tempfile.mkdtemp(prefix="profile-", dir=self.room))
        if self.archive is not None and not self.damaged:
            try:
                self.visit = unpack(self.archive, self._directory)
            except ProfileDamaged as error:
                self.damaged = str(error)
        return self.opener(self._directory, **options, **self.settings)

    def keep(self, archive: Path, visit: Mapping[str, Any]) -> bool:
        """Pack the profile of the browser that was started last and has ended; tells whether it was small enough."""
        return self._directory is not None and pack(self._directory, archive, visit)

    def discard(self) -> None:
        """Remove the copy of the profile."""
        if self._directory is not None:
            shutil.rmtree(self._directory, ignore_errors=True)
            self._directory = None
