"""
Announce what happens to a deploy to everybody whom the environment file names.

This never raises, never takes longer than a few seconds, and never changes anything but what people know.
"""

import sys
from argparse import Namespace
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Event as Signal
from threading import Thread
from time import monotonic
from typing import TYPE_CHECKING

from smoke.errors import SmokeError
from smoke.notify.event import DeployNews, Event
from smoke.running.places import environments_directory, state_of

if TYPE_CHECKING:
    from smoke.alerts.message import Message, Receipt, Sender
    from smoke.environment.notify import Notifier

WITHIN_S = 6.0
"""All notifiers together; who has not answered by then is left behind."""

WAIT_S = 4.0
"""What Slack may ask to wait for within that."""

TIMEOUT_S = 4.0


def announce(event: Event, chosen: Namespace, environ: Mapping[str, str], *, within_s: float = WITHIN_S) -> None:
    """
    Tell everybody of *event* who is to know of it, in the thread of its deploy.

    *chosen* says where the environment files are (`--environments`). What could not be told is one line on standard
    error.
    """
    try:
        if not mentioned(environments_directory(chosen)):
            return
        for why in _told(event, chosen, environ, within_s):
            _warn(why)
    except SmokeError as error:
        _warn(str(error))


def mentioned(environments: Path) -> bool:
    """Tell whether any environment file mentions `notify`, without the models, whose import takes 0.2 s."""
    try:
        return any(b"notify" in file.read_bytes() for file in environments.rglob("*.toml"))
    except OSError:
        return True  # who loads it will say what is wrong with it


def _told(event: Event, chosen: Namespace, environ: Mapping[str, str], within_s: float) -> list[str]:
    from smoke.notify import provenance, threads
    from smoke.notify.deploy import belonging
    from smoke.notify.secrecy import masked
    from smoke.notify.senders import sender_of
    from smoke.notify.sentences import message_of
    from smoke.notify.slack import Patience
    from smoke.running.choice import environment_of  # only where somebody is to be told

    environment = environment_of(chosen, event.environment)
    if not environment.notify:
        return []
    state = state_of(chosen, environ)
    known = threads.load(state, event.environment)
    deploy, event = belonging(known, provenance.completed(event, environ))
    # The pipeline may have announced its beginning from another machine.
    message = replace(message_of(event, deploy), elsewhere=event.news is not DeployNews.START)
    message = masked(message, environment, environ, state)
    patience = Patience(min(WAIT_S, within_s), Signal().wait, min(TIMEOUT_S, within_s))
    posts = {
        name: Post(sender_of(one, state, environ, patience), replace(message, thread=deploy.threads.get(name)))
        for name, one in environment.notify.items()
        if wants(one, event.news)
    }
    threaded, problems = sent(posts, within_s)
    threads.save(state, replace(deploy, threads={**deploy.threads, **threaded}), known)
    return problems


def wants(notifier: "Notifier", news: DeployNews) -> bool:
    """Tell whether *notifier* is to be told of *news*; nobody may miss a rollback that failed."""
    return news is DeployNews.ROLLBACK_FAILED or _MOMENTS[news] in {one.value for one in notifier.on}


_MOMENTS = {
    DeployNews.START: "start",
    DeployNews.PASS: "pass",
    DeployNews.FAIL: "fail",
    DeployNews.INCONCLUSIVE: "inconclusive",
    DeployNews.ROLLBACK: "rollback",
    DeployNews.ROLLED_BACK: "rollback",
    DeployNews.ROLLBACK_UNPROVEN: "rollback",
    DeployNews.ROLLBACK_FAILED: "rollback",
}


@dataclass(frozen=True)
class Post:
    """One message and its way out."""

    sender: "Sender"
    message: "Message"


def sent(posts: Mapping[str, Post], within_s: float) -> tuple[dict[str, str], list[str]]:
    """Send all at once; return the threads by notifier, and a sentence for each that did not take its message."""
    from smoke.alerts.message import SendingFailed

    results: SimpleQueue[tuple[str, Receipt | SendingFailed]] = SimpleQueue()

    def work(name: str, post: Post) -> None:
        result: Receipt | SendingFailed = SendingFailed("the way out broke")
        try:
            result = post.sender.send(post.message)
        except SendingFailed as error:
            result = error
        finally:
            results.put((name, result))

    ends_at, waiting = monotonic() + within_s, set(posts)
    for name, post in posts.items():
        # A daemon, since a way out that hangs must not keep the process.
        Thread(target=work, args=(name, post), name=f"notify {name}", daemon=True).start()
    threads: dict[str, str] = {}
    problems: list[str] = []
    while waiting:
        try:
            name, result = results.get(timeout=max(0.01, ends_at - monotonic()))
        except Empty:
            break
        waiting.discard(name)
        if isinstance(result, SendingFailed):
            problems.append(f"{name}: {result}")
        elif result.thread:
            threads[name] = result.thread
    return threads, problems + [f"{name}: no answer within {within_s:g} s" for name in sorted(waiting)]


def _warn(why: str) -> None:
    from smoke.outputs.untrusted import for_log

    try:
        sys.stderr.write(f"WARNING: people were not told of this deploy: {for_log(why)}\n")
    except (OSError, ValueError):
        return  # nobody reads it any more
