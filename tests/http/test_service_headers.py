"""Headers that requests carry for the sake of their service, and for nobody else's."""

import base64
from collections.abc import Callable

import pytest

from smoke.environment.environment import Environment
from smoke.environment.secrets import Secret
from smoke.errors import SecretMissing
from smoke.http import Request
from smoke.http.recording import curl, to_record
from smoke.http.service_headers import Carry, by_hand, carrier
from tests.http.servers import HELLO, Answer, Connection, client, get, headers_of, in_loop, response, saying, serving

KEY = "key-of-the-client"
NOBODY: frozenset[str] = frozenset()


def environment_of(**services: object) -> Environment:
    """Return an environment with these services."""
    return Environment.model_validate({"name": "shop/prod", "tier": "prod", "services": services})


def known(**values: str) -> Callable[[Secret], str]:
    """Return a look-up of secrets."""

    def look_up(reference: Secret) -> str:
        if reference.env not in values:
            raise SecretMissing(f"the variable {reference.env} is not set; set {reference.env}", unset=True)
        return values[reference.env]

    return look_up


def carry_for(url: str, *, browser: bool = False, value: str = KEY, **header: object) -> Carry:
    """Return what requests carry where the service at *url* has one header `X-API-Key`."""
    service = {"url": url, "headers": {"X-API-Key": {"env": "KEY", **header}}}
    return carrier(environment_of(api=service), known(KEY=value), browser=browser)


@pytest.mark.parametrize(
    ("url", "carried"),
    [
        ("https://api.test/v1/models", True),
        ("https://api.test", True),
        ("https://API.test:443/", True),
        ("http://api.test/", False),
        ("https://api.test:8443/", False),
        ("https://api.test.evil.test/", False),
        ("https://api.test@evil.test/", False),
        ("https://evil.test/?https://api.test/", False),
        ("https://[", False),
    ],
)
def test_only_to_the_origin(url: str, *, carried: bool) -> None:
    """Scheme, host and port must be the service's."""
    assert carry_for("https://api.test")(url, NOBODY) == ({"x-api-key": KEY} if carried else {})


@pytest.mark.parametrize(
    ("path", "carried"), [("/api", False), ("/api/v1", True), ("/api/v1/a", True), ("/api/v10", False), ("/v1", False)]
)
def test_only_below(path: str, *, carried: bool) -> None:
    """A header may be meant for a part of the service's paths, and never for those beside the service."""
    carry = carry_for("https://a.test/api/", below="/v1")
    assert bool(carry(f"https://a.test{path}", NOBODY)) is carried


def test_the_nearest_service_counts() -> None:
    """Of two services on one origin the one that the path belongs to counts."""
    environment = environment_of(
        web={"url": "https://a.test", "headers": {"X-Gate": {"env": "GATE"}}},
        api={"url": "https://a.test/api", "headers": {"X-Api-Key": {"env": "KEY"}}},
    )
    carry = carrier(environment, known(GATE="gate-of-web", KEY=KEY))
    assert carry("https://a.test/api/x", NOBODY) == {"x-api-key": KEY}
    assert carry("https://a.test/apis", NOBODY) == {"x-gate": "gate-of-web"}


def test_beside_the_edge() -> None:
    """The address of the same service beside its edge is its own too."""
    service = {"url": "https://api.test", "origin": "https://origin.test", "headers": {"X-Api-Key": {"env": "KEY"}}}
    assert carrier(environment_of(api=service), known(KEY=KEY))("https://origin.test/health", NOBODY)


@pytest.mark.parametrize(
    ("scheme", "value", "sent"),
    [
        ("Bearer", "abc", "Bearer abc"),
        ("Basic", "user:word", "Basic " + base64.b64encode(b"user:word").decode()),
        ("Basic", "dXNlcjp3b3Jk", "Basic dXNlcjp3b3Jk"),
        (None, "Basic x", "Basic x"),
    ],
)
def test_schemes(scheme: str | None, value: str, sent: str) -> None:
    """A word may go before the value; user and password are encoded as Basic wants it."""
    assert carry_for("https://a.test", scheme=scheme, value=value)("https://a.test/", NOBODY) == {"x-api-key": sent}


def test_by_hand() -> None:
    """Who repeats a request by hand sends the same, by the names of the variables."""
    headers = {
        "X-API-Key": {"env": "KEY", "below": "/v1"},
        "Authorization": {"env": "GATE", "scheme": "Basic"},
        "X-Pass": {"file": "pass", "scheme": "Token"},
    }
    environment = environment_of(api={"url": "https://a.test", "headers": headers})
    told = ['-H "X-API-Key: $KEY"', '-u "$GATE"', '-H "X-Pass: Token $(cat pass)"']
    assert list(by_hand(environment, "https://a.test/v1/x", NOBODY)) == told
    assert list(by_hand(environment, "https://a.test/", frozenset({"x-pass"}))) == ['-u "$GATE"']
    assert list(by_hand(environment, "https://b.test/v1/x", NOBODY)) == list(by_hand(environment, "", NOBODY)) == []


