"""What who asks over HTTP is answered."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import httpx
import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal

from smoke.serve.app import MOST_BYTES, Door, application
from smoke.serve.runs import Asked, Runs, Verdict
from tests.plugin.site import COMMIT

TOKEN = "a-token-of-this-test"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


class Looks:
    """Looks that find what *verdict* says; *asked* is what they were asked."""

    def __init__(self) -> None:
        self.verdict: dict[str, Any] = {"verdict": "pass", "action": "promote", "rollback_helps": None}
        self.asked: list[Asked] = []

    async def __call__(self, asked: Asked) -> Verdict:
        """Look once."""
        self.asked.append(asked)
        return {"environment": asked.environment, "run_id": "one", "summary": "", "checks": [], **self.verdict}


@pytest.fixture
def looks() -> Looks:
    """Return looks that find everything sound."""
    return Looks()


class Client:
    """Asks the application, all in one event loop, in which its runs go on meanwhile."""

    def __init__(self, portal: BlockingPortal, looks: Looks) -> None:
        self._portal, transport = portal, httpx.ASGITransport(application(Door(TOKEN, {"shop/prod"}), Runs(looks)))
        self._http = httpx.AsyncClient(transport=transport, base_url="http://serve.test")

    def get(self, path: str, **given: Any) -> httpx.Response:
        """Ask by GET."""
        return self._portal.call(partial(self._http.get, path, **given))

    def post(self, path: str, **given: Any) -> httpx.Response:
        """Ask by POST."""
        return self._portal.call(partial(self._http.post, path, **given))


@pytest.fixture
def client(looks: Looks) -> Iterator[Client]:
    """Return a client of the application."""
    with start_blocking_portal() as portal:
        yield Client(portal, looks)


def flagger(**said: Any) -> dict[str, Any]:
    """Return what Flagger posts."""
    metadata = {"token": TOKEN, "sha": COMMIT}
    return {
        "name": "shop",
        "namespace": "prod",
        "phase": "Progressing",
        "checksum": "7d9c",
        "metadata": metadata,
        **said,
    }


@pytest.mark.parametrize("word", ["pass", "fail", "inconclusive"])
def test_argo_gets_the_word(client: Client, looks: Looks, word: str) -> None:
    """Whatever the verdict is, it is the answer: the conditions of the metric decide."""
    looks.verdict["verdict"] = word
    answer = client.get(f"/verdict/shop/prod?sha={COMMIT}", headers=BEARER)
    assert (answer.status_code, answer.json()["verdict"]) == (200, word)
    assert "checks" not in answer.json()
    assert looks.asked == [Asked("shop/prod", COMMIT)]


@pytest.mark.parametrize(
    ("word", "helps", "opened"),
    [
        ("pass", None, (200, 403)),
        ("fail", True, (403, 200)),
        ("fail", False, (403, 403)),
        ("inconclusive", None, (403, 403)),
    ],
)
def test_flagger(client: Client, looks: Looks, word: str, helps: bool | None, opened: tuple[int, int]) -> None:
    """The gate opens for a pass alone, and the way back for a fail that it helps against; before both are closed."""
    looks.verdict |= {"verdict": word, "rollback_helps": helps}
    assert client.post("/rollback/shop/prod", json=flagger()).status_code == 403
    assert looks.asked == []
    assert client.post("/gate/shop/prod", json=flagger()).status_code == 403
    way_back, gate = (client.post(f"/{one}/shop/prod", json=flagger()) for one in ("rollback", "gate"))
    assert (gate.status_code, way_back.status_code) == opened
    assert looks.asked[0] == Asked("shop/prod", COMMIT, "7d9c")


def test_undecided_is_looked_at_again(client: Client, looks: Looks) -> None:
    """A gate that holds is asked again and again; each time somebody looks whether it can open."""
    looks.verdict["verdict"] = "inconclusive"
    client.post("/gate/shop/prod", json=flagger())
    said = client.post("/gate/shop/prod", json=flagger()).json()
    assert "undecided and is being verified again" in said["why"]
    looks.verdict["verdict"] = "pass"
    client.post("/gate/shop/prod", json=flagger())
    assert client.post("/gate/shop/prod", json=flagger()).status_code == 200


def test_the_next_rollout_is_another(client: Client) -> None:
    """What was found of one rollout opens no gate for the next one."""
    client.post("/gate/shop/prod", json=flagger())
    assert client.post("/gate/shop/prod", json=flagger()).status_code == 200
    assert client.post("/gate/shop/prod", json=flagger(checksum="another")).status_code == 403


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {TOKEN}"}])
@pytest.mark.parametrize("path", ["/verdict/shop/prod", "/verdict/no/such"])
def test_nobody_without_the_token(client: Client, looks: Looks, path: str, headers: dict[str, str]) -> None:
    """Without the token nothing is told, not even which environments there are."""
    answer = client.get(path, headers=headers)
    assert (answer.status_code, looks.asked) == (401, [])
    assert TOKEN not in answer.text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/verdict/shop/staging", 404),
        ("/verdict/shop/..%2f..%2fetc", 404),
        ("/verdict/shop/prod/more", 404),
        ("/verdict/shop/prod?sha=main", 400),
        ("/verdict/shop/prod?sha=--set%3DN%3D1", 400),
    ],
)
def test_what_is_not_served(client: Client, looks: Looks, path: str, status: int) -> None:
    """Only environments that the server was started for, and only commits, are taken from who asks."""
    assert client.get(path, headers=BEARER).status_code == status
    assert looks.asked == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"<html>", 400),
        (b"[]", 400),
        (b'{"metadata": "x"}', 400),
        (b'{"checksum": 7}', 400),
        (b'{"metadata": {"sha": 7}}', 400),
        (b'{"a": "' + b"x" * MOST_BYTES + b'"}', 413),
    ],
)
def test_hostile_bodies(client: Client, looks: Looks, body: bytes, status: int) -> None:
    """What is no request of Flagger's opens nothing and starts nothing."""
    assert client.post("/gate/shop/prod", content=body, headers=BEARER).status_code == status
    assert looks.asked == []


def test_it_lives(client: Client) -> None:
    """A probe needs no token, and learns nothing."""
    assert client.get("/healthz").json() == {"ok": True}
