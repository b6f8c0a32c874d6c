"""Many prompts judged together: how sure each must be, so that few of those that stand out do so by chance."""

from __future__ import annotations

from collections.abc import Sequence

from assist.experiments.intervals import LEVEL, scipy_stats


def joint_level(evidence: Sequence[float], level: float = LEVEL) -> float:
    """The level of each lasting interval, so that of all intervals without none in them 5 of 100 at most are wrong.

    ``evidence`` against "no difference" of every question that is asked, as ``evidence_of`` tells it, 0 where nothing
    is known. The e-BH procedure (Wang and Ramdas 2022) with its intervals (e-BY: Xu, Wang and Ramdas 2022), which
    hold however the questions hang together (prompts of the same calls do) and however often it is looked.
    """
    if not evidence:
        return level
    risk = 1 - level
    adjusted = scipy_stats().false_discovery_control([min(1.0, 1 / one) if one else 1.0 for one in evidence])
    found = sum(bool(one <= risk) for one in adjusted)
    return 1 - risk * max(1, found) / len(evidence)
