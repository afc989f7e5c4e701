"""What an xdist worker hands over to the controller."""

from smoke.checks._attempts import Attempt
from smoke.checks._census import Vote
from smoke.checks._memory import Memory
from smoke.checks._strays import Count
from smoke.http import Request
from smoke.running.handover import Handover

ORDERS = Request("GET", "https://api.test/orders")
WEB, BFF = (Vote("9f1c2ab"),), (Vote("4e77d01"),)


def memory(service: str, votes: tuple[Vote, ...], role: str) -> Memory:
    """Return what a worker remembers that took a census of *service*, and logged *role* in."""
    return Memory(
        census={service: votes},
        strays={"bff": {"/orders": Count(ORDERS, asked=12, failed=1)}},
        attempts=[Attempt(role, at=0.0, status=200)],
        doubtful_assets={f"/{service}.js"},
    )


def test_what_is_packed_is_unpacked() -> None:
    """Sessions and memories come through as they were, objects of ours included."""
    left = Handover({"shop/prod": {"customer": {"Cookie": "x"}}}, {"shop/prod": memory("web", WEB, "customer")})
    assert Handover.unpack(left.pack()) == left


def test_several_workers_add_up() -> None:
    """What several workers know of one environment is put together; what each has counted is added."""
    whole = Handover()
    whole.add(Handover({"a/x": {"customer": {"Cookie": "1"}}}, {"a/x": memory("web", WEB, "customer")}))
    whole.add(Handover({"a/x": {"control": {"Cookie": "2"}}}, {"a/x": memory("bff", BFF, "control")}))
    whole.add(Handover({"b/x": {}}, {"b/x": Memory()}))
    known = whole.memories["a/x"]
    assert whole.sessions == {"a/x": {"customer": {"Cookie": "1"}, "control": {"Cookie": "2"}}, "b/x": {}}
    assert (known.census, known.doubtful_assets) == ({"web": WEB, "bff": BFF}, {"/web.js", "/bff.js"})
    assert known.strays == {"bff": {"/orders": Count(ORDERS, asked=24, failed=2)}}
    assert [one.role for one in known.attempts] == ["customer", "control"]
    assert whole.memories["b/x"] == Memory()
