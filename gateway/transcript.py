"""Exports of a call's finals: SubRip subtitles and plain text; pure."""

from __future__ import annotations

from collections.abc import Iterable

from assist.messages import Party
from assist.view import CallView, Line

SPEAKERS: dict[Party, str] = {"agent": "坐席", "customer": "客户", "mixed": "通话"}


def finals(view: CallView) -> tuple[Line, ...]:
    """The lines that will not change any more, in order."""
    return tuple(line for line in view.lines if line.final)


def to_srt(lines: Iterable[Line]) -> str:
    """One numbered subtitle per utterance."""
    return "\n".join(
        f"{number}\n{_srt_time(line.start_ms)} --> {_srt_time(line.end_ms)}\n"
        f"{SPEAKERS[line.party]}：{line.shown_text}\n"
        for number, line in enumerate(lines, start=1)
    )


def to_text(lines: Iterable[Line]) -> str:
    """One line per utterance: ``[mm:ss] speaker：words``."""
    return "".join(f"[{clock(line.start_ms)}] {SPEAKERS[line.party]}：{line.shown_text}\n" for line in lines)


def _srt_time(position_ms: int) -> str:
    seconds, ms = divmod(position_ms, 1000)
    minutes, s = divmod(seconds, 60)
    hours, m = divmod(minutes, 60)
    return f"{hours:02}:{m:02}:{s:02},{ms:03}"


def clock(position_ms: int) -> str:
    """mm:ss of a position."""
    minutes, s = divmod(position_ms // 1000, 60)
    return f"{minutes:02}:{s:02}"
