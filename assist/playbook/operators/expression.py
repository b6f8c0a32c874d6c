"""``expression``: a boolean formula of the Common Expression Language over what is known at a moment.

CEL has no loops but its macros, which are refused here; it never coerces, and ``&&`` and ``||`` decide where they can
although one side has no value. So what nobody has told makes a formula unknown exactly where it matters.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from typing import Any, cast

from assist.measures import spoken_chars
from assist.messages import ActSignal, EmotionSignal, EntitySignal, Evidence, IntentSignal, MeaningSignal, Utterance
from assist.playbook.moment import AT_TURNS, EVERY_MOMENT, NOTHING, Finding, Moment, MomentKind, Truth, Who
from assist.playbook.operators.base import Operator

MAX_EXPRESSION_CHARS = 500
_MAX_COMPILED = 4_096
_MAX_ANSWERS = 16_384
"""Answers that are kept: most formulas are asked again and again about the same values."""

FACTS = ("customer", "agent", "call", "history")
FIELDS: Mapping[str, Sequence[str]] = {
    "turns": ("agent", "customer", "any"),
    "now": ("ms", "quiet_ms"),
    "said": (
        "party", "text", "chars", "confidence", "intent", "intents", "acts", "emotion", "intensity", "entities",
        "means",
    ),
}  # fmt: skip
"""What can be asked of a root whose names are not the playbook's own."""
ROOTS = frozenset((*FACTS, "tag", "state", "fired", *FIELDS))

_OPERATORS = "_&&_ _||_ !_ _==_ _!=_ _<_ _<=_ _>_ _>=_ _+_ _-_ _*_ _/_ _%_ -_ _?_:_ @in _[_]"
FUNCTIONS = ("size", "int", "double", "string", "startsWith", "endsWith", "contains")
_ALLOWED = frozenset((*_OPERATORS.split(), *FUNCTIONS))
_NAMED = re.compile(
    r"""(?P<text>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')"""
    r"""|(?<![\w.])(?P<root>[A-Za-z_]\w*)(?:\s*\.\s*(?P<name>[A-Za-z_]\w*)|\s*\[\s*["'](?P<key>[^"'\\]+)["']\s*\])?"""
)
_NEED = re.compile(
    r"""said\.intent\s*==\s*["'](?P<intent>[^"'\\]+)["']"""
    r"""|["'](?P<label>[^"'\\]+)["']\s+in\s+said\.(?P<list>intents|acts|entities)"""
)
_KINDS = {"intents": "intent", "acts": "act", "entities": "entity"}
_FAILURES = (ArithmeticError, LookupError, TypeError, ValueError, RuntimeError)
"""What the library raises where a formula has no value."""

Path = tuple[str, str]
"""Root and name, as ("customer", "plan")."""


class _Untold:
    """A value that nobody has told."""


_UNTOLD = _Untold()


@lru_cache(maxsize=_MAX_COMPILED)
def compile_expression(source: str) -> Any:
    """Raises ValueError with what is wrong. The only place that touches the native library."""
    if len(source) > MAX_EXPRESSION_CHARS:
        raise ValueError(f"{len(source)} characters, {MAX_EXPRESSION_CHARS} at most")
    try:
        program: Any = import_module("cel").compile(source)
    except ValueError as error:
        lines = [line for line in str(error).splitlines() if "ERROR" in line]
        raise ValueError(lines[0].partition("ERROR: ")[2] if lines else "not an expression") from error
    references = program.references()
    strange = sorted(set(references["variables"]) - ROOTS)
    if strange:
        raise ValueError(f"no value is called {strange[0]!r}; known are {', '.join(sorted(ROOTS))}")
    barred = sorted(set(references["functions"]) - _ALLOWED)
    if barred:
        raise ValueError(f"{barred[0]!r} cannot be used here; functions are {', '.join(FUNCTIONS)} and has")
    if not references["variables"]:
        raise ValueError("asks for nothing that could change")
    return program


def paths_in(source: str) -> tuple[Path, ...]:
    """What a formula asks for, each once. Raises ValueError where that is not written out or does not exist."""
    found: dict[Path, None] = {}
    for match in _NAMED.finditer(source):
        root = match["root"]
        if root not in ROOTS:
            continue
        name = match["name"] or match["key"]
        if not name:
            raise ValueError(f'{root!r} cannot stand alone; write {root}.name, or {root}["名称"]')
        if name not in FIELDS.get(root, (name,)):
            raise ValueError(f"{root} has no {name!r}; it has {', '.join(FIELDS[root])}")
        found[root, name] = None
    return tuple(found)


