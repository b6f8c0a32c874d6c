"""Exports of the finals."""

from __future__ import annotations

from assist.view import CallView, Line
from gateway.transcript import finals, to_srt, to_text


def line(number: int, text: str, start_ms: int, *, final: bool = True) -> Line:
    return Line(
        utterance_id=f"customer-{number}",
        party="customer",
        text=text,
        stable_chars=len(text),
        final=final,
        revision=0,
        start_ms=start_ms,
        end_ms=start_ms + 500,
    )


def test_partials_are_left_out() -> None:
    view = CallView(call_id="c1", lines=(line(1, "你好", 0), line(2, "我想", 900, final=False)))
    assert [row.text for row in finals(view)] == ["你好"]


def test_srt_numbers_subtitles_and_keeps_hours() -> None:
    assert to_srt([line(1, "你好", 3_661_001)]) == "1\n01:01:01,001 --> 01:01:01,501\n客户：你好\n"
    assert to_srt([line(1, "你好", 0), line(2, "再见", 900)]).count("\n\n") == 1


def test_text_has_one_line_per_utterance() -> None:
    assert to_text([line(1, "你好", 59_999), line(2, "再见", 60_000)]) == "[00:59] 客户：你好\n[01:00] 客户：再见\n"
