"""The foreign systems that the stack can be: what they say, without a stack behind them."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from starlette.applications import Starlette

from smoke.demo import addresses
from smoke.demo.dialect import Dialect, Speaker
from smoke.demo.quirks import Quirk
from smoke.demo.release import Image
from smoke.demo.serving import Serving
from smoke.demo.systems import SYSTEMS, dialect_of, environment_of, find
from smoke.demo.wire import Answer, Call, Peer, fetch
from smoke.environment import Environment
from smoke.environment._model import Model
from smoke.environment.loading import load
from smoke.environment.secrets import Secret
from smoke.errors import UsageError
from smoke.verdict.words import Word
from tests.demo.test_faults_declared import scene

DIRECTORY = Path(__file__).parents[2] / "environments"
NOT_SHOWN = {"alerts", "notify", "canary"}
"""What needs secrets that a demo does not have: whom to tell."""

EVERY = [name for names in SYSTEMS.values() for name in names]
COMMIT = "b" * 40


def loaded(dialect: Dialect) -> Environment:
    """Return the unmodified file that the dialect is verified by."""
    return load(DIRECTORY, dialect.environment, given=dialect.parameters)


def secrets_of(part: object) -> set[str]:
    """Return the variables that hold secrets in a part of an environment; whatever a demo shows."""
    if isinstance(part, Secret):
        return {part.env} if part.env else set()
    if isinstance(part, Model):
        named = [key for key in type(part).model_fields if key not in NOT_SHOWN]
        return set[str]().union(*(secrets_of(getattr(part, key)) for key in named))
    if isinstance(part, dict):
        return set[str]().union(*map(secrets_of, part.values()))
    return set[str]().union(*map(secrets_of, part)) if isinstance(part, tuple) else set()


KEY = "pak_of_the_clients"


def answers(
    environment: str, service: str, *paths: str, quirks: frozenset[Quirk] = frozenset(), key: str = KEY
) -> list[Answer]:
    """Return what a replica of *service* says to *paths*, as far as the dialect answers by itself."""
    dialect = dialect_of(environment)
    settings = replace(scene().settings, quirks=quirks, api_keys=("pak_before", KEY))
    headers = [(b"host", b"x"), *([(b"x-api-key", key.encode())] if key else [])]
    speaker = Speaker(service, Image(COMMIT, "1.42.0"), settings)

    async def run() -> list[Answer]:
        serving = Serving(Starlette(routes=list(dialect.speak(speaker))))
        peer = Peer(await serving.start())
        said = [await fetch(peer, Call("GET", path, headers)) for path in paths]
        await serving.stop()
        return said

    return asyncio.run(run())


def told(environment: str, service: str, path: str, *quirks: Quirk) -> Any:
    """Return the JSON of one answer."""
    (answer,) = answers(environment, service, path, quirks=frozenset(quirks))
    return json.loads(answer.body)


@pytest.mark.parametrize("name", EVERY)
def test_every_host_of_the_file_is_there(name: str) -> None:
    """Each service is behind a door; control hosts, hosts of the same edge and third parties have their stand-ins."""
    dialect = dialect_of(name)
    environment = loaded(dialect)
    hosts = {urlsplit(service.url).hostname for service in environment.services.values()}
    assert hosts == {door.host for door in dialect.doors}
    assert {urlsplit(one).hostname for one in environment.control} == set(dialect.also[addresses.CONTROL])
    neighbours = {urlsplit(one).hostname for one in environment.edge.canary}
    assert neighbours == set(dialect.also.get(addresses.NEIGHBOUR, ()))
    assert set(dialect.also.get(addresses.NEIGHBOUR, ())) <= set(dialect.hosts)


@pytest.mark.parametrize("name", EVERY)
def test_every_secret_of_the_file_is_provided(name: str) -> None:
    """Nothing in the file has to be changed for the demo: it gets its secrets under the names that it gives them."""
    dialect = dialect_of(name)
    assert secrets_of(loaded(dialect)) == set(dialect.secrets)


@pytest.mark.parametrize("name", EVERY)
def test_every_trap_changes_the_scene(name: str) -> None:
    """Each has an id of its own and a truth, is found by it, and makes the deploy another one."""
    dialect = dialect_of(name)
    assert len({one.id for one in dialect.traps}) == len(dialect.traps)
    for trap in dialect.traps:
        assert find(trap.id.upper(), dialect) is trap
        made = scene()
        dialect.settle(made)
        settled = scene()
        dialect.settle(settled)
        trap.arrange(made)
        changed = made != settled or made.rng.getstate() != settled.rng.getstate()
        assert changed or trap.environment, trap.id
    assert {one.truth for one in dialect.traps} >= {Word.FAIL}


def test_a_system_means_its_production() -> None:
    """A bare name means production; an unknown one is refused with what there is."""
    assert environment_of("cartly") == "cartly/prod"
    assert environment_of("cartly/staging") == "cartly/staging"
    with pytest.raises(UsageError, match="the embedded stack can be portal, cartly"):
        environment_of("shop")


def test_faults_of_the_stack_work_everywhere() -> None:
    """A dialect has the stack's own faults beside its traps; an unknown one is refused with both."""
    dialect = dialect_of("almafrica")
    assert find("A03", dialect).id == "A03"
    with pytest.raises(UsageError, match=r"almafrica/prod has no such fault; it has cached-health, .*--list-faults"):
        find("nonesuch", dialect)
    with pytest.raises(UsageError, match="did you mean"):
        find("A99")


