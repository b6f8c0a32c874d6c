"""How well prompts are heard in what agents say, and reactions in what customers answer: ``livecue eval heard``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import yaml

from assist.heard import Hearing
from assist.heard.cues import ACTS_OF, AS_WORDED, OWN_WORDS
from assist.messages import (
    ActSignal,
    Because,
    CueHeard,
    IntentSignal,
    Party,
    Prompt,
    PromptKind,
    Reaction,
    Signal,
    Utterance,
)

SWEEP = tuple(step / 20 for step in range(2, 17))
"""Thresholds that are tried."""
TURN_MS = 4_000
NONE = "none"
"""No reaction."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One row of the material, heard."""

    how: str
    cue: str
    text: str
    is_said: bool
    is_heard: bool
    score: float
    has_act: bool
    """The agent does what the prompt is for."""


def measure_heard(file: Path) -> Mapping[str, Any]:
    """Precision and recall of both; ``file`` as bench/heard.yaml is laid out."""
    material = cast("dict[str, Any]", yaml.safe_load(file.read_text(encoding="utf-8")))
    rows = [_hear(row, material["cues"]) for row in material["rows"]]
    return {
        "file": file.name,
        "thresholds": {"as_worded": AS_WORDED, "own_words": OWN_WORDS},
        "cues": {
            **_scores((row.is_said, row.is_heard) for row in rows),
            "by_how": {how: _share(row for row in rows if row.how == how) for how in _kinds(rows)},
        },
        "sweep": [_swept(rows, threshold) for threshold in SWEEP],
        "without_acts": _scores((row.is_said, row.score >= AS_WORDED) for row in rows),
        "reactions": _reactions(material["reactions"], material["offer"]),
        "mistakes": [
            {"cue": row.cue, "how": row.how, "score": row.score, "text": row.text}
            for row in rows
            if row.is_said is not row.is_heard
        ],
    }


def _hear(row: Mapping[str, Any], cues: Mapping[str, Mapping[str, str]]) -> Heard:
    cue = cues[row["cue"]]
    hearing = Hearing().shown([_prompt(cue)], ())
    score, is_heard, acts = 0.0, False, set[str]()
    for number, turn in enumerate(row["turns"], start=1):
        utterance = _utterance("agent", turn["text"], number)
        signals = _signals(utterance, turn)
        acts |= {one.label for one in signals if isinstance(one, ActSignal) and one.score >= 0.4}
        hearing, news = hearing.heard(utterance, signals)
        is_heard |= any(isinstance(one, CueHeard) and one.said for one in news)
        score = max([score, *(cue.best.score for cue in hearing.cues)])
    text = " | ".join(turn["text"] for turn in row["turns"])
    has_act = bool(acts & ACTS_OF[_prompt(cue).kind])
    return Heard(row["how"], row["cue"], text, row["said"], is_heard, score, has_act)


def _reactions(rows: Sequence[Mapping[str, Any]], offer: Mapping[str, Any]) -> Mapping[str, Any]:
    """The reaction right after the offer was made."""
    made = _utterance("agent", offer["text"], 1)
    prompt = _prompt({"kind": "offer", "body": offer["text"]})
    offered, _ = Hearing().shown([prompt], ()).heard(made, _signals(made, offer))
    pairs: list[tuple[str, str, str]] = []
    for row in rows:
        answer = _utterance("customer", row["text"], 2)
        _, news = offered.heard(answer, _signals(answer, row))
        found = next((one.reaction for one in news if isinstance(one, Reaction)), NONE)
        pairs.append((row["reaction"], found, row["text"]))
    labels = sorted({true for true, _, _ in pairs})
    return {
        "rows": len(pairs),
        "accuracy": round(sum(true == found for true, found, _ in pairs) / len(pairs), 3),
        "per_class": {label: _scores((true == label, found == label) for true, found, _ in pairs) for label in labels},
        "mistakes": [{"text": text, "true": true, "found": found} for true, found, text in pairs if true != found],
    }


def _swept(rows: Sequence[Heard], threshold: float) -> Mapping[str, float]:
    """With one threshold for all, and with half of it where the agent does what the prompt is for."""
    plain = _scores((row.is_said, row.score >= threshold) for row in rows)
    acted = _scores((row.is_said, row.score >= (threshold / 2 if row.has_act else threshold)) for row in rows)
    return {
        "threshold": threshold,
        "precision": plain["precision"],
        "recall": plain["recall"],
        "precision_with_acts": acted["precision"],
        "recall_with_acts": acted["recall"],
    }


def _scores(pairs: Iterable[tuple[bool, bool]]) -> Mapping[str, float]:
    """Of pairs (true, found)."""
    known = list(pairs)
    both = sum(true and found for true, found in known)
    trues, founds = sum(true for true, _ in known), sum(found for _, found in known)
    precision, recall = both / founds if founds else 1.0, both / trues if trues else 1.0
    f1 = 2 * precision * recall / (precision + recall) if both else 0.0
    return {
        "rows": len(known),
        "true": trues,
        "found": founds,
        "precision": round(precision, 3),
        "recall": round(recall, 3),
        "f1": round(f1, 3),
    }


def _kinds(rows: Iterable[Heard]) -> Sequence[str]:
    return list(dict.fromkeys(row.how for row in rows))


def _share(rows: Iterable[Heard]) -> Mapping[str, float]:
    """How many of one kind were taken for said."""
    known = list(rows)
    return {"rows": len(known), "heard": round(sum(row.is_heard for row in known) / len(known), 3)}


def _prompt(cue: Mapping[str, str]) -> Prompt:
    return Prompt(
        prompt_id="cue-1",
        kind=cast(PromptKind, cue["kind"]),
        title="",
        body=cue["body"],
        because=Because(rule="cue@1", reason="", evidence=()),
        at_ms=0,
        said_ms=0,
        expires_ms=30_000,
    )


def _utterance(party: Party, text: str, number: int) -> Utterance:
    return Utterance(
        utterance_id=f"{party}-{number}",
        party=party,
        text=text,
        words=(),
        start_ms=number * TURN_MS,
        end_ms=(number + 1) * TURN_MS - 500,
        decided_ms=(number + 1) * TURN_MS,
        confidence=0.9,
        model="material",
    )


def _signals(utterance: Utterance, turn: Mapping[str, Any]) -> Sequence[Signal]:
    """What the model found in it, as the material has it."""
    place: dict[str, Any] = {
        "utterance_id": utterance.utterance_id,
        "party": utterance.party,
        "start_ms": utterance.start_ms,
        "end_ms": utterance.end_ms,
        "source": "material",
    }
    acts = [ActSignal(**place, label=label, score=score) for label, score in turn.get("acts", {}).items()]
    intents = [
        IntentSignal(**place, label=label, score=score, is_primary=number == 0)
        for number, (label, score) in enumerate(turn.get("intents", {}).items())
    ]
    return (*acts, *intents)