def need_in(source: str) -> tuple[str, str] | None:
    """Kind and label of something that must be found in the words, or the formula is false whatever else is so.

    That is a comparison joined to all others with ``&&``, which is false when one side is, even if the other has no
    value. None where no part of the formula is that simple.
    """
    if any(mark in source for mark in ("||", "?", "(", "[")):
        return None
    parts = source.split("&&")
    if any(part.count(quote) % 2 for part in parts for quote in "\"'"):
        return None  # a text holds the mark
    for part in parts:
        found = _NEED.fullmatch(part.strip())
        if found is not None:
            return ("intent", found["intent"]) if found["intent"] else (_KINDS[found["list"]], found["label"])
    return None


@lru_cache(maxsize=_MAX_ANSWERS)
def _answer(source: str, paths: tuple[Path, ...], values: tuple[Any, ...], _kinds: tuple[type, ...]) -> Truth:
    """``_kinds`` of the values tell 1 from true, which are equal as keys."""
    known: dict[str, dict[str, Any]] = {root: {} for root, _ in paths}
    for (root, name), value in zip(paths, values, strict=True):
        if value is not _UNTOLD:
            known[root][name] = list(cast("tuple[str, ...]", value)) if isinstance(value, tuple) else value
    try:
        answer = compile_expression(source).execute(known)
    except _FAILURES:
        return Truth.UNKNOWN
    return Truth.UNKNOWN if not isinstance(answer, bool) else Truth.TRUE if answer else Truth.FALSE


@dataclass(frozen=True, slots=True)
class ExpressionHolds(Operator):
    """``expression``: a formula is true of what is known now; unknown where that does not tell."""

    who: Who
    min_confidence: float
    source: str
    paths: tuple[Path, ...]
    need: tuple[str, str] | None = None
    """See ``need_in``; so that most utterances can be left alone."""

    def observe(self, moment: Moment) -> tuple[ExpressionHolds, Finding]:
        utterance = moment.utterance if moment.speaks(self.who) else None
        if self.is_on_words and utterance is None:
            return self, NOTHING
        values = tuple(_value(root, name, moment, utterance) for root, name in self.paths)
        truth = _answer(self.source, self.paths, values, tuple(map(type, values)))
        if truth is Truth.FALSE:
            return self, NOTHING
        if not self.is_on_words or utterance is None:
            return self, Finding(truth)
        if utterance.confidence < self.min_confidence:
            truth = Truth.UNKNOWN
        return self, Finding(truth, (Evidence.of(utterance),))

    @property
    def is_on_words(self) -> bool:
        """Whether it asks for what is being said."""
        return any(root == "said" for root, _ in self.paths)

    @property
    def moments(self) -> frozenset[MomentKind]:
        return AT_TURNS if self.is_on_words else EVERY_MOMENT


def _value(root: str, name: str, moment: Moment, utterance: Utterance | None) -> Any:
    match root:
        case "tag":
            truth = moment.tags.get(name, Truth.UNKNOWN)
            return _UNTOLD if truth is Truth.UNKNOWN else truth is Truth.TRUE
        case "state":
            entry = moment.states.get(name)
            return None if entry is None else entry.value if entry.is_certain else _UNTOLD
        case "fired":
            return moment.fired.get(name, 0)
        case "turns":
            return {"agent": moment.floor.agent, "customer": moment.floor.customer}.get(name, moment.floor.begun("any"))
        case "now":
            return moment.at_ms if name == "ms" else moment.measures.quiet_ms(moment.at_ms)
        case "said":
            return _UNTOLD if utterance is None else _said(name, moment, utterance)
        case _:
            return moment.facts.get(f"{root}.{name}", _UNTOLD)


def _said(name: str, moment: Moment, utterance: Utterance) -> Any:
    """One thing about the words, or what the models found in them."""
    signals = moment.signals
    match name:
        case "party":
            return utterance.party
        case "text":
            return utterance.text
        case "chars":
            return spoken_chars(utterance.text)
        case "confidence":
            return utterance.confidence
        case "intent":
            return next((one.label for one in signals if isinstance(one, IntentSignal) and one.is_primary), "")
        case "intents":
            return tuple(one.label for one in signals if isinstance(one, IntentSignal))
        case "acts":
            return tuple(one.label for one in signals if isinstance(one, ActSignal))
        case "entities":
            return tuple(one.label for one in signals if isinstance(one, EntitySignal))
        case "means":
            return tuple(one.label.partition("@")[0] for one in signals if isinstance(one, MeaningSignal))
        case _:
            feeling = next((one for one in signals if isinstance(one, EmotionSignal)), None)
            if feeling is None:
                return "" if name == "emotion" else 0
            return feeling.label if name == "emotion" else feeling.intensity
