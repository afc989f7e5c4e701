"""Empty the outbox: every message to its channel, in order, and none twice as far as the channel can tell."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from smoke.alerts.message import Sender, SendingFailed
from smoke.history import outbox
from smoke.history.records import Waiting
from smoke.history.store import History


def deliver(history: History, environment: str, senders: Mapping[str, Sender], now: Callable[[], float]) -> list[str]:
    """
    Send what waits, and return a sentence for each channel that did not take everything.

    After a failure the channel's later messages wait too, so that a thread reads in its order; other channels' do not.
    What a channel refuses for good is kept as refused and stands in nobody's way.
    """
    with history.reading() as connection:
        waiting = outbox.waiting(connection, environment)
    stuck: dict[str, str] = {}
    for one in waiting:
        if one.channel in stuck:
            continue
        sender = senders.get(one.channel)
        why = _send(history, one, sender, now) if sender else "the environment file has no such channel any more"
        if why:
            stuck[one.channel] = f"alerts to {one.channel} are waiting: {why}"
    return list(stuck.values())


def _send(history: History, one: Waiting, sender: Sender, now: Callable[[], float]) -> str | None:
    with history.writing() as connection:
        thread = outbox.thread_of(connection, one)
        outbox.trying(connection, one)
    try:
        receipt = sender.send(replace(one.message, thread=thread, again=one.tries > 0))
    except SendingFailed as error:
        with history.writing() as connection:
            outbox.failed(connection, one, str(error), now() if error.lasting else None)
        return None if error.lasting else str(error)
    with history.writing() as connection:
        outbox.sent(connection, one, now(), receipt.thread)
    return None
