"""A ledger always adds up."""

from hypothesis import given
from hypothesis import strategies as st

from assist.ledger import settle
from assist.messages import AudioGap, GapCause

CAUSES: tuple[GapCause, ...] = ("lost", "shed", "paused", "failed")


@given(
    pieces=st.lists(st.tuples(st.integers(0, 500), st.sampled_from((None, *CAUSES))), max_size=20),
    transcribed_ms=st.integers(0, 9000),
    heard_until_ms=st.integers(0, 9000),
)
def test_received_is_transcribed_plus_silence_plus_gaps(
    pieces: list[tuple[int, GapCause | None]], transcribed_ms: int, heard_until_ms: int
) -> None:
    gaps, end = list[AudioGap](), 0
    for length, cause in pieces:
        if cause:
            gaps.append(AudioGap(party="agent", start_ms=end, end_ms=end + length, cause=cause))
        end += length
    leg = settle("agent", end, gaps, transcribed_ms=transcribed_ms, heard_until_ms=heard_until_ms)
    assert leg.received_ms == end == leg.transcribed_ms + leg.silence_ms + leg.gaps_ms
    assert leg.gaps_ms == leg.lost_ms + leg.shed_ms + leg.paused_ms + leg.failed_ms
    assert min(leg.transcribed_ms, leg.silence_ms, leg.gaps_ms, leg.failed_ms) >= 0