def test_doors_of_cartly() -> None:
    """One host leads to three places; what is no door's host stays as it is."""
    behind = dialect_of("cartly").behind
    host = "app.cartly.io"
    assert behind(host, "/health/ready?x=1") == (addresses.API, "/health/ready?x=1")
    assert behind(host, "/healthy") == (addresses.WEB, "/healthy")
    assert behind(host, "/api/health") == (addresses.WEB, "/api/health")
    assert behind(host, "/api/auth/login") == (addresses.API, "/auth/login")
    assert behind(host, "/checkout?sku=1") == (addresses.WEB, "/checkout?sku=1")
    assert behind("worker.cartly.io", "/health") == (addresses.WORKER, "/health")
    assert behind("elsewhere.test", "/") == ("elsewhere.test", "/")


def test_a_developers_machine_is_entered_by_ports() -> None:
    """Without TLS, and without a host that is the stack's alone; a browser keeps its cookies all the same."""
    dialect = dialect_of("portal/dev")
    assert dialect.behind("localhost:4000", "/health") == (addresses.API, "/health")
    assert dialect.behind("localhost:3000", "/login") == (addresses.WEB, "/login")
    assert dialect.hosts == ()
    assert dialect.origins == ("http://localhost:4000", "http://localhost:3000")
    assert addresses.authority("localhost:4000") == "localhost:4000"
    assert addresses.authority("app.cartly.io") == "app.cartly.io:443"
    shop = dialect_of("cartly/dev").behind
    assert shop("localhost:3001", "/health") == (addresses.WORKER, "/health")
    assert shop("localhost:3000", "/api/health") == (addresses.WEB, "/api/health")


def test_the_unwell_say_so_with_200() -> None:
    """A status alone would take them for healthy."""
    cases = {
        ("cartly", "bff", Quirk.UNWELL): "error",
        ("cartly", "worker", Quirk.WORKER_UNWELL): "error",
        ("impulse_ai", "bff", Quirk.UNWELL): "error",
        ("web_production", "bff", Quirk.UNWELL): "unhealthy",
    }
    for (name, service, one), word in cases.items():
        (answer,) = answers(name, service, "/health", quirks=frozenset({one}))
        assert (answer.status, json.loads(answer.body)["status"]) == (200, word), name
    (migrations,) = answers("cartly", "bff", "/health", quirks=frozenset({Quirk.MIGRATIONS_UNWELL}))
    told_of = json.loads(migrations.body)
    assert (told_of["status"], told_of["checks"]["migrations"]) == ("ok", "error")


