"""Label sets of others: which of their labels stands for which of ours.

A file of YAML: ``theirs: ours``, ``theirs: [ours, …]`` where several of ours are one of theirs, ``theirs: null`` for
rows that are to be left out. Scores are given in their labels. What the model says is right if the row's label lists
it; otherwise it counts as the first of their labels that lists it, or under its own name where none does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from assist.errors import InputError
from nlp.evaluation.rows import LabelledTurn, named_lines
from nlp.evaluation.scores import Mark
from nlp.evaluation.tasks import CODES, Task
from nlp.labels import INTENTS

_NULL = "tag:yaml.org,2002:null"


@dataclass(frozen=True, slots=True)
class LabelMapping:
    """From the labels of a file to ours."""

    ours: Mapping[str, tuple[str, ...]]
    """By their label; none: rows with it are left out."""

    def truth(self, labels: Sequence[str]) -> tuple[str, ...]:
        """Those of a row's labels that stand for something."""
        return tuple(label for label in labels if self.ours[label])

    def said(self, code: str, truth: Collection[str]) -> str:
        """What one of our codes is called in a row whose labels are ``truth``."""
        theirs = self.listing(code)
        return next((label for label in truth if label in theirs), theirs[0] if theirs else code)

    def true_codes(self, labels: Sequence[str]) -> frozenset[str]:
        """All of ours that a row's labels stand for."""
        return frozenset(code for label in labels for code in self.ours[label])

    def listing(self, code: str) -> list[str]:
        """Their labels that stand for one of our codes."""
        return [label for label, codes in self.ours.items() if code in codes]

    @property
    def shared_codes(self) -> list[str]:
        """Ours that several of their labels list: right for each of them, so that scores are kinder."""
        counts = Counter(code for codes in self.ours.values() for code in codes)
        return sorted(code for code, count in counts.items() if count > 1)

    def marks_said(self, found: Sequence[Mark], truth: Sequence[Mark]) -> list[Mark]:
        """Entities found, in their labels."""
        at = {(start, end): label for label, start, end in truth}
        return [
            (self.said(code, [at[start, end]] if (start, end) in at else []), start, end) for code, start, end in found
        ]


def own_labels(task: Task) -> LabelMapping:
    """The file uses our codes."""
    return LabelMapping({code: (code,) for code in CODES[task]})


def intent_groups() -> LabelMapping:
    """The file uses the coarse groups of our intents."""
    groups: dict[str, tuple[str, ...]] = {}
    for label in INTENTS:
        groups[label.group] = (*groups.get(label.group, ()), label.code)
    return LabelMapping(groups)


def read_mapping(path: Path, task: Task) -> LabelMapping:
    """Raises InputError "bad-label-mapping" that names every line that cannot be used."""
    try:
        root = yaml.compose(path.read_text("utf-8-sig"), Loader=yaml.SafeLoader)  # pyright: ignore[reportUnknownMemberType]
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"The mapping {path.name} cannot be read as text.", code="bad-label-mapping") from error
    except (yaml.YAMLError, RecursionError) as error:
        raise InputError(
            f"The mapping {path.name} is not YAML: {_place_of(error)}.", code="bad-label-mapping"
        ) from error
    if not isinstance(root, yaml.MappingNode) or not root.value:
        raise InputError(f"{path.name}:1: write one line `theirs: ours` for each label.", code="bad-label-mapping")
    ours: dict[str, tuple[str, ...]] = {}
    problems: list[tuple[int, str]] = []
    for key, value in root.value:
        line = int(key.start_mark.line) + 1
        codes = _codes(value)
        if not isinstance(key, yaml.ScalarNode) or codes is None:
            problems.append((line, "a label stands for one of our codes, a list of them, or null"))
            continue
        problems += [(line, f"there is no {task} {code!r}") for code in codes if code not in CODES[task]]
        if key.value in ours:
            problems.append((line, f"{key.value!r} is here twice"))
        ours[key.value] = codes
    if problems:
        raise InputError(named_lines(path, problems), code="bad-label-mapping")
    return LabelMapping(ours)


def require_known(path: Path, rows: Sequence[LabelledTurn], mapping: LabelMapping) -> None:
    """Raises InputError "unknown-label" that names every line with a label that the mapping lacks."""
    problems = [
        (row.line, f"there is no label {label!r}")
        for row in rows
        for label in dict.fromkeys([*(row.labels or ()), *(label for label, _, _ in row.entities or ())])
        if label not in mapping.ours
    ]
    if problems:
        raise InputError(
            f"{named_lines(path, problems)} Give a --mapping that names every label.", code="unknown-label"
        )


def _codes(value: yaml.Node) -> tuple[str, ...] | None:
    """None for what is no code, list of codes or null."""
    if isinstance(value, yaml.ScalarNode):
        return () if value.tag == _NULL else (str(value.value),)
    if isinstance(value, yaml.SequenceNode) and all(isinstance(one, yaml.ScalarNode) for one in value.value):
        return tuple(str(one.value) for one in value.value)
    return None


def _place_of(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    return f"line {mark.line + 1}" if mark is not None else "it is nested too deeply"
