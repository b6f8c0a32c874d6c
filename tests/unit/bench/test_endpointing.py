"""What counts as a cut, a join and the silence before an end."""

from __future__ import annotations

from asr.segmenter import SegmenterSettings
from asr.text import Scribe
from bench.endpointing import OWN_RULE, Ended, compare, rules
from bench.truth import Turn

SCRIBE = Scribe()
TURNS = [Turn("customer", 1_000, 4_000, "我想查一下，话费"), Turn("customer", 6_000, 8_000, "好的")]


def test_an_utterance_for_every_turn_is_neither_cut_nor_joined() -> None:
    ends = compare(TURNS, [Ended(1_020, 4_050, 4_600, "我想查一下话费"), Ended(6_000, 7_990, 8_400, "好的")], SCRIBE)
    assert (ends.turns, ends.cuts, ends.cut_turns, ends.joins, ends.errors.total) == (2, 0, 0, 0, 0)
    assert ends.silences_ms == (600, 400)


def test_every_end_within_a_turn_is_a_cut() -> None:
    heard = [Ended(1_000, 1_800, 2_200, "我"), Ended(2_300, 2_700, 3_000, "想"), Ended(3_200, 4_000, 4_500, "查")]
    ends = compare(TURNS, heard, SCRIBE)
    assert (ends.cuts, ends.cut_turns, ends.silences_ms) == (2, 1, (500,))


def test_words_that_break_off_early_are_no_cut() -> None:
    ends = compare(TURNS, [Ended(1_000, 3_000, 3_500, "我想")], SCRIBE)
    assert ends.cuts == 0


def test_an_utterance_over_two_turns_joins_them() -> None:
    ends = compare(TURNS, [Ended(1_000, 8_000, 8_600, "我想查一下话费好的")], SCRIBE)
    assert (ends.joins, ends.cuts) == (1, 0)


def test_results_add_up() -> None:
    one = compare(TURNS, [Ended(1_000, 4_000, 4_600, "我想")], SCRIBE)
    both = one + one
    assert (both.turns, both.silences_ms, both.errors.reference_chars) == (4, (600, 600), 18)
    assert both.row("x")["silence_ms_p50"] == 600


def test_the_own_rule_is_what_lanes_use() -> None:
    assert rules()[OWN_RULE] == SegmenterSettings()