def test_only_a_missing_key_is_let_in() -> None:
    """The guard of a key that is there stays; so each fault of keys is seen by a check of its own."""
    open_to_all = frozenset({Quirk.KEY_IS_NOT_ASKED})
    (answer,) = answers("impulse_ai", "bff", "/usage", quirks=open_to_all, key="")
    assert (answer.status, json.loads(answer.body)) == (200, {"items": []})
    (answer,) = answers("impulse_ai", "bff", "/usage", quirks=open_to_all, key="another")
    assert answer.status == 401


@pytest.mark.parametrize(("key", "status"), [("", 401), ("another", 401), ("pak_before", 404), (KEY, 404)])
def test_impulse_wants_a_key_with_every_call(key: str, status: int) -> None:
    """Whatever is below /v1 is refused without one, what is not there too; the platform asks for the health without."""
    behind = dialect_of("impulse_ai").behind
    (site, target), (_, other) = (behind("api.impulseai.app", path) for path in ("/v1/nothing", "/v1/health"))
    assert site == addresses.API
    assert [one.status for one in answers("impulse_ai", "bff", target, other, key=key)] == [status, status]
    told_anybody = [behind("api.impulseai.app", path)[1] for path in ("/health", "/.env")]
    assert [one.status for one in answers("impulse_ai", "bff", *told_anybody, key=key)] == [200, 404]


def test_cartly_says_what_its_drivers_return() -> None:
    """The row of SELECT 1 and PONG come as they are; `version` goes when npm's variable does."""
    assert told("cartly", "bff", "/health/ready")["checks"] == {"database": [{"?column?": 1}], "redis": "PONG"}
    assert told("cartly", "bff", "/health/ready", Quirk.READY_IN_WORDS)["checks"]["redis"] == "ok"
    assert told("cartly", "bff", "/health")["version"] == "1.42.0"
    assert "version" not in told("cartly", "bff", "/health", Quirk.NO_VERSION)
    assert told("cartly", "bff", "/health", Quirk.SHORT_SHA)["commit"] == COMMIT[:7]
    assert told("cartly", "bff", "/health/live") == {"status": "ok"}


def test_the_time_of_next_may_stand_still() -> None:
    """A route that was rendered at build time has the same moment for ever; a cache says how old it is."""
    fresh = told("cartly", "web", "/api/health")
    assert fresh["env"] == "production"
    frozen = [told("cartly", "web", "/api/health", Quirk.FROZEN_TIME)["timestamp"] for _ in range(2)]
    assert frozen[0] == frozen[1] != fresh["timestamp"]
    (cached,) = answers("cartly", "web", "/api/health", quirks=frozenset({Quirk.CACHED_HEALTH}))
    assert (cached.header(b"x-nextjs-cache"), cached.header(b"age")) == (b"HIT", b"240")
    assert told("cartly/staging", "web", "/api/health")["env"] == "staging"
    assert told("cartly/preview", "web", "/api/health")["env"] == "preview"


def test_a_soft_404_is_a_page_with_200() -> None:
    """A status alone would take it for health."""
    for name in ("cartly", "almafrica", "impulse_ai", "web_production"):
        (answer,) = answers(name, "bff", "/health", quirks=frozenset({Quirk.PAGE_FOR_HEALTH}))
        assert (answer.status, answer.header(b"content-type")) == (200, b"text/html; charset=utf-8")


def test_almafrica_names_commits_in_three_ways() -> None:
    """The whole commit, seven digits of it, or the image tag: all are right."""
    spelled = [
        told("almafrica", "bff", "/version", *quirks)["commitSha"]
        for quirks in ((), (Quirk.SHORT_SHA,), (Quirk.PREFIXED_SHA,))
    ]
    assert spelled == [COMMIT, COMMIT[:7], f"prod-{COMMIT}"]
    assert told("almafrica", "bff", "/version", Quirk.PRE_RELEASE)["version"] == "1.42.0-rc.1"


def test_impulse_tells_its_apps() -> None:
    """The configuration has the two names of the document, or nothing where force update is off."""
    assert told("impulse_ai", "bff", "/config") == {
        "MIN_APP_VERSION_IOS": "3.8.0",
        "LATEST_APP_VERSION_IOS": "4.2.0",
    }
    assert told("impulse_ai", "bff", "/config", Quirk.FORCE_UPDATE_IS_OFF) == {}
