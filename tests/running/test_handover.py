"""What an xdist worker hands over to the controller."""

from smoke.running.handover import Handover


def test_what_is_packed_is_unpacked() -> None:
    """Sessions and memories come through as they were, objects of ours included."""
    left = Handover({"shop/prod": {"customer": {"Cookie": "x"}}}, {"shop/prod": {"census": {"web": (1, 2)}}})
    assert Handover.unpack(left.pack()) == left


def test_several_workers_add_up() -> None:
    """What several workers know of one environment is put together, by environment and by subject."""
    whole = Handover()
    whole.add(Handover({"a/x": {"customer": {"Cookie": "1"}}}, {"a/x": {"census": {"web": 1}, "seen": {"/a"}}}))
    whole.add(Handover({"a/x": {"control": {"Cookie": "2"}}}, {"a/x": {"census": {"bff": 2}, "seen": {"/b"}}}))
    whole.add(Handover({"b/x": {}}, {"b/x": {}}))
    assert whole.sessions == {"a/x": {"customer": {"Cookie": "1"}, "control": {"Cookie": "2"}}, "b/x": {}}
    assert whole.memories == {"a/x": {"census": {"web": 1, "bff": 2}, "seen": {"/a", "/b"}}, "b/x": {}}
