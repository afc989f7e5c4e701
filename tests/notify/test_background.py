"""Announcements that nobody waits for."""

import argparse
import threading

import pytest

from smoke.notify import background
from smoke.notify.background import Announcer
from smoke.notify.event import DeployNews, Event


def events() -> list[Event]:
    """Return one event of each kind."""
    return [Event(news, "portal/prod", at) for at, news in enumerate(DeployNews)]


def test_in_their_order() -> None:
    """All are told in their order before the end."""
    told: list[Event] = []
    with Announcer(argparse.Namespace(), {}, told.append) as announce:
        for event in events():
            announce(event)
    assert told == events()


def test_nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """An event that takes for ever holds up neither who announces nor, beyond a limit, the end."""
    monkeypatch.setattr(background, "LAST_WORDS_S", 0.05)
    forever = threading.Event()
    with Announcer(argparse.Namespace(), {}, lambda _: forever.wait(20)) as announce:
        for event in events():
            announce(event)
    forever.set()
