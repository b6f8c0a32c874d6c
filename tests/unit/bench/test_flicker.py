"""How much of what was shown is taken back."""

from __future__ import annotations

from assist.messages import PartialTranscript
from bench.flicker import Flicker, flicker, taken_back
from tests.support.fakes import utterance


def partial(revision: int, text: str, stable_chars: int = 0) -> PartialTranscript:
    return PartialTranscript(
        utterance_id="customer-1",
        party="customer",
        revision=revision,
        text=text,
        stable_chars=stable_chars,
        start_ms=0,
        end_ms=1000,
    )


def test_text_that_only_grows_takes_nothing_back() -> None:
    events = [partial(1, "我想", 2), partial(2, "我想，查", 4), utterance("customer", 1, "我想查一下。", 0, 2000)]
    assert flicker(events) == Flicker(finals=5, shown_anew=3, stable=3)


def test_replaced_and_deleted_characters_count_once_per_revision() -> None:
    events = [partial(1, "我向"), partial(2, "我想茶"), utterance("customer", 1, "我想查", 0, 2000)]
    assert flicker(events) == Flicker(finals=3, revised=2, shown_anew=4, revised_by_partials=1)


def test_stable_characters_that_the_final_changes_are_told_apart() -> None:
    events = [partial(1, "我想茶流", 3), utterance("customer", 1, "我想查流量", 0, 2000)]
    assert flicker(events).report() == {"flicker_percent": 20.0, "churn_percent": 0.0, "stable_revised_percent": 33.33}


def test_utterance_without_partials_and_partials_without_final_do_not_count() -> None:
    assert flicker([partial(1, "我想"), utterance("customer", 2, "好", 3000, 4000)]) == Flicker()


def test_inserted_characters_take_nothing_back() -> None:
    assert taken_back("我查", "我想查一下") == 0
