"""What is wrong with the legs of a call is found in their sound and words, by positions alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assist.legs.findings import Finding
from assist.legs.swapping import FOUND, WATCHED_MS, weight_of
from assist.legs.watch import LegWatch
from assist.messages import AudioFrame, AudioGap, Leg, Party, RoleSignal, SpeechStarted, Utterance, UtteranceDropped

RATE_HZ = 8_000
LEGS = tuple(Leg(party=party, codec="pcm_s16le", rate_hz=RATE_HZ) for party in ("agent", "customer"))
Piece = AudioFrame | AudioGap


def noise(seconds: float, seed: int, level: int = 3_000) -> bytes:
    random = Random(seed)
    return b"".join(
        random.randint(-level, level).to_bytes(2, "little", signed=True) for _ in range(int(seconds * RATE_HZ))
    )


def frames(party: Party, pcm: bytes, start_ms: int = 0, piece_ms: int = 20) -> list[AudioFrame]:
    size = RATE_HZ * piece_ms // 1000 * 2
    return [
        AudioFrame(party, start_ms + at // 2 * 1000 // RATE_HZ, RATE_HZ, pcm[at : at + size])
        for at in range(0, len(pcm), size)
    ]


def woven(*legs: Sequence[Piece]) -> list[Piece]:
    """As pieces arrive: by position."""
    return sorted((item for leg in legs for item in leg), key=lambda item: item.start_ms)


def found(items: Iterable[Piece]) -> list[Finding]:
    watch = LegWatch(LEGS)
    return [finding for item in items for finding in watch.sound(item)]


def utterance(party: Party, start_ms: int, end_ms: int, at: int = 1) -> Utterance:
    return Utterance(
        utterance_id=f"{party}-{at}-{start_ms}",
        party=party,
        text="您好",
        words=(),
        start_ms=start_ms,
        end_ms=end_ms,
        decided_ms=end_ms + 300,
        confidence=0.9,
        model="fake@1",
    )


def role(said: Utterance, label: str, score: float) -> RoleSignal:
    return RoleSignal(
        utterance_id=said.utterance_id,
        party=said.party,
        label=label,
        score=score,
        start_ms=said.start_ms,
        end_ms=said.end_ms,
        source="fake@1",
    )


VOICE = noise(12, 1)
OTHER = noise(12, 2)


def test_two_legs_with_sound_of_their_own_are_right() -> None:
    assert found(woven(frames("agent", VOICE), frames("customer", OTHER))) == []


def test_leg_without_any_sound_is_missing_after_eight_seconds_of_the_other() -> None:
    assert found(frames("agent", VOICE)) == [Finding("leg-missing", 8_000, "customer")]


def test_losses_are_no_sound_and_a_declared_pause_is_no_fault() -> None:
    lost = AudioGap(party="customer", start_ms=0, end_ms=12_000, cause="lost")
    paused = lost.model_copy(update={"cause": "paused"})
    assert [one.code for one in found([lost, *frames("agent", VOICE)])] == ["leg-missing"]
    assert found([paused, *frames("agent", VOICE)]) == []


def test_leg_that_comes_back_is_no_longer_missing_even_if_its_positions_stay_behind() -> None:
    heard = [*frames("agent", noise(10, 1)), *woven(frames("agent", VOICE, 10_000), frames("customer", OTHER, 1_000))]
    assert found(heard) == [
        Finding("leg-missing", 8_000, "customer"),
        Finding("leg-missing", 8_000, "customer", restored=True),
    ]


def test_mono_on_both_legs_is_found_after_five_seconds_and_over_after_five_unlike_ones() -> None:
    doubled = [*frames("agent", VOICE), *frames("customer", VOICE)]
    apart = [*frames("agent", VOICE, 12_000), *frames("customer", OTHER, 12_000)]
    assert found(woven(doubled, apart)) == [
        Finding("legs-identical", 5_000),
        Finding("legs-identical", 17_000, restored=True),
    ]


def test_the_same_sound_at_another_level_is_the_same_and_silence_on_both_is_nothing() -> None:
    quieter = b"".join(
        (int.from_bytes(VOICE[at : at + 2], "little", signed=True) // 3).to_bytes(2, "little", signed=True)
        for at in range(0, len(VOICE), 2)
    )
    assert [one.code for one in found(woven(frames("agent", VOICE), frames("customer", quieter)))] == ["legs-identical"]
    assert found(woven(frames("agent", bytes(len(VOICE))), frames("customer", bytes(len(VOICE))))) == []


@settings(max_examples=30, deadline=None)
@given(sizes=st.lists(st.integers(1, 700), min_size=1, max_size=8), gap_ms=st.integers(0, 3_000), ahead=st.booleans())
def test_findings_do_not_depend_on_how_sound_is_cut(sizes: list[int], gap_ms: int, ahead: bool) -> None:
    """A recording read in long pieces, or one leg ahead of the other by some of them, gives what the live call gave."""
    gaps: dict[Party, AudioGap] = {
        party: AudioGap(party=party, start_ms=3_000, end_ms=3_000 + gap_ms, cause="lost")
        for party in ("agent", "customer")
    }
    size = 24_000 * 2
    live: list[Piece] = []
    recorded: list[Piece] = []
    for party, gap in gaps.items():
        for leg, piece_ms in ((live, 20), (recorded, sizes[0] + 20)):
            leg += frames(party, VOICE[:size], 0, piece_ms)
            leg.append(gap)
            leg += frames(party, VOICE[size:], gap.end_ms, piece_ms)
    recorded.sort(key=lambda item: item.start_ms + (900 if ahead and item.party == "agent" else 0))
    live.sort(key=lambda item: item.start_ms)
    assert found(live) == found(recorded)
    assert [one.code for one in found(live)] == ["legs-identical"]


def silent_watch() -> LegWatch:
    """Sound comes on both legs; what is said there is told apart."""
    watch = LegWatch(LEGS)
    for item in woven(frames("agent", noise(1, 1)), frames("customer", noise(1, 2))):
        watch.sound(item)
    return watch


def test_leg_on_which_nobody_is_heard_is_told_once_the_other_spoke_for_twelve_seconds() -> None:
    watch = silent_watch()
    assert watch.words(utterance("agent", 0, 8_000), ()) == []
    assert watch.words(utterance("agent", 9_000, 13_000), ()) == [Finding("leg-silent", 13_300, "customer")]
    assert watch.words(utterance("agent", 18_000, 26_000), ()) == []
    assert watch.words(utterance("customer", 27_000, 28_000), ()) == [
        Finding("leg-silent", 28_300, "customer", restored=True)
    ]


def test_who_has_been_heard_or_is_just_speaking_is_not_silent() -> None:
    watch = silent_watch()
    assert watch.words(utterance("customer", 0, 900), ()) == []
    assert watch.words(utterance("agent", 1_000, 60_000), ()) == []
    watch = silent_watch()
    watch.words(SpeechStarted(utterance_id="customer-1", party="customer", start_ms=500, decided_ms=600), ())
    assert watch.words(utterance("agent", 0, 20_000), ()) == []


@pytest.mark.parametrize(("reason", "codes"), [("no-speech", ["leg-silent"]), ("recogniser-failed", [])])
def test_noise_is_nobody_and_words_that_could_not_be_recognised_are_somebody(reason: str, codes: list[str]) -> None:
    watch = silent_watch()
    watch.words(
        UtteranceDropped(utterance_id="c", party="customer", start_ms=0, end_ms=900, decided_ms=1_200, reason=reason),
        (),
    )
    assert [one.code for one in watch.words(utterance("agent", 1_000, 20_000), ())] == codes


def test_swapped_legs_are_found_by_what_is_said_and_only_told_once() -> None:
    watch = silent_watch()
    told: list[Finding] = []
    for at in range(12):
        said = utterance("agent" if at % 2 else "customer", at * 3_000, at * 3_000 + 2_000, at)
        told += watch.words(said, [role(said, "customer" if at % 2 else "agent", 0.95)])
    assert [(one.code, one.at_ms < 60_000) for one in told] == [("legs-swapped", True)]
    assert watch.exchanged(40_000) == [Finding("legs-swapped", 40_000, restored=True)]
    assert watch.exchanged(41_000) == []


def test_a_single_odd_sentence_and_right_legs_prove_nothing() -> None:
    watch = silent_watch()
    odd = utterance("customer", 0, 2_000)
    assert watch.words(odd, [role(odd, "agent", 1.0)]) == []
    for at in range(1, 12):
        said = utterance("agent", at * 3_000, at * 3_000 + 2_000, at)
        assert watch.words(said, [role(said, "agent", 0.9)]) == []


def test_one_sentence_counts_for_no_more_than_a_quarter_of_what_is_asked() -> None:
    assert weight_of("agent", 1.0, "customer") <= FOUND / 4
    assert weight_of("agent", 1.0, "agent") == -weight_of("agent", 1.0, "customer")
    assert weight_of("agent", 0.5, "customer") == 0
    assert WATCHED_MS >= 60_000


def test_call_with_both_parties_on_one_leg_is_never_found_wrong() -> None:
    watch = LegWatch((Leg(party="mixed", codec="pcm_s16le", rate_hz=RATE_HZ),))
    assert [one for item in frames("mixed", VOICE) for one in watch.sound(item)] == []
    said = utterance("mixed", 0, 30_000)
    assert watch.words(said, [role(said, "agent", 0.99)]) == []
