"""A regular expression over the words of utterances."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, cast

import re2  # pyright: ignore[reportMissingTypeStubs]

from assist.messages import Utterance
from assist.playbook.moment import AT_TURNS, NOTHING, Finding, Moment, MomentKind, Truth, Who
from assist.playbook.operators.base import Operator
from assist.playbook.spans import mean_confidence, span_evidence

MAX_PATTERN_CHARS = 1_000
_MAX_COMPILED = 4_096
_MAX_MEMORY_BYTES = 1 << 20


@lru_cache(maxsize=_MAX_COMPILED)
def compile_pattern(expression: str) -> Any:
    """Raises ValueError with RE2's words. Its time is linear in the text, so that no pattern can stop a call."""
    library = cast(Any, re2)
    options = library.Options()
    options.log_errors = False
    options.max_mem = _MAX_MEMORY_BYTES
    try:
        return library.compile(expression, options)
    except library.error as error:
        reason = error.args[0]
        raise ValueError(reason.decode() if isinstance(reason, bytes) else str(reason)) from error


@dataclass(frozen=True, slots=True)
class Pattern(Operator):
    """``pattern``: words, as they are spoken, match an expression and do not match another."""

    who: Who
    min_confidence: float
    match: str
    unless: str = ""
    within_utterances: int = 1
    """What matches may be spread over so many utterances in a row, and ends in the last of them."""
    said: tuple[Utterance, ...] = ()
    """The earlier ones of these."""

    def observe(self, moment: Moment) -> tuple[Pattern, Finding]:
        if moment.utterance is None or not moment.speaks(self.who):
            return self, NOTHING
        heard = (*self.said, moment.utterance)
        after = self if self.within_utterances == 1 else replace(self, said=heard[1 - self.within_utterances :])
        spans = self._spans(heard)
        if not spans or (self.unless and compile_pattern(self.unless).search(_joined(heard))):
            return after, NOTHING
        is_heard = all(mean_confidence(one, span) >= self.min_confidence for one, span in spans)
        evidence = tuple(span_evidence(one, span) for one, span in spans)
        return after, Finding(Truth.TRUE if is_heard else Truth.UNKNOWN, evidence)

    def _spans(self, heard: Sequence[Utterance]) -> Sequence[tuple[Utterance, tuple[int, int]]]:
        """What matches, in as few utterances as do, the last one being among them; empty: nothing does."""
        for first in reversed(range(len(heard))):
            found = compile_pattern(self.match).search(_joined(heard[first:]))
            if found is None:
                continue
            begin, end = cast("tuple[int, int]", found.span())
            spans: list[tuple[Utterance, tuple[int, int]]] = []
            for one in heard[first:]:
                size = len(one.text)
                if (begin < size and end > 0) or 0 <= begin == end <= size:
                    spans.append((one, (max(0, begin), min(end, size))))
                begin, end = begin - size, end - size
            if spans and spans[-1][0] is heard[-1]:
                return spans
        return ()

    @property
    def moments(self) -> frozenset[MomentKind]:
        return AT_TURNS


def _joined(heard: Sequence[Utterance]) -> str:
    return "".join(one.text for one in heard)
