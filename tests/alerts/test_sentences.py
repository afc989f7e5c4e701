"""What an alert says to people."""

import pytest

from smoke.alerts.incident import Alert, Incident, Kind, News
from smoke.alerts.look import Blame, Look
from smoke.alerts.message import Message
from smoke.alerts.sentences import lasting, message_of
from smoke.verdict.words import Severity
from tests.alerts.looks import BEGAN, COMMIT, PREVIOUS, alerts, look, trouble
from tests.outputs.verdicts import HOSTILE


def titles(letters: str) -> list[str]:
    """Return the titles of the alerts that *letters* make."""
    return [message_of(one).title for _, one in alerts(letters)]


def test_a_whole_incident() -> None:
    """Every line says where, what and since when."""
    assert titles("xxyxxx..") == [
        "portal/prod is failing since 08:00 UTC: page/home",
        "portal/prod is failing in more places: journey/checkout",
        "portal/prod is sound again after 1 h 30 min",
    ]
    assert titles("xxxxxx")[1] == "portal/prod is still failing after 1 h 15 min: page/home"
    assert titles("????x") == [
        "portal/prod cannot be judged since 08:00 UTC: the network of this machine is down",
        "portal/prod got worse, critical, and is failing since 08:00 UTC: page/home",
    ]


def test_why() -> None:
    """The lines below say what each check said, what is live and how to look again."""
    ((_, opened),) = alerts("xx")
    assert message_of(opened).text.splitlines() == [
        "page/home: HTTP 500 in 12 of 12 samples",
        f"live: {COMMIT[:12]}",
        "repeat: smoke verify portal/prod",
    ]
    *_, (_, resolved) = alerts("xx..")
    assert message_of(resolved).text == "2027-01-15 08:00 UTC to 2027-01-15 08:30 UTC; failed: page/home"


def late(at: Look, previous: str | None = PREVIOUS) -> Message:
    """Return the alert on a late failure."""
    blame = Blame(COMMIT, previous, BEGAN - 780, BEGAN - 480, ("page/home",))
    incident = Incident("i", Kind.FAILING, Severity.CRITICAL, BEGAN, BEGAN + 40, ("page/home",), blame=blame)
    return message_of(Alert(News.OPENED, incident, at, ("dev",)))


def test_a_late_failure_says_roll_back() -> None:
    """The first words are what to do, and the evidence stands below."""
    said = late(look("x"))
    assert said.title == "portal/prod: roll back 9f1c2ab: page/home failing 13 min after the release had passed"
    assert f"do: roll back to {PREVIOUS[:12]}" in said.text.splitlines()
    assert "passed at 07:47 UTC, and what fails now was last sound with it at 07:52 UTC" in said.text
    assert said.facts["roll_back_to"] == PREVIOUS
    assert "do: roll back to the release before" in late(look("x"), None).text


def test_words_of_the_target_are_harmless() -> None:
    """A target chooses the words of its error pages, but they neither hide nor break anything."""
    said = late(look("x", troubles=(trouble(message=HOSTILE),)))
    assert not any(ord(one) < 32 and one != "\n" for one in said.title + said.text)
    assert len(said.text.splitlines()) == 6


def test_many_checks() -> None:
    """Five are named, the others counted."""
    said = late(look("x", troubles=tuple(trouble(f"page/{at}") for at in range(9))))
    assert "and 4 more" in said.text


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-3, "0 s"),
        (45, "45 s"),
        (119, "119 s"),
        (120, "2 min"),
        (3600, "1 h"),
        (8100, "2 h 15 min"),
        (200_000, "2 d 7 h"),
    ],
)
def test_durations(seconds: float, words: str) -> None:
    """Durations are said as people say them."""
    assert lasting(seconds) == words


def test_a_message_survives_json() -> None:
    """What waits to be sent is kept as JSON."""
    said = late(look("x"))
    assert Message.from_json(said.to_json()) == said
