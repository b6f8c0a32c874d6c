"""How well private words are found in dialogues in which people marked them."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Literal, get_args

from assist.errors import InputError
from assist.messages import Party, PrivateKind, PrivateSpan
from assist.ports import Redactor
from nlp.privacy import RuleRedactor

Half = Literal["tuning", "held-out", "all"]
KINDS: tuple[PrivateKind, ...] = tuple(kind for kind in get_args(PrivateKind) if kind != "withheld")
_LINE = re.compile(r"(?P<party>[ac]):\s*(?P<marked>.+)")
_MARK = re.compile(r"\[(?P<words>[^\]]+)\]\((?P<kind>\w+)\)")
_PARTIES: dict[str, Party] = {"a": "agent", "c": "customer"}
_CONTENT = re.compile(r"[^\W_]")
TIMED_PASSES = 5
SAME = 0.5
"""Share of the characters of a mark and a find that they have in common, from which they are the same."""


@dataclass(frozen=True, slots=True)
class MarkedTurn:
    """A turn and what is private in it."""

    line: int
    party: Party
    text: str
    marks: tuple[PrivateSpan, ...]


def read_marked(path: Path, half: Half = "all") -> list[list[MarkedTurn]]:
    """The dialogues of a file. Raises InputError "bad-marked-text" that names the line.

    Lines are ``a: …`` or ``c: …`` with ``[words](kind)``; dialogues are apart by blank lines. The first, third … are
    the tuning half.
    """
    try:
        lines = path.read_text("utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"The file {path.name} cannot be read as text.", code="bad-marked-text") from error
    dialogues: list[list[MarkedTurn]] = [[]]
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            dialogues.append([])
        elif not line.startswith("#"):
            dialogues[-1].append(_turn(path, number, line))
    said = [dialogue for dialogue in dialogues if dialogue]
    match half:
        case "tuning":
            return said[::2]
        case "held-out":
            return said[1::2]
        case "all":
            return said


def _turn(path: Path, number: int, line: str) -> MarkedTurn:
    found = _LINE.fullmatch(line)
    if found is None:
        raise InputError(f"{path.name}:{number}: a line begins with a: or c:.", code="bad-marked-text")
    text, marks, at = "", list[PrivateSpan](), 0
    for mark in _MARK.finditer(found["marked"]):
        if mark["kind"] not in KINDS:
            raise InputError(f"{path.name}:{number}: no kind is called {mark['kind']}.", code="bad-marked-text")
        text += found["marked"][at : mark.start()]
        marks.append(
            PrivateSpan.model_validate({"start": len(text), "end": len(text + mark["words"]), "kind": mark["kind"]})
        )
        text += mark["words"]
        at = mark.end()
    return MarkedTurn(number, _PARTIES[found["party"]], text + found["marked"][at:], tuple(marks))


@dataclass(frozen=True, slots=True)
class FoundTurn:
    """A turn and what was found in it."""

    turn: MarkedTurn
    spans: tuple[PrivateSpan, ...]


def private_report(path: Path, half: Half = "all") -> dict[str, Any]:
    """Livecue's own rules over the dialogues of a file; see ``read_marked`` and ``report``."""
    redactor = RuleRedactor()
    found, microseconds = examine(redactor, read_marked(path, half))
    return {"redactor": redactor.name, "half": half, **report(found, microseconds=microseconds)}


def examine(redactor: Redactor, dialogues: Sequence[Sequence[MarkedTurn]]) -> tuple[list[FoundTurn], float]:
    """Every turn with what is found in it once its dialogue is over, and microseconds of processor time for each.

    The time is the median, over ``TIMED_PASSES`` after a first one, of the mean of all turns.
    """
    found = _found(redactor, dialogues)
    seconds: list[float] = []
    for _ in range(TIMED_PASSES):
        began = time.process_time()
        _found(redactor, dialogues)
        seconds.append(time.process_time() - began)
    return found, median(seconds) * 1e6 / max(1, len(found))


