"""The numbers as a table, for the terminal and for the README."""

from collections.abc import Iterable, Iterator, Sequence

from benchmarks.measure import Measured

Row = tuple[str, ...]


def rows(measured: Sequence[Measured]) -> Iterator[Row]:
    """Yield a row each; the ratio is to the first, by the time until what each is really about."""
    reference = _decisive_s(measured[0]) if measured[0].samples else None
    for one in measured:
        if not one.samples:
            yield (one.contender.name, "skipped", "", "", "")
            continue
        verdict = "" if one.result_s is None else f"{one.result_s:.2f} s"
        ratio = f"{_decisive_s(one) / reference:.1f} x" if reference else ""
        yield (one.contender.name, verdict, f"{one.wall_s:.2f} s", f"{one.cpu_s:.2f} s", ratio)


def best_ratio(measured: Sequence[Measured]) -> tuple[str, float] | None:
    """Return the fastest yardstick and how many times longer it takes than the first; None if none was measured."""
    yardsticks = [one for one in measured if one.contender.yardstick and one.samples]
    if not yardsticks or not measured[0].samples:
        return None
    fastest = min(yardsticks, key=_decisive_s)
    return fastest.contender.name, _decisive_s(fastest) / _decisive_s(measured[0])


def plain(table: Sequence[Row]) -> str:
    """Return *table* in columns, numbers to the right."""
    widths = [max(len(row[column]) for row in table) for column in range(len(table[0]))]
    lines = []
    for row in table:
        name, *numbers = row
        cells = [name.ljust(widths[0]), *(one.rjust(width) for one, width in zip(numbers, widths[1:], strict=True))]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def markdown(table: Sequence[Row], *, numbers: bool = True) -> str:
    """Return *table* as Markdown; *numbers*, which are all columns but the first, stand to the right."""
    head, *body = table
    rule = ("---", *("---:" if numbers else "---" for _ in head[1:]))
    return "\n".join(f"| {' | '.join(row)} |" for row in _all(head, rule, body))


def _all(head: Row, rule: Row, body: Iterable[Row]) -> Iterator[Row]:
    yield head
    yield rule
    yield from body


def _decisive_s(measured: Measured) -> float:
    return measured.wall_s if measured.result_s is None else measured.result_s
