"""What is one account's alone is told from what everybody may have."""

from dataclasses import replace
from itertools import count
from typing import Any

import pytest

from smoke.checks._sharing import named_in
from smoke.checks._world import Session
from smoke.checks.private import PrivateCheck, checks
from smoke.environment import Environment
from smoke.errors import LoginRefused
from smoke.http import Exchange, FailureKind, Request
from smoke.verdict.finding import Judgement
from smoke.verdict.plan import Before
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome, Stage
from tests.checks.fake_world import Answer, FakeHttp, concluded, environment_of, failing, html, json_answer, world_of

USERS = {"customer": "mika@example.jp", "control": "control@example.jp"}
HIT = {"x-cache": "HIT", "age": "7"}
REFUSED = json_answer({"message": "Unauthorized"}, 401)
BEFORE = Before(Outcome.PASSED, measured={"anonymous": "HTTP 401"})


def environment(**keys: Any) -> Environment:
    """Return an environment with two roles that read their invoices."""
    roles = {name: {"user": {"env": name.upper()}, "password": {"env": "P"}} for name in USERS}
    reads = [{"name": "invoices", "path": "/invoices", "role": "customer"}, {"name": "plans", "path": "/plans"}]
    return environment_of(roles=roles, login={"path": "/login", "who": "/me"}, **{"reads": reads, **keys})


async def session(role: str) -> Session:
    """Return a session that names its role."""
    return Session(role, {"Cookie": f"sid={role}"})


def judged(made: Answer, before: Before | None = None, **more: Any) -> tuple[Judgement, FakeHttp]:
    """Conclude the check of the invoices, which are answered by *made*."""
    described = environment()
    check = next(one for one in checks(described, Release()) if one.subject == "invoices")
    check = replace(check, promised=more.pop("promised", check.promised))
    secret = {f"env='{name.upper()}' file=None": user for name, user in USERS.items()}
    fields: dict[str, Any] = {"session": session, "secret": lambda one: secret[str(one)], "before": lambda _: before}
    world = world_of({"https://api.test/invoices": made}, described, **{**fields, **more})
    assert isinstance(world.http, FakeHttp)
    return concluded(check, world), world.http


def who(request: Request) -> str | None:
    """Return whose request it is."""
    return request.headers.get("Cookie", "").partition("=")[2] or None


def own(request: Request, **headers: str) -> Exchange:
    """Return what the application gives: each account its own, nothing to the anonymous."""
    role = who(request)
    return (
        json_answer({"owner": USERS[role]}, headers=headers or {"cache-control": "private, no-store"})
        if role
        else REFUSED
    )


@pytest.mark.parametrize("promised", [True, False])
def test_one_replica_of_three_gives_each_what_is_the_others(promised: bool) -> None:
    """A bad replica is met by enough requests, and met again by the more of a second look."""
    turn = count()

    def mixed(request: Request) -> Exchange:
        other = {"customer": "control", "control": "customer"}.get(who(request) or "")
        odd = other and next(turn) % 3 == 2
        return json_answer({"owner": USERS[other]}) if odd and other else own(request)

    described = environment(services={"bff": {"url": "https://api.test", "replicas": 3}})
    made = next(one for one in checks(described, Release()) if one.subject == "invoices")
    secret = {f"env='{name.upper()}' file=None": user for name, user in USERS.items()}
    world = world_of(
        {"https://api.test/invoices": mixed}, described, session=session, secret=lambda one: secret[str(one)]
    )

    found = concluded(replace(made, promised=promised), world)

    assert found.outcome is Outcome.FAILED
    assert "is given what belongs to role" in found.message
    assert len(world.http.asked) > 7 + 13  # type: ignore[attr-defined]


class Cache:
    """A cache that keeps one answer for all, by the address; with or without its query."""

    def __init__(self, *, whole: bool = True, says: dict[str, str] | None = None, control: str = "") -> None:
        self.whole, self.says = whole, HIT if says is None else says
        self.headers = {"cache-control": control} if control else {}
        self.kept: dict[str, Exchange] = {}

    def __call__(self, request: Request) -> Exchange:
        """Answer from what is kept, else keep what the application gives."""
        key = request.url if self.whole else request.url.partition("?")[0]
        if key in self.kept:
            kept = self.kept[key]
            return json_answer(kept.json(), headers={**dict(kept.header_list[1:]), **self.says})
        made = own(request, **self.headers)
        if made.status == 200:
            self.kept[key] = made
        return made


def test_each_its_own() -> None:
    """Accounts that are given their own, uncached, pass with few requests."""
    judgement, http = judged(own)
    assert (judgement.outcome, judgement.message) == (Outcome.PASSED, "given to each of 2 accounts alone")
    assert [who(one) for one in http.asked] == ["customer", *["control"] * 3, *["customer"] * 3, None]
    measured = judgement.facts["measured"]
    assert (measured["anonymous"], measured["named"], len(measured["own"])) == ("HTTP 401", False, 2)


