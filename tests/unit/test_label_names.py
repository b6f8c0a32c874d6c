"""Every label has a name on the desk, in both of its languages."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nlp import labels
from nlp.labels import Label

TEXTS = Path(__file__).parents[2] / "web" / "src" / "i18n"
SETS = {"intent": labels.INTENTS, "emotion": labels.EMOTIONS, "act": labels.ACTS, "entity": labels.ENTITIES}


def names(language: str, kind: str) -> dict[str, str]:
    return json.loads((TEXTS / f"{language}.json").read_text(encoding="utf-8"))["label"][kind]


@pytest.mark.parametrize(("kind", "known"), SETS.items())
def test_chinese_names_on_the_desk_are_those_of_the_label_set(kind: str, known: tuple[Label, ...]) -> None:
    assert names("zh-CN", kind) == {label.code: label.name for label in known}


@pytest.mark.parametrize(("kind", "known"), SETS.items())
def test_every_label_has_an_english_name_of_its_own(kind: str, known: tuple[Label, ...]) -> None:
    english = names("en", kind)
    assert tuple(english) == labels.codes(known)
    assert len(set(english.values())) == len(known)
