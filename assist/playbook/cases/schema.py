"""Cases in the JSON Schema of the rule language."""

from __future__ import annotations

from typing import get_args

from assist.messages import CloseCause, Trend, Verdict
from assist.playbook.cases.reading import GOES_ON, SPEAKERS
from assist.playbook.shapes import FRACTION, LABELS, VALUE, Schema, integer, mapping, one_of, ref, text

_DIALOGUE: Schema = {"type": "array", "items": ref("line"), "minItems": 1}
_FOUND: Schema = {"anyOf": [LABELS, {"type": "object", "additionalProperties": FRACTION}]}


def case() -> Schema:
    """A dialogue with what it must lead to."""
    return {
        "anyOf": [
            _DIALOGUE,
            mapping(
                {
                    "dialogue": _DIALOGUE,
                    "verdict": one_of(get_args(Verdict)),
                    "end": one_of((*get_args(CloseCause), GOES_ON)),
                    "known": {"type": "object", "additionalProperties": VALUE},
                    "judged": {
                        "type": "object",
                        "additionalProperties": text(),
                        "description": "模型对 questions 里的问题怎么回答；unclear 为说不清",
                    },
                    "offered": {**LABELS, "description": "必须提示推荐的业务"},
                    "not_offered": {**LABELS, "description": "不得提示推荐的业务"},
                },
                required=("dialogue",),
            ),
        ]
    }


def line() -> Schema:
    """What somebody says in it."""
    return mapping(
        {
            **{name: text("说的话") for name in SPEAKERS},
            "silence_ms": integer("之前静默多久"),
            "overlap_ms": integer("提前多久开口"),
            "confidence": FRACTION,
            "chars_per_min": integer("语速"),
            "intents": _FOUND,
            "acts": _FOUND,
            "entities": {"type": "object", "additionalProperties": VALUE},
            "means": _FOUND,
            "emotion": {
                "anyOf": [
                    text(),
                    mapping(
                        {
                            "label": text(),
                            "score": FRACTION,
                            "intensity": {**integer(), "maximum": 3},
                            "trend": one_of(get_args(Trend)),
                            "valence": {"type": "number", "minimum": -1, "maximum": 1},
                        },
                        required=("label",),
                    ),
                ]
            },
        }
    )
