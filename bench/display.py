"""How well numbers are put in digits: rewrites of a table of sentences, right, wrong and missing.

    python -m bench.display [TABLE.tsv] [--json]

A rewrite is a stretch of the spoken text with what stands there instead; it is right when the table has just that one.
WeText's inverse text normalisation is judged beside Livecue's grammar where ``wetext`` is installed; it is a
development tool and no dependency.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from difflib import SequenceMatcher
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from asr.text import Edit, edited
from asr.writing.display import rewrites_of

TABLE = Path(__file__).parents[1] / "tests" / "fixtures" / "writing" / "display.tsv"
SHOWN_MISTAKES = 10

Change = tuple[int, int, str]
"""Characters [from, to) of the spoken text and what is shown instead."""


@dataclass(frozen=True, slots=True)
class DisplayScore:
    """What one system made of a table."""

    system: str
    sentences: int
    sentences_right: int
    sentences_damaged: int
    """With something rewritten that should not have been, or otherwise."""
    rewrites_wanted: int
    rewrites_made: int
    rewrites_right: int
    damaged: tuple[tuple[str, str, str], ...]
    """Spoken, wanted and shown, of some that were damaged."""

    @property
    def precision_percent(self) -> float:
        """Rewrites that were right, of those made."""
        return round(100 * self.rewrites_right / max(1, self.rewrites_made), 1)

    @property
    def recall_percent(self) -> float:
        """Rewrites that were right, of those wanted."""
        return round(100 * self.rewrites_right / max(1, self.rewrites_wanted), 1)


def read_table(path: Path) -> list[tuple[str, str]]:
    """Spoken and shown form of each sentence."""
    lines = path.read_text("utf-8").splitlines()
    pairs = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return [(spoken, shown) for spoken, shown in pairs]


def score(system: str, rows: list[tuple[str, str]], show: Callable[[str], str]) -> DisplayScore:
    """Judge a system by a table."""
    right = wanted = made = agreed = 0
    damaged: list[tuple[str, str, str]] = []
    for spoken, expected in rows:
        shown = show(spoken)
        ours, theirs = set(changes(spoken, shown)), set(changes(spoken, expected))
        right += shown == expected
        wanted, made, agreed = wanted + len(theirs), made + len(ours), agreed + len(ours & theirs)
        if ours - theirs:
            damaged.append((spoken, expected, shown))
    listed = tuple(damaged[:SHOWN_MISTAKES])
    return DisplayScore(system, len(rows), right, len(damaged), wanted, made, agreed, listed)


def changes(spoken: str, shown: str) -> Iterator[Change]:
    """Where two forms of a sentence differ."""
    for kind, start, end, first, last in SequenceMatcher(None, spoken, shown, autojunk=False).get_opcodes():
        if kind != "equal":
            yield start, end, shown[first:last]


def livecue(spoken: str) -> str:
    """The displayed form as an utterance carries it."""
    return edited(spoken, (Edit(rewrite.start, rewrite.end, rewrite.written) for rewrite in rewrites_of(spoken)))


def wetext() -> Callable[[str], str]:
    """WeText's Chinese inverse normalisation with its own defaults."""
    normalizer: Any = import_module("wetext").Normalizer(lang="zh", operator="itn")
    return lambda spoken: str(normalizer.normalize(spoken))


def main() -> None:
    """Print the scores."""
    parser = argparse.ArgumentParser(description="How well numbers are put in digits.")
    parser.add_argument("table", nargs="?", type=Path, default=TABLE)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    rows = read_table(arguments.table)
    scores = [score("livecue", rows, livecue)]
    if find_spec("wetext"):
        scores.append(score("wetext", rows, wetext()))
    for result in scores:
        rates = {"precision_percent": result.precision_percent, "recall_percent": result.recall_percent}
        print(json.dumps(asdict(result) | rates, ensure_ascii=False, indent=None if arguments.json else 2))


if __name__ == "__main__":
    main()