def test_browsers_carry_less() -> None:
    """What pages must send themselves is not sent for them."""
    assert carry_for("https://a.test", browser=True)("https://a.test/", NOBODY) == {}
    service = {"url": "https://a.test", "headers": {"X-Gate": {"env": "KEY", "browser": True}}}
    assert carrier(environment_of(web=service), known(KEY=KEY), browser=True)("https://a.test/", NOBODY)


def test_missing() -> None:
    """Who lacks the value is told what for, and which variable to set; what goes without it needs none."""
    service = {"url": "https://a.test", "headers": {"X-API-Key": {"env": "KEY"}}}
    carry = carrier(environment_of(api=service), known())
    with pytest.raises(SecretMissing) as caught:
        carry("https://a.test/", NOBODY)
    assert str(caught.value) == "requests to api carry X-API-Key, but the variable KEY is not set; set KEY"
    assert carry("https://a.test/", frozenset({"x-api-key"})) == {}
    assert carry("https://b.test/", NOBODY) == {}


@pytest.mark.parametrize("value", ["two\nlines", "schlüssel", " blank", "nul\0"])
def test_no_header_value(value: str) -> None:
    """What cannot be sent is not sent, and not shown either."""
    with pytest.raises(SecretMissing, match="KEY holds what no header can") as caught:
        carry_for("https://a.test", value=value)("https://a.test/", NOBODY)
    assert value not in str(caught.value)


def keyed(url: str) -> Carry:
    """Return what requests carry to the service at *url*."""
    return carry_for(url)


@in_loop
async def test_sent_and_not_kept() -> None:
    """It goes out with every request, and neither records nor commands hold it: they need no redactor for that."""
    async with serving(saying(HELLO)) as server, client(carry=keyed(server.url)) as http:
        (exchange,) = await http.sample(get(f"{server.url}/a"), 1)
        posted = await http.send(Request("OPTIONS", f"{server.url}/a", unsent=frozenset({"x-api-key"})))
        own = await http.send(get(f"{server.url}/b", headers={"X-Api-Key": "my own"}))
    sent = [headers_of(head).get("x-api-key") for head in server.heads]
    assert sent == [KEY, None, "my own"]
    assert (exchange.carried, posted.carried, own.carried) == (("x-api-key",), (), ())
    assert KEY not in f"{exchange}{to_record(exchange, str)}{curl(exchange.request)}"


def leading_to(location: str) -> Answer:
    """Answer with a redirect."""

    async def answer(connection: Connection) -> None:
        await connection.send(response(b"moved", "302 Found", location=location))

    return answer


@in_loop
async def test_no_redirect_takes_it_away() -> None:
    """Wherever the service redirects to, nobody else is told; on its own origin it goes along."""
    async with (
        serving(saying(HELLO)) as stranger,
        serving(leading_to(f"{stranger.url}/a")) as server,
        client(carry=keyed(server.url)) as http,
    ):
        exchange = await http.send(get(f"{server.url}/a", follow_redirects=True))
    assert exchange.final_url == f"{stranger.url}/a"
    assert headers_of(server.heads[0])["x-api-key"] == KEY
    assert KEY.encode() not in b"".join(stranger.heads)


@in_loop
async def test_along_a_way_of_its_own() -> None:
    """A redirect within the service carries it on."""

    async def answer(connection: Connection) -> None:
        moved = response(b"moved", "302 Found", location="/b")
        await connection.send(moved if connection.target == "/a" else HELLO)

    async with serving(answer) as server, client(carry=keyed(server.url)) as http:
        await http.send(get(f"{server.url}/a", follow_redirects=True))
    assert [headers_of(head)["x-api-key"] for head in server.heads] == [KEY, KEY]


@in_loop
async def test_missing_in_a_sample() -> None:
    """Nothing is asked without what it must carry, and who asks hears of it plainly."""
    service = {"url": "https://a.test", "headers": {"X-API-Key": {"env": "KEY"}}}
    async with client(carry=carrier(environment_of(api=service), known())) as http:
        with pytest.raises(SecretMissing, match="set KEY"):
            await http.sample(get("https://a.test/"), 3)
        with pytest.raises(SecretMissing, match="set KEY"):
            await http.send(get("https://a.test/"))