def overseen(request: Request) -> Exchange:
    """Return what an application gives where the control account sees all customers."""
    role = who(request)
    return json_answer({"of": role, "owners": [USERS["customer"]]}) if role else REFUSED


def test_an_account_that_sees_the_others() -> None:
    """Where nobody promises that an address is private, and it was so before or nobody knows, a name is noted."""
    judgement, _ = judged(overseen)
    assert judgement.outcome is Outcome.PASSED
    assert "the name of the other" in judgement.facts["noted"]
    then = replace(BEFORE, measured=judgement.facts["measured"])
    assert judged(overseen, before=then)[0].outcome is Outcome.PASSED


def test_an_account_that_sees_the_others_since_the_deploy() -> None:
    """Where it did not before the deploy, the release shows it."""
    then = replace(BEFORE, measured={"anonymous": "HTTP 401", "named": False})
    assert judged(overseen, before=then)[0].outcome is Outcome.FAILED


@pytest.mark.parametrize(
    "cache",
    [
        Cache(),
        Cache(whole=False),
        Cache(says={}),
        Cache(whole=False, says={}),
        Cache(control="public, max-age=600"),
    ],
)
def test_one_is_given_the_others(cache: Cache) -> None:
    """A cache that gives one account's answer to the other fails, whatever it says of itself."""
    judgement, _ = judged(cache)
    assert (judgement.outcome, judgement.cause) == (Outcome.FAILED, Cause.RELEASE)
    assert "customer" in judgement.message or "out of a cache" in judgement.message
    assert "example.jp" not in judgement.message


def nameless(request: Request) -> Exchange:
    """Return an answer that names nobody, another for each account."""
    role = who(request)
    return json_answer({"total": len(role)}, headers={"cache-control": "no-cache"}) if role else REFUSED


def test_a_body_that_names_nobody() -> None:
    """Without a name in the body the comparison past the cache tells."""
    kept: dict[str, Exchange] = {}

    def cache(request: Request) -> Exchange:
        if request.url not in kept:
            kept[request.url] = nameless(request)
        return kept[request.url]

    judgement, _ = judged(cache)
    assert judgement.outcome is Outcome.FAILED
    assert "belongs to role" in judgement.message


def test_the_same_for_both_is_no_leak() -> None:
    """Two accounts may be given the same, by the application itself."""

    def same(request: Request) -> Exchange:
        return json_answer({"manager": "Aiko"}) if who(request) else REFUSED

    assert judged(same)[0].outcome is Outcome.PASSED


def test_a_cache_that_keeps_the_same_for_both() -> None:
    """Out of a cache it is wrong even if it is the same: the anonymous are refused past the cache."""

    def shared(request: Request) -> Exchange:
        if "smoke-fresh" in request.url and not who(request):
            return REFUSED
        return json_answer({"manager": "Aiko"}, headers=HIT if who(request) == "control" else {})

    judgement, _ = judged(shared)
    assert judgement.outcome is Outcome.FAILED
    assert judgement.message == "whoever is not logged in is given what belongs to role customer"


@pytest.mark.parametrize(
    ("said", "fails"),
    [
        ("public, max-age=600", True),
        ("s-maxage=60", True),
        ("Public", True),
        ("private, max-age=60", False),
        ("max-age=60", False),
        ("public, no-store", False),
        ("no-cache, public", False),
        ("", False),
        ("private, no-store", False),
    ],
)
def test_what_may_be_kept(said: str, *, fails: bool) -> None:
    """An answer that lets shared caches keep it fails before any cache does; without a word it is let be."""
    judgement, _ = judged(lambda request: own(request, **{"cache-control": said}))
    assert (judgement.outcome is Outcome.FAILED) is fails


def test_what_everybody_may_read_is_not_private() -> None:
    """An address that the anonymous may read too is public, unless they were refused before the deploy."""
    public = json_answer({"plans": 3}, headers={"cache-control": "public, max-age=60", **HIT})
    assert judged(public)[0].outcome is Outcome.PASSED
    assert judged(public, before=BEFORE)[0].outcome is Outcome.FAILED


@pytest.mark.parametrize(
    "made", [failing(FailureKind.TIMEOUT), json_answer({}, 502), json_answer({}, 429), html("x", 404), REFUSED]
)
def test_nothing_given(made: Exchange) -> None:
    """An error gives nothing private away; that it is one is other checks' business."""
    judgement, _ = judged(made)
    assert judgement.outcome is Outcome.PASSED
    assert judgement.message.startswith("nothing private was given out")


def test_seen_once() -> None:
    """A leak that is not seen again is undecided, not noise."""
    count = iter(range(99))

    def once(request: Request) -> Exchange:
        return json_answer({"owner": USERS["customer"]}) if next(count) < 2 else own(request)

    judgement, _ = judged(once)
    assert (judgement.outcome, judgement.cause) == (Outcome.UNDECIDED, Cause.RELEASE)


