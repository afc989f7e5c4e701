"""Finding the lines of keys in TOML."""

from smoke.environment._positions import key_lines, line_of

TEXT = '''\
top = 1
"quoted key" = "a # b [ c"
text = """
not.a = "key"
[nor.a.table]
"""
list = [
  { name = "x" },   # ] still open
  "]",
]
dotted.key = 'x = """'
[table]  # comment
inner = 1
[[items]]
name = "a"
[[items.parts]]
at = 1
[[items]]
[[items.parts]]
[[items.parts]]
at = 2
[one.two]
three = { four = 4 }
'''


def test_lines_of_keys_and_tables() -> None:
    """Keys and headers have their lines; what stands in texts and lists is none."""
    assert key_lines(TEXT) == {
        ("top",): 1,
        ("quoted key",): 2,
        ("text",): 3,
        ("list",): 7,
        ("dotted", "key"): 11,
        ("table",): 12,
        ("table", "inner"): 13,
        ("items", 0): 14,
        ("items", 0, "name"): 15,
        ("items", 0, "parts", 0): 16,
        ("items", 0, "parts", 0, "at"): 17,
        ("items", 1): 18,
        ("items", 1, "parts", 0): 19,
        ("items", 1, "parts", 1): 20,
        ("items", 1, "parts", 1, "at"): 21,
        ("one", "two"): 22,
        ("one", "two", "three"): 23,
    }


def test_nearest_line() -> None:
    """A place inside an inline table is on its line, a missing one at its table, an implied table at its first key."""
    lines = key_lines(TEXT)
    assert line_of(lines, ("one", "two", "three", "four")) == 23
    assert line_of(lines, ("table", "missing")) == 12
    assert line_of(lines, ("one",)) == 22
    assert line_of(lines, ("elsewhere",)) is None
