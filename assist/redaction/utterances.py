"""The private spans of an utterance in all its forms: spoken, shown, as recognised at first, word by word."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from assist.messages import PrivateKind, PrivateSpan, Utterance
from assist.redaction.masking import masked

Spans = tuple[PrivateSpan, ...]
Shift = tuple[int, int, int, int]
"""Characters [start, end) of one text that stand as [start, end) in another."""


@dataclass(frozen=True, slots=True)
class Mask:
    """One text of an event with its private words masked."""

    path: str
    """See ``Hidden``."""
    text: str
    spans: Spans
    """Where it is masked."""


def masks_of(utterance: Utterance, spans: Spans, find: Callable[[str], Spans]) -> Iterator[Mask]:
    """Every text of an utterance that holds something private.

    ``spans`` are those of its ``text``; ``find`` looks for more in what the recogniser wrote at first.
    """
    if spans:
        text = masked(utterance.text, spans)
        yield Mask("/text", text, spans)
        yield from _words(utterance, text, spans)
        yield from _corrections(utterance, spans)
    if utterance.raw_text is not None:
        raw = joined([*projected(spans, _alignment(utterance.text, utterance.raw_text)), *find(utterance.raw_text)])
        if raw:
            yield Mask("/raw_text", masked(utterance.raw_text, raw), raw)
    if spans and utterance.display_text is not None:
        shifts = _shown(utterance)
        shown = joined(projected(spans, shifts))
        display_text = masked(utterance.display_text, shown)
        yield Mask("/display_text", display_text, shown)
        for place, (_, _, start, end) in enumerate(shifts[1::2]):
            if inside := _inside(shown, start, end):
                yield Mask(f"/rewrites/{place}/written", display_text[start:end], inside)


def projected(spans: Iterable[PrivateSpan], shifts: Sequence[Shift]) -> Iterator[PrivateSpan]:
    """The spans in the other text; where a part of it has another length, all of it."""
    for span in spans:
        parts: list[tuple[int, int]] = []
        for start, end, other_start, other_end in shifts:
            if span.start < end and start < span.end:
                is_shifted = end - start == other_end - other_start
                first = max(span.start, start) - start if is_shifted else 0
                left = end - min(span.end, end) if is_shifted else 0
                parts.append((other_start + first, other_end - left))
        if parts and parts[0][0] < parts[-1][1]:
            yield PrivateSpan(start=parts[0][0], end=parts[-1][1], kind=span.kind)


def joined(spans: Iterable[PrivateSpan]) -> Spans:
    """In text order; what overlaps is one span of the kind of the longest."""
    told: list[PrivateSpan] = []
    for span in sorted(spans, key=lambda span: (span.start, span.end)):
        if told and span.start < told[-1].end:
            last = told.pop()
            longest = max(last, span, key=lambda one: one.end - one.start)
            span = PrivateSpan(start=last.start, end=max(last.end, span.end), kind=longest.kind)
        told.append(span)
    return tuple(told)


def whole(text: str, kind: PrivateKind) -> PrivateSpan:
    """All of a text as one span."""
    return PrivateSpan(start=0, end=len(text), kind=kind)


def _words(utterance: Utterance, masked_text: str, spans: Spans) -> Iterator[Mask]:
    """Slices of the masked text, so that both read alike."""
    at = 0
    for place, word in enumerate(utterance.words):
        found = utterance.text.find(word.text, at)
        start = at if found < 0 else found
        end = start + len(word.text)
        at = end if found >= 0 else at
        if inside := _inside(spans, start, end):
            slice_ = masked_text[start:end] if found >= 0 else masked(word.text, (whole(word.text, inside[0].kind),))
            yield Mask(f"/words/{place}/text", slice_, inside)


def _corrections(utterance: Utterance, spans: Spans) -> Iterator[Mask]:
    for place, made in enumerate(utterance.corrections):
        if inside := _inside(spans, made.start, made.end):
            for name, text in (("heard", made.heard), ("written", made.written), ("term", made.term)):
                span = whole(text, inside[0].kind)
                yield Mask(f"/corrections/{place}/{name}", masked(text, (span,)), (span,))


def _inside(spans: Spans, start: int, end: int) -> Spans:
    """What of the spans lies in [start, end), counted from there."""
    return tuple(
        PrivateSpan(start=max(span.start - start, 0), end=min(span.end, end) - start, kind=span.kind)
        for span in spans
        if span.start < end and start < span.end
    )


def _shown(utterance: Utterance) -> list[Shift]:
    """Where the parts of ``text`` stand in ``display_text``."""
    shifts: list[Shift] = []
    at = shown_at = 0
    for rewrite in utterance.rewrites:
        kept = rewrite.start - at
        shifts.append((at, rewrite.start, shown_at, shown_at + kept))
        shown_at += kept
        shifts.append((rewrite.start, rewrite.end, shown_at, shown_at + len(rewrite.written)))
        shown_at += len(rewrite.written)
        at = rewrite.end
    shifts.append((at, len(utterance.text), shown_at, shown_at + len(utterance.text) - at))
    return shifts


def _alignment(text: str, other: str) -> list[Shift]:
    matcher = SequenceMatcher(None, text, other, autojunk=False)
    return [(start, end, first, last) for _, start, end, first, last in matcher.get_opcodes()]
