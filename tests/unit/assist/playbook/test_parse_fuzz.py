"""Whatever is given as a playbook, the answer is a Playbook or a PlaybookError."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from assist.errors import PlaybookError
from assist.playbook import parse_playbook

BUNDLED = (Path(__file__).parents[4] / "examples" / "playbooks" / "telecom.yaml").read_text(encoding="utf-8")
EXCERPT = "\n".join(BUNDLED.splitlines()[:12] + BUNDLED[BUNDLED.index("rules:") :].splitlines()[:60])

KNOWN = """id rules phrase any all not party agent emit flag prompt absent what by_turn silence min_ms count state set
because title name version $no 您好"""
WORDS = st.sampled_from(KNOWN.split())
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | WORDS | st.text(max_size=8)
TREES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=5), max_leaves=30
)


def parse(text: str) -> None:
    with suppress(PlaybookError):
        parse_playbook(text, "fuzz.yaml")


@given(st.text(max_size=300))
def test_any_text_is_a_playbook_or_refused(text: str) -> None:
    parse(text)


@given(st.text(alphabet="[]{}:,-|>\"'\\#&*!%@ \n\tax0", max_size=120))
def test_any_punctuation_is_a_playbook_or_refused(text: str) -> None:
    parse(text)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_playbook_or_refused(content: bytes) -> None:
    parse(content.decode("latin-1"))


@given(TREES)
def test_any_tree_of_known_words_is_a_playbook_or_refused(tree: object) -> None:
    parse(json.dumps({"name": "t", "version": 1, "title": "t", "rules": [tree]}, ensure_ascii=False))


@settings(max_examples=40)
@given(st.data())
def test_a_damaged_playbook_is_a_playbook_or_refused(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(EXCERPT)))
    cut = data.draw(st.integers(0, 20))
    parse(EXCERPT[:at] + data.draw(st.text(max_size=6)) + EXCERPT[at + cut :])
