"""The stand-ins for what watches a foreign environment say what their originals say, and see what they are to see."""

import asyncio
import json
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from smoke.demo.quirks import Quirk
from smoke.demo.serving import Serving
from smoke.demo.watchers import Watchers
from smoke.demo.wire import Answer, Call, Peer, fetch
from tests.demo.test_faults_declared import scene

TOKEN = [(b"host", b"x"), (b"authorization", b"Bearer secret")]


def asked(path: str, *quirks: Quirk, deployed: bool = True, token: bool = True) -> Answer:
    """Return the answer of one of them."""
    watchers = Watchers()
    made = scene()
    made.settings = replace(made.settings, quirks=frozenset(quirks))
    if deployed:
        watchers.deploy(made)

    async def run() -> Answer:
        serving = Serving(watchers.app())
        peer = Peer(await serving.start())
        answer = await fetch(peer, Call("GET", path, TOKEN if token else TOKEN[:1]))
        await serving.stop()
        return answer

    return asyncio.run(run())


def told(path: str, *quirks: Quirk, deployed: bool = True) -> Any:
    """Return the JSON of one answer."""
    return json.loads(asked(path, *quirks, deployed=deployed).body)


def value_of(path: str, *quirks: Quirk) -> str:
    """Return the only value of a vector; samples are texts."""
    (series,) = told(path, *quirks)["data"]["result"]
    value: str = series["value"][1]
    return value


def test_sentry() -> None:
    """Issues are a bare list, their counts texts; without a token nothing is told."""
    path = "/api/0/organizations/cartly/issues/?query=x"
    assert told(path) == []
    assert told(path, Quirk.NEW_ISSUES)[0]["count"] == "37"
    assert told(path, Quirk.NEW_ISSUES, deployed=False) == []
    assert asked(path, token=False).status == 401
    assert told("/api/0/organizations/cartly/releases/abc/")["version"] == "abc"


def test_prometheus() -> None:
    """The error rate and the memory rise only where they are to, and only since the deploy."""
    rate, memory = f"/api/v1/query?query={quote('sum(rate(x[60s]))')}", "/api/v1/query?query=container_memory"
    assert (value_of(rate), value_of(rate, Quirk.ERRORS_HIGH)) == ("0.002", "0.071")
    assert (value_of(memory), value_of(memory, Quirk.MEMORY_HIGH)) == ("0.61", "0.93")
    assert value_of(f"{rate}&time=1000", Quirk.ERRORS_HIGH) == "0.002"
    down = told("/api/v1/targets?state=active", Quirk.METRICS_LOST)["data"]["activeTargets"]
    assert [one["health"] for one in down] == ["down", "up", "up"]


def test_alertmanager_and_loki() -> None:
    """Alerts are a bare array; no line at all is an empty vector, which is not zero."""
    assert told("/api/v2/alerts") == []
    assert told("/api/v2/alerts", Quirk.ALERT_FIRES)[0]["status"]["state"] == "active"
    lines = f"/loki/api/v1/query?query=x&time={10**19}"
    assert told(lines, Quirk.LOGS_LOST)["data"]["result"] == []
    assert value_of(lines) == "412"
    errors = f"/loki/api/v1/query?query={quote('x |~ y')}&time={10**19}"
    assert (value_of(errors), value_of(errors, Quirk.LOGS_FULL_OF_ERRORS)) == ("2", "390")


def test_slack_and_the_app_store() -> None:
    """Slack refuses with 200 and `ok: false`; the App Store calls its JSON JavaScript."""
    path = "/api/conversations.history?channel=C1"
    assert json.loads(asked(path, token=False).body) == {"ok": False, "error": "not_authed"}
    assert "b" * 40 in told(path)["messages"][0]["text"]
    assert told(path, Quirk.NOT_ANNOUNCED)["messages"] == []
    answer = asked("/lookup?bundleId=app.impulseai.ios&country=no")
    assert answer.header(b"content-type").startswith(b"text/javascript")
    assert json.loads(answer.body)["results"][0]["version"] == "4.2.0"