def _found(redactor: Redactor, dialogues: Sequence[Sequence[MarkedTurn]]) -> list[FoundTurn]:
    found: list[FoundTurn] = []
    for dialogue in dialogues:
        call = redactor.open_call()
        spans: dict[str, tuple[PrivateSpan, ...]] = {}
        for turn in dialogue:
            spans.update(call.hear(str(turn.line), turn.party, turn.text))
        found += [FoundTurn(turn, spans[str(turn.line)]) for turn in dialogue]
    return found


def report(found: Sequence[FoundTurn], *, microseconds: float) -> dict[str, Any]:
    """Precision and recall by kind, characters left in clear, masked needlessly, and the turns that went wrong."""
    by_kind = {kind: _scores(found, kind) for kind in KINDS}
    private = sum(len(_chars(row.turn.text, row.turn.marks)) for row in found)
    masked = sum(len(_chars(row.turn.text, row.spans)) for row in found)
    hidden = sum(len(_chars(row.turn.text, row.turn.marks) & _chars(row.turn.text, row.spans)) for row in found)
    plain = [row for row in found if not row.turn.marks]
    return {
        "turns": len(found),
        "turns_without_marks": len(plain),
        "turns_without_marks_masked": sum(bool(row.spans) for row in plain),
        "characters_private": private,
        "characters_left_in_clear": private - hidden,
        "characters_masked_needlessly": masked - hidden,
        "cpu_microseconds_per_turn": round(microseconds, 1),
        "all": _summed(by_kind.values()),
        "kinds": by_kind,
        "mistakes": [_mistake(row) for row in found if not _is_right(row)],
    }


def _chars(text: str, spans: Iterable[PrivateSpan]) -> set[int]:
    """Places of the characters that say something; pauses and punctuation do not."""
    return {at for span in spans for at in range(span.start, span.end) if _CONTENT.match(text[at])}


def _scores(found: Sequence[FoundTurn], kind: PrivateKind) -> dict[str, Any]:
    counts = Counter[str]()
    for row in found:
        text = row.turn.text
        marks = [mark for mark in row.turn.marks if mark.kind == kind]
        spans = [span for span in row.spans if span.kind == kind]
        hidden = _chars(text, row.spans)
        counts["marked"] += len(marks)
        counts["found"] += len(spans)
        counts["hidden"] += sum(_chars(text, [mark]) <= hidden for mark in marks)
        counts["recalled"] += sum(any(_is_same(text, mark, span) for span in spans) for mark in marks)
        counts["right"] += sum(any(_is_same(text, mark, span) for mark in marks) for span in spans)
    return _rates(counts)


def _is_same(text: str, mark: PrivateSpan, span: PrivateSpan) -> bool:
    """Also where two marks with a pause between them were found as one, or one as two."""
    one, other = _chars(text, [mark]), _chars(text, [span])
    return len(one & other) >= SAME * min(len(one), len(other)) and len(one & other) > 0


def _summed(scores: Iterable[dict[str, Any]]) -> dict[str, Any]:
    counts = Counter[str]()
    for score in scores:
        counts.update({name: score[name] for name in ("marked", "found", "hidden", "recalled", "right")})
    return _rates(counts)


def _rates(counts: Counter[str]) -> dict[str, Any]:
    names = ("marked", "found", "hidden", "recalled", "right")
    return {name: counts[name] for name in names} | {
        "precision": _share(counts["right"], counts["found"]),
        "recall": _share(counts["recalled"], counts["marked"]),
        "hidden_share": _share(counts["hidden"], counts["marked"]),
    }


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _is_right(row: FoundTurn) -> bool:
    return _chars(row.turn.text, row.turn.marks) == _chars(row.turn.text, row.spans)


def _mistake(row: FoundTurn) -> dict[str, Any]:
    text = row.turn.text
    return {
        "line": row.turn.line,
        "text": text,
        "marked": [f"{mark.kind}:{text[mark.start : mark.end]}" for mark in row.turn.marks],
        "found": [f"{span.kind}:{text[span.start : span.end]}" for span in row.spans],
    }
