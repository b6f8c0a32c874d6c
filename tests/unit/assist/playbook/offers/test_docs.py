"""docs/offers.md names every key of a catalogue, and its example is one whose cases hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from assist.playbook import failures_in, parse_playbook
from assist.playbook.etiquette import ETIQUETTE_KEYS
from assist.playbook.offers.catalogue import ANSWERED, TURNING
from assist.playbook.offers.reading import NEED_KEYS, OFFER_KEYS, REACTION_KEYS, SELLING_KEYS
from tests.support.dialogue import phrases_in

DOCS = Path(__file__).parents[5] / "docs"
PAGE = (DOCS / "offers.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [*SELLING_KEYS, *NEED_KEYS, *REACTION_KEYS, *OFFER_KEYS, *TURNING, *ANSWERED])
def test_the_page_names(name: str) -> None:
    assert f"`{name}`" in PAGE


@pytest.mark.parametrize("name", ETIQUETTE_KEYS)
def test_the_manners_are_named(name: str) -> None:
    assert name in PAGE + (DOCS / "playbooks.md").read_text(encoding="utf-8")


def test_the_example_of_the_page_is_a_playbook_and_its_cases_hold() -> None:
    example = PAGE.partition("```yaml\n")[2].partition("```")[0]
    playbook = parse_playbook(f"name: shop\nversion: 1\ntitle: 试\n{example}")
    assert playbook.catalogue is not None
    assert [len(offer.cases) for offer in playbook.catalogue.offers] == [0, 3]
    assert list(failures_in(playbook, lambda heard: phrases_in(heard, playbook))) == []
