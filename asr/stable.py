"""The part of a running transcript that will not be taken back.

A character is stable once successive hypotheses agree on it and on all before it (LocalAgreement, Macháček et al.,
"Turning Whisper into Real-Time Transcription System", 2023), and the recogniser is sure of it and of all before it:
quick hypotheses agree on the same mistake often enough, and the final is decoded with more care. Thresholds are chosen
by `livecue bench partials`. Stable text only grows within an utterance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from rapidfuzz.distance import Levenshtein

from asr.text import Character

_MIN_OVERLAP_CHARS = 3
"""Shorter agreements between a window and the text before it are chance."""


@dataclass(frozen=True, slots=True)
class StableSettings:
    """When a character is stable."""

    agreeing: int = 2
    """Successive hypotheses that have it in common."""
    agreeing_unscored: int = 4
    """The same where the recogniser gives no probabilities."""
    sureness: float = 0.6
    """Probability that the latest of them gives it."""

    @property
    def enough(self) -> int:
        return max(self.agreeing, self.agreeing_unscored)


@dataclass(frozen=True, slots=True)
class Draft:
    """What was heard so far of an open utterance, written for display."""

    text: str
    sureness: tuple[float | None, ...] = ()
    """Of each character, 0 to 1; None where the recogniser tells none."""

    @classmethod
    def of(cls, text: str, heard: Sequence[Character] = ()) -> Draft:
        """A text as it was written from what was heard: what was rewritten is as sure as its least sure character."""
        sureness: list[float | None] = [None] * len(text)
        raw = "".join(character.text for character in heard)
        for _, from_raw, to_raw, start, end in SequenceMatcher(None, raw, text, autojunk=False).get_opcodes():
            if to_raw - from_raw == end - start:
                sureness[start:end] = [character.confidence for character in heard[from_raw:to_raw]]
            elif heard:
                around = heard[max(0, from_raw - 1) : to_raw + 1]
                sureness[start:end] = [min(character.confidence for character in around)] * (end - start)
        return cls(text, tuple(sureness))

    def __add__(self, other: Draft) -> Draft:
        return Draft(self.text + other.text, self.sureness + other.sureness)

    def part(self, start: int, end: int | None = None) -> Draft:
        """The characters [start, end)."""
        return Draft(self.text[start:end], self.sureness[start:end])


class StableText:
    """The shown text of one utterance."""

    def __init__(self, settings: StableSettings | None = None) -> None:
        self._settings = settings or StableSettings()
        self._shown = Draft("")
        self._agreed: list[int] = []
        """Successive hypotheses that had the text up to and with each character."""
        self._stable_chars = 0
        self._is_whole = False
        """A pause followed the last hypothesis."""

    @property
    def text(self) -> str:
        return self._shown.text

    @property
    def stable_chars(self) -> int:
        """Length of the prefix that ``text`` keeps from now on."""
        return self._stable_chars

    @property
    def sureness(self) -> tuple[float | None, ...]:
        """Of each character of ``text``, 0 to 1; 0 of a last one that may be half a word."""
        if self._is_whole or self._stable_chars == len(self.text):
            return self._shown.sureness
        return (*self._shown.sureness[:-1], 0.0)

    def update(self, heard: Draft, *, is_window: bool = False, is_careful: bool = False) -> bool:
        """Take the next hypothesis; True when ``text`` or ``stable_chars`` changed.

        ``is_window``: the hypothesis covers only the latest part of the utterance; it is joined to what was shown
        before where both agree, and passed over where they don't. ``is_careful``: it was decoded as a final is, up to
        a pause, and needs no other to agree with it.
        """
        draft = join_window(self._shown, heard) if is_window else heard
        if draft is None:
            return False
        draft = self._keep_stable(draft)
        before = (self.text, self._stable_chars)
        same = common_chars(self.text, draft.text)
        self._agreed = [agreed + 1 for agreed in self._agreed[:same]] + [1] * (len(draft.text) - same)
        if is_careful:
            self._agreed = [max(agreed, self._settings.enough) for agreed in self._agreed]
        self._shown, self._is_whole = draft, is_careful
        self._stable_chars = max(self._stable_chars, self._standing_chars())
        return before != (self.text, self._stable_chars)

    def _keep_stable(self, draft: Draft) -> Draft:
        """The draft after the stable text: what it has in its place is passed over."""
        stable = self._shown.part(0, self._stable_chars)
        if draft.text.startswith(stable.text):
            return draft
        for step in Levenshtein.opcodes(stable.text, draft.text):
            if step.tag == "insert" and step.src_start == len(stable.text):
                return stable + draft.part(step.dest_start)
        return stable

    def _standing_chars(self) -> int:
        """Length of the prefix of which every character stands."""
        stands = (self._stands(agreed, sure) for agreed, sure in zip(self._agreed, self._shown.sureness, strict=True))
        return next((place for place, is_standing in enumerate(stands) if not is_standing), len(self.text))

    def _stands(self, agreed: int, sureness: float | None) -> bool:
        if sureness is None:
            return agreed >= self._settings.agreeing_unscored
        return agreed >= self._settings.agreeing and sureness >= self._settings.sureness


def common_chars(one: str, other: str) -> int:
    """Length of the longest common prefix."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((index for index, (a, b) in pairs if a != b), min(len(one), len(other)))


def join_window(shown: Draft, window: Draft) -> Draft | None:
    """``shown`` continued by ``window`` after their longest common stretch; None without one."""
    if not shown.text:
        return window
    match = SequenceMatcher(None, shown.text, window.text, autojunk=False).find_longest_match()
    if match.size < _MIN_OVERLAP_CHARS:
        return None
    return shown.part(0, match.a) + window.part(match.b)