async def _one_only(role: str) -> Session:
    if role == "control":
        raise LoginRefused("refused", facts={"role": role})
    return await session(role)


async def _nobody(role: str) -> Session:
    raise LoginRefused("refused", facts={"role": role})


def test_one_account_only() -> None:
    """With one account the headers are still looked at, and it is said that nothing was compared."""
    judgement, _ = judged(own, session=_one_only)
    assert judgement.outcome is Outcome.PASSED
    assert "nothing was compared" in judgement.facts["noted"]
    assert judged(Cache(), session=_one_only, before=BEFORE)[0].outcome is Outcome.FAILED


def test_no_account() -> None:
    """Without any session nothing is decided."""
    judgement, _ = judged(own, session=_nobody)
    assert (judgement.outcome, judgement.cause) == (Outcome.UNDECIDED, Cause.CREDENTIALS)


def test_which_checks_there_are() -> None:
    """What roles read, who is logged in, and what is named as private."""
    described = environment(private=[{"name": "account", "path": "/account"}])
    made = list(checks(described, Release()))
    assert [(one.id, one.promised) for one in made] == [
        ("private/account", True),
        ("private/session", True),
        ("private/invoices", False),
    ]
    assert (PrivateCheck.stage, made[0].reproduce()) == (Stage.FUNCTIONAL, "curl -sS -i https://api.test/account")
    assert not list(checks(environment_of(), Release()))


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('{"email": "mika@example.jp"}', {"customer"}),
        ("mika@example.jp.evil", set()),
        ("not-mika@example.jp", set()),
        ("<p>control@example.jp, mika@example.jp</p>", {"customer", "control"}),
        ("", set()),
    ],
)
def test_names(text: str, named: set[str]) -> None:
    """A user name counts only as a word of its own."""
    assert named_in(text, USERS) == named


def test_short_names_prove_nothing() -> None:
    """A user name of a few letters may stand in any text."""
    assert not named_in("the user", {"customer": "user"})


def memoised(**given: Any) -> Answer:
    """Answer from three processes, each of which keeps what it read first; nobody is named in it."""
    kept: list[Exchange | None] = [None] * 3
    turns = count()

    def answered(request: Request) -> Exchange:
        role, slot = who(request), next(turns) % 3
        if role is None:
            return REFUSED
        answer = kept[slot] or json_answer(given.get(role, {"items": 0}))
        kept[slot] = answer
        return answer

    return answered


MINE, THEIRS = {"company": "Aozora", "items": 5}, {"company": "Control", "items": 1}


def as_it_was(customer: Any = MINE, control: Any = THEIRS) -> Before:
    """Return what the check measured before the deploy, where each was given its own."""
    answers = {"customer": json_answer(customer), "control": json_answer(control)}
    judgement, _ = judged(lambda request: answers.get(str(who(request)), REFUSED), promised=True)
    return Before(Outcome.PASSED, measured=judgement.facts["measured"])


@pytest.mark.parametrize("customer", [MINE, {**MINE, "company": "Ao"}])
def test_a_process_that_keeps_the_account_of_another(customer: dict[str, Any]) -> None:
    """Whoever is given what was the other one's alone shows a leak; no name is needed."""
    leaky = memoised(customer=customer, control=THEIRS)
    judgement, _ = judged(leaky, as_it_was(customer), promised=True)
    assert (judgement.outcome, judgement.cause) == (Outcome.FAILED, Cause.RELEASE)
    assert judgement.message == "one account is given what was another one's alone before the deploy"


@pytest.mark.parametrize("left", [{"items": 0}, {"company": "C", "items": 0}])
def test_two_accounts_that_lost_the_same(left: dict[str, Any]) -> None:
    """Where both are given the same, and it is neither's own, or hardly anything, nobody knows whether it is a leak."""
    both = json_answer(left)
    before = as_it_was({**MINE, "invoices": ["INV-1", "INV-2"]}, {"company": "C", "items": 0})
    judgement, _ = judged(lambda request: both if who(request) else REFUSED, before, promised=True)
    assert (judgement.outcome, judgement.unclear) == (Outcome.UNDECIDED, True)
    assert judgement.message == "two accounts are given the same; before the deploy each was given its own"


@pytest.mark.parametrize("before", [None, Before(Outcome.PASSED), Before(Outcome.PASSED, measured={"own": None})])
def test_two_accounts_that_have_the_same(before: Before | None) -> None:
    """What is the same for two accounts, as an empty list is, proves nothing by itself."""
    judgement, _ = judged(memoised(), before, promised=True)
    assert judgement.outcome is Outcome.PASSED
    assert judgement.facts["measured"]["own"] is None


def test_something_new_every_time_is_nobodys_own() -> None:
    """An answer with a time in it differs between any two, so later likeness would prove nothing."""
    ticks = count()
    judgement, _ = judged(lambda request: json_answer({"at": next(ticks)}) if who(request) else REFUSED)
    assert judgement.facts["measured"]["own"] is None
