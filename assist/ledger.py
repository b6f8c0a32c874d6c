"""Where every millisecond of a leg went, when its lane cannot say so itself."""

from __future__ import annotations

from collections.abc import Sequence

from assist.messages import AudioGap, GapCause, LegLedger, Party


def settle(
    party: Party, end_ms: int, gaps: Sequence[AudioGap], *, transcribed_ms: int, heard_until_ms: int
) -> LegLedger:
    """The ledger of a leg whose recognition stopped at ``heard_until_ms``; the sound after it counts as failed.

    ``gaps`` may be the whole call's: only this party's count.
    Adds up by construction: received == transcribed + silence + gaps.
    """
    gaps = [gap for gap in gaps if gap.party == party]
    declared: dict[GapCause, int] = {"lost": 0, "shed": 0, "paused": 0, "failed": 0}
    for gap in gaps:
        declared[gap.cause] += gap.end_ms - gap.start_ms
    late_gaps_ms = sum(max(0, gap.end_ms - max(gap.start_ms, heard_until_ms)) for gap in gaps)
    sound_ms = max(0, end_ms - sum(declared.values()))
    transcribed_ms = min(transcribed_ms, sound_ms)
    unheard_ms = min(max(0, end_ms - heard_until_ms - late_gaps_ms), sound_ms - transcribed_ms)
    gaps_ms = end_ms - sound_ms + unheard_ms
    return LegLedger(
        party=party,
        received_ms=end_ms,
        transcribed_ms=transcribed_ms,
        silence_ms=end_ms - transcribed_ms - gaps_ms,
        gaps_ms=gaps_ms,
        lost_ms=declared["lost"],
        shed_ms=declared["shed"],
        paused_ms=declared["paused"],
        failed_ms=declared["failed"] + unheard_ms,
    )
