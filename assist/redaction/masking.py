"""Masks of the same length as what they hide: positions of words, quotes and corrections stay good."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from assist.messages import PrivateKind, PrivateSpan, Word
from assist.ports import Redactor

MARKS: Mapping[PrivateKind, str] = MappingProxyType(
    {
        "phone_number": "电",
        "id_number": "证",
        "bank_card": "卡",
        "person": "某",
        "address": "址",
        "passcode": "密",
        "email": "邮",
        "plate": "牌",
        "withheld": "*",
    }
)
"""What the first masked character of a span becomes, so that a reader sees what is hidden."""
_MASK = "*"
_DIGITS = frozenset("零〇幺一二两三四五六七八九洞拐勾0123456789")
_WHOLE_MOBILE = 11
_LEAST_WITH_TAIL: Mapping[PrivateKind, int] = MappingProxyType({"phone_number": 8, "bank_card": 13})
"""Numbers of so many digits show their last four, as it is usual; of others nothing is shown."""
_HEAD_DIGITS, _TAIL_DIGITS = 3, 4
_MARGIN_MS = 60
"""Of sound before and behind words, whose times are those of a recogniser."""


def masked(text: str, spans: Iterable[PrivateSpan]) -> str:
    """The text with every span masked, character by character; pauses stay: 一三八，****，一二三四."""
    characters = list(text)
    for span in spans:
        hidden = _hidden(text, span)
        marked = bool(hidden) and hidden[0] == _first(text, span)
        for at in hidden:
            characters[at] = _MASK
        if marked:
            characters[hidden[0]] = MARKS[span.kind]
    return "".join(characters)


def masked_alone(text: str, redactor: Redactor, known: Iterable[tuple[PrivateKind, str]] = ()) -> str:
    """A text that is of no call, masked by what can be told of it alone and by words that are known to be private."""
    call = redactor.open_call()
    for kind, word in known:
        call.learn(kind, word)
    return masked(text, call.find(text))


def silent_spans(words: Sequence[Word], text: str, spans: Sequence[PrivateSpan]) -> list[tuple[int, int]]:
    """Milliseconds [from, to) of the call in which private words are said, in order, without overlap.

    ``words`` are those of ``text``; one that is not found in it is taken to stand behind the one before.
    """
    told: list[tuple[int, int]] = []
    at = 0
    for word in words:
        start = text.find(word.text, at)
        start = at if start < 0 else start
        end = start + len(word.text)
        at = min(end, len(text))
        if any(span.start < end and start < span.end for span in spans):
            from_ms, to_ms = max(0, word.start_ms - _MARGIN_MS), word.end_ms + _MARGIN_MS
            if told and from_ms <= told[-1][1]:
                from_ms = told.pop()[0]
            told.append((from_ms, to_ms))
    return told


def _first(text: str, span: PrivateSpan) -> int | None:
    return next((at for at in range(span.start, span.end) if _says_something(text[at])), None)


def _hidden(text: str, span: PrivateSpan) -> list[int]:
    """Places of the characters that are masked."""
    said = [at for at in range(span.start, span.end) if _says_something(text[at])]
    least = _LEAST_WITH_TAIL.get(span.kind)
    digits = [at for at in said if text[at] in _DIGITS]
    if least is None or len(digits) < least or "个" in text[span.start : span.end]:
        return said
    shown = set(digits[-_TAIL_DIGITS:])
    if span.kind == "phone_number" and len(digits) >= _WHOLE_MOBILE:
        shown.update(digits[:_HEAD_DIGITS])
    return [at for at in said if at not in shown]


def _says_something(character: str) -> bool:
    return character.isalnum() or character == "_"
