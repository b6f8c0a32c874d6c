"""The published schema allows what the reader allows, and names the same keys."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from jsonschema import Draft202012Validator

from assist.errors import PlaybookError
from assist.playbook.conditions import OPERATORS
from assist.playbook.etiquette import ETIQUETTE_KEYS
from assist.playbook.offers.reading import NEED_KEYS, OFFER_KEYS, SELLING_KEYS
from assist.playbook.rules import RULE_KEYS
from assist.playbook.schema import json_schema
from tests.support.conditions import CONDITIONS
from tests.support.dialogue import rule_of

ROOT = Path(__file__).parents[4]
SCHEMA = json_schema()
HEAD = {"name": "test", "version": 1, "title": "试"}


def problems(playbook: Any) -> list[str]:
    validator = Draft202012Validator(SCHEMA)
    return [error.message for error in validator.iter_errors(playbook)]  # pyright: ignore[reportUnknownMemberType]


def properties_of(operator: str) -> set[str]:
    """Keys that the schema knows of an operator."""
    schema = SCHEMA["$defs"]["condition"]["properties"][operator]
    shapes = [schema, *schema.get("anyOf", [])]
    return {key for shape in shapes for key in shape.get("properties", {})}


def test_the_published_file_is_what_is_installed() -> None:
    published = json.loads((ROOT / "docs" / "playbook.schema.json").read_text(encoding="utf-8"))
    assert published == SCHEMA
    Draft202012Validator.check_schema(published)


@pytest.mark.parametrize("path", sorted((ROOT / "examples" / "playbooks").glob("*.yaml")), ids=lambda path: path.name)
def test_playbooks_that_ship_with_livecue_fit(path: Path) -> None:
    assert problems(yaml.safe_load(path.read_text(encoding="utf-8"))) == []


@settings(max_examples=200)
@given(condition=CONDITIONS)
def test_any_condition_fits(condition: dict[str, Any]) -> None:
    assert problems({**HEAD, "rules": [{"id": "r", **condition}]}) == []


def test_rules_and_conditions_know_the_same_names() -> None:
    assert set(SCHEMA["$defs"]["rule"]["properties"]) == {"id", *RULE_KEYS, *OPERATORS}
    assert set(SCHEMA["$defs"]["condition"]["properties"]) == {"party", *OPERATORS}


@pytest.mark.parametrize("operator", [name for name in OPERATORS if properties_of(name)])
def test_operators_know_the_same_keys(operator: str) -> None:
    with pytest.raises(PlaybookError) as refused:
        rule_of(f"{operator}: {{zzzzzz: 1}}")
    known = re.search(r"known are (.*)", refused.value.message)
    assert known is not None, refused.value.message
    assert set(known[1].split(", ")) == properties_of(operator)


@pytest.mark.parametrize(
    "wrong",
    [
        {"phrase": {"any": []}},
        {"intent": {"any_of": "refuse", "min_score": 2}},
        {"silence": {"min_ms": 10}},
        {"silense": {"min_ms": 10_000}},
        {"emotion_trend": "up"},
    ],
)
def test_what_the_reader_refuses_by_form_does_not_fit(wrong: dict[str, Any]) -> None:
    assert problems({**HEAD, "rules": [{"id": "r", **wrong}]})
    with pytest.raises(PlaybookError):
        rule_of(json.dumps(wrong, ensure_ascii=False)[1:-1])


def test_offers_know_the_same_keys() -> None:
    assert set(SCHEMA["$defs"]["offer"]["properties"]) == set(OFFER_KEYS)
    assert set(SCHEMA["properties"]["selling"]["properties"]) == set(SELLING_KEYS)
    assert set(SCHEMA["$defs"]["need"]["properties"]) == {"party", *NEED_KEYS, *OPERATORS}
    assert set(SCHEMA["properties"]["etiquette"]["properties"]) == set(ETIQUETTE_KEYS)
