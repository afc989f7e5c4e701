"""One look after another: one line each, which says what changed since the last one."""

from dataclasses import dataclass

from smoke.outputs import answer, untrusted
from smoke.outputs.ansi import BOLD, GREEN, RED, YELLOW, Style, columns, shorten
from smoke.outputs.answer import VerdictJson
from smoke.verdict.words import Word

_MARKS = {Word.PASS: ("✓", GREEN), Word.FAIL: ("✗", RED), Word.INCONCLUSIVE: ("?", YELLOW)}


@dataclass(frozen=True, slots=True)
class Seen:
    """What of one look is compared with the next: its word, what was live, and the required checks in its way."""

    word: Word
    live: str
    open: tuple[str, ...]

    @classmethod
    def of(cls, verdict: VerdictJson) -> "Seen":
        """Return what *verdict* saw."""
        checks = tuple(dict.fromkeys(str(one["check"]) for one in verdict["reasons"]))
        return cls(Word(verdict["verdict"]), _live(verdict), checks)


def look_line(clock: str, verdict: VerdictJson, last: Seen | None, style: Style) -> str:
    """Return the line of a look that was made at *clock*; *last* is the look before it."""
    seen = Seen.of(verdict)
    sign, colour = _MARKS[seen.word]
    start = f"{clock}  "
    head = f" {seen.word.upper():<12}  "
    text = style.showable(untrusted.for_log(f"{seen.live:<7}  {_said(verdict, seen, last)}"))
    mark = style.showable(sign)
    room = style.room - columns(start + mark + head)
    return start + style.paint(mark + head, BOLD, colour) + shorten(text, room)


def changes(seen: Seen, last: Seen) -> str:
    """Return what is another than at the last look; nothing if nothing is."""
    came = [one for one in seen.open if one not in last.open]
    went = [one for one in last.open if one not in seen.open]
    moved = f"{last.live or 'unknown'} → {seen.live or 'unknown'}" if seen.live != last.live else ""
    return "; ".join(filter(None, [moved, _named("new", came), _named("gone", went)]))


def _said(verdict: VerdictJson, seen: Seen, last: Seen | None) -> str:
    if last is None or (seen.word is Word.PASS and last.word is not Word.PASS):
        return f"{answer.what_to_do(verdict)}. {verdict['summary']}"
    changed = changes(seen, last)
    kept = [one for one in seen.open if one in last.open]
    if changed:
        return "; ".join(filter(None, [changed, _named("still", kept)]))
    return f"as before: {answer.enumerate_in_words(kept, 3)}" if kept else f"as before: {verdict['summary']}"


def _named(what: str, checks: list[str]) -> str:
    return f"{what} {answer.enumerate_in_words(checks, 3)}" if checks else ""


def _live(verdict: VerdictJson) -> str:
    censuses = verdict["release"]["observed"].values()
    commits = {answer.short(name) for census in censuses for name in census["commits"]}
    return commits.pop()[:7] if len(commits) == 1 else "mixed" if commits else ""
