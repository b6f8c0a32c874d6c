"""Cases from YAML."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import cast, get_args

import yaml

from assist.measures import spoken_chars
from assist.messages import CloseCause, Party, Trend, Verdict
from assist.playbook.cases.case import (
    DEFAULT_CHARS_PER_MIN,
    DEFAULT_CONFIDENCE,
    DEFAULT_GAP_MS,
    DEFAULT_INTENSITY,
    Case,
    Feeling,
    Found,
    Line,
)
from assist.playbook.question import UNCLEAR, Question
from assist.playbook.reader import Reader, line_of, tag_of

MAX_CASES = 100
MAX_LINES = 200
MAX_SIGNALS = 20
SPEAKERS: Mapping[str, Party] = {"坐席": "agent", "客户": "customer", "agent": "agent", "customer": "customer"}
LINE_KEYS = (
    "silence_ms",
    "overlap_ms",
    "confidence",
    "chars_per_min",
    "intents",
    "acts",
    "entities",
    "emotion",
    "means",
)
CASE_KEYS = ("verdict", "end", "known", "judged", "offered", "not_offered")
GOES_ON = "goes-on"
_NO_QUESTIONS: Mapping[str, Question] = {}
NEUTRAL = "neutral"


def read_cases(
    node: yaml.Node,
    reader: Reader,
    where: str,
    *,
    has_flag: bool,
    meanings: Collection[str] = (),
    questions: Mapping[str, Question] = _NO_QUESTIONS,
) -> tuple[Case, ...]:
    """The cases of a rule, those that fire first; ``meanings`` are what their lines may mean.

    ``questions`` are what a model may have answered, by name.
    """
    what = f"{where}: cases"
    fields = reader.fields(node, what, optional=("fires", "silent"))
    return tuple(
        _read_case(item, reader, f"{what}: {name}", meanings, questions, fires=name == "fires", has_flag=has_flag)
        for name in ("fires", "silent")
        if name in fields
        for item in reader.items(fields[name], f"{what}: {name}", most=MAX_CASES)
    )


def _read_case(
    node: yaml.Node,
    reader: Reader,
    what: str,
    meanings: Collection[str],
    questions: Mapping[str, Question],
    *,
    fires: bool,
    has_flag: bool,
) -> Case:
    """A list of lines, or a mapping that says more."""
    fields: Mapping[str, yaml.Node] = {"dialogue": node}
    if isinstance(node, yaml.MappingNode):
        fields = reader.fields(node, what, required=("dialogue",), optional=CASE_KEYS)
    verdict: Verdict | None = None
    if "verdict" in fields:
        verdict = cast(Verdict, reader.choice(fields["verdict"], f"{what}: verdict", get_args(Verdict)))
        if not has_flag:
            raise reader.error(fields["verdict"], f"{what}: the rule has no flag that could have a verdict")
    end: str = "hangup"
    if "end" in fields:
        end = reader.choice(fields["end"], f"{what}: end", (*get_args(CloseCause), GOES_ON))
    items = reader.items(fields["dialogue"], what, most=MAX_LINES)
    lines = tuple(_read_line(item, reader, what, meanings) for item in items)
    known: dict[str, str] = {}
    if "known" in fields:
        entries = reader.entries(fields["known"], f"{what}: known")
        known = {path: _read_value(value, reader, f"{what}: {path}") for path, (_, value) in entries.items()}
    return Case(
        fires=fires,
        lines=lines,
        end=None if end == GOES_ON else cast(CloseCause, end),
        verdict=verdict,
        known=known,
        judged=_read_judged(fields["judged"], reader, f"{what}: judged", questions) if "judged" in fields else {},
        offered=_read_names(fields, "offered", reader, what),
        not_offered=_read_names(fields, "not_offered", reader, what),
        line=line_of(node),
    )


def _read_line(node: yaml.Node, reader: Reader, what: str, meanings: Collection[str]) -> Line:
    fields = reader.fields(node, what, optional=(*SPEAKERS, *LINE_KEYS))
    speakers = [name for name in SPEAKERS if name in fields]
    if not speakers and set(fields) == {"silence_ms"}:
        return Line(None, "", _integer(fields, "silence_ms", 0, reader, what))
    if len(speakers) != 1:
        raise reader.error(node, f"{what}: expected what one party says, as in `客户: 不需要`, or silence_ms alone")
    text = reader.text(fields[speakers[0]], f"{what}: {speakers[0]}")
    if spoken_chars(text) == 0:
        raise reader.error(node, f"{what}: the line {text!r} has no words")
    if "silence_ms" in fields and "overlap_ms" in fields:
        raise reader.error(node, f"{what}: silence_ms and overlap_ms exclude each other")
    confidence = DEFAULT_CONFIDENCE
    if "confidence" in fields:
        confidence = reader.fraction(fields["confidence"], f"{what}: confidence")
    overlap_ms = _integer(fields, "overlap_ms", 0, reader, what)
    return Line(
        party=SPEAKERS[speakers[0]],
        text=text,
        gap_ms=-overlap_ms or _integer(fields, "silence_ms", DEFAULT_GAP_MS, reader, what),
        confidence=confidence,
        chars_per_min=max(1, _integer(fields, "chars_per_min", DEFAULT_CHARS_PER_MIN, reader, what)),
        intents=_read_scored(fields, "intents", reader, what),
        acts=_read_scored(fields, "acts", reader, what),
        entities=_read_entities(fields, reader, what),
        feeling=_read_feeling(fields["emotion"], reader, f"{what}: emotion") if "emotion" in fields else None,
        means=_read_meanings(node, fields, reader, what, meanings),
    )


def _read_judged(node: yaml.Node, reader: Reader, what: str, questions: Mapping[str, Question]) -> Mapping[str, str]:
    """Answers by the name of their question."""
    judged: dict[str, str] = {}
    for name, (key, value) in reader.entries(node, what).items():
        if name not in questions:
            raise reader.error(key, f"{what}: no question {name!r}; known are {', '.join(sorted(questions)) or 'none'}")
        judged[name] = reader.choice(value, f"{what}: {name}", (*questions[name].answers, UNCLEAR))
    return judged


def _integer(fields: Mapping[str, yaml.Node], key: str, default: int, reader: Reader, what: str) -> int:
    return reader.integer(fields[key], f"{what}: {key}", most=3_600_000) if key in fields else default


def _read_names(fields: Mapping[str, yaml.Node], key: str, reader: Reader, what: str) -> tuple[str, ...]:
    """One id or a list of them."""
    node = fields.get(key)
    if node is None:
        return ()
    nodes = (node,) if isinstance(node, yaml.ScalarNode) else reader.items(node, f"{what}: {key}", most=MAX_SIGNALS)
    return tuple(reader.text(item, f"{what}: {key}") for item in nodes)


def _read_scored(fields: Mapping[str, yaml.Node], key: str, reader: Reader, what: str) -> tuple[Found, ...]:
    """A label, a list of labels, or labels with their scores."""
    node = fields.get(key)
    if node is None:
        return ()
    what = f"{what}: {key}"
    if isinstance(node, yaml.MappingNode):
        scores = reader.entries(node, what)
        return tuple(Found(label, reader.fraction(value, f"{what}: {label}")) for label, (_, value) in scores.items())
    nodes = (node,) if isinstance(node, yaml.ScalarNode) else reader.items(node, what, most=MAX_SIGNALS)
    return tuple(Found(reader.text(item, what)) for item in nodes)


def _read_meanings(
    node: yaml.Node, fields: Mapping[str, yaml.Node], reader: Reader, what: str, meanings: Collection[str]
) -> tuple[Found, ...]:
    """Sets of the playbook that a line means."""
    found = _read_scored(fields, "means", reader, what)
    for one in found:
        if one.label not in meanings:
            known = ", ".join(sorted(meanings)) or "none"
            raise reader.error(node, f"{what}: means: no meaning {one.label!r}; known are {known}")
    return found


def _read_entities(fields: Mapping[str, yaml.Node], reader: Reader, what: str) -> tuple[Found, ...]:
    """Normal forms by label."""
    node = fields.get("entities")
    if node is None:
        return ()
    what = f"{what}: entities"
    return tuple(
        Found(label, value=_read_value(value, reader, f"{what}: {label}"))
        for label, (_, value) in reader.entries(node, what).items()
    )


def _read_value(node: yaml.Node, reader: Reader, what: str) -> str:
    return str(reader.integer(node, what)) if tag_of(node) == "int" else reader.text(node, what)


def _read_feeling(node: yaml.Node, reader: Reader, what: str) -> Feeling:
    """A label, or a mapping that says more."""
    fields: Mapping[str, yaml.Node] = {"label": node}
    if isinstance(node, yaml.MappingNode):
        fields = reader.fields(node, what, required=("label",), optional=("score", "intensity", "trend", "valence"))
    label = reader.text(fields["label"], f"{what}: label")
    intensity = 0 if label == NEUTRAL else DEFAULT_INTENSITY
    if "intensity" in fields:
        intensity = reader.integer(fields["intensity"], f"{what}: intensity", most=3)
    trend: str = "steady"
    if "trend" in fields:
        trend = reader.choice(fields["trend"], f"{what}: trend", get_args(Trend))
    score = reader.fraction(fields["score"], f"{what}: score") if "score" in fields else 1.0
    valence = reader.number(fields["valence"], f"{what}: valence") if "valence" in fields else 0.0
    if abs(valence) > 1:
        raise reader.error(fields["valence"], f"{what}: valence: expected a number from -1 to 1")
    return Feeling(label, score, intensity, cast(Trend, trend), valence)
