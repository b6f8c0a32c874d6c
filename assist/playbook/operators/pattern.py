"""A regular expression over the words of one utterance."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

import re2  # pyright: ignore[reportMissingTypeStubs]

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
    """``pattern``: an utterance, as it is spoken, matches an expression and does not match another."""

    who: Who
    min_confidence: float
    match: str
    unless: str = ""

    def observe(self, moment: Moment) -> tuple[Pattern, Finding]:
        utterance = moment.utterance
        if utterance is None or not moment.speaks(self.who):
            return self, NOTHING
        found = compile_pattern(self.match).search(utterance.text)
        if found is None or (self.unless and compile_pattern(self.unless).search(utterance.text)):
            return self, NOTHING
        span = cast("tuple[int, int]", found.span())
        is_heard = mean_confidence(utterance, span) >= self.min_confidence
        return self, Finding(Truth.TRUE if is_heard else Truth.UNKNOWN, (span_evidence(utterance, span),))

    @property
    def moments(self) -> frozenset[MomentKind]:
        return AT_TURNS
