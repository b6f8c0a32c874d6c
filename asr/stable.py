"""The part of a running transcript that will not be taken back.

LocalAgreement-2 in characters: what two successive hypotheses have in common is stable (Macháček et al., "Turning
Whisper into Real-Time Transcription System", 2023). Stable text only grows within an utterance.
"""

from __future__ import annotations

from difflib import SequenceMatcher

_MIN_OVERLAP_CHARS = 3
"""Shorter agreements between a window and the text before it are chance."""


class StableText:
    """The shown text of one utterance."""

    def __init__(self) -> None:
        self._text = ""
        self._stable_chars = 0

    @property
    def text(self) -> str:
        return self._text

    @property
    def stable_chars(self) -> int:
        """Length of the prefix that ``text`` keeps from now on."""
        return self._stable_chars

    def update(self, heard: str, *, is_window: bool = False) -> bool:
        """Take the next hypothesis; True when ``text`` or ``stable_chars`` changed.

        ``is_window``: the hypothesis covers only the latest part of the utterance; it is joined to what was shown
        before where both agree, and passed over where they don't.
        """
        hypothesis = join_window(self._text, heard) if is_window else heard
        if hypothesis is None:
            return False
        stable = self._text[: self._stable_chars]
        agreed = common_chars(self._text, hypothesis)
        if agreed < self._stable_chars:
            hypothesis = stable + hypothesis[self._stable_chars :]
        before = (self._text, self._stable_chars)
        self._text, self._stable_chars = hypothesis, max(self._stable_chars, agreed)
        return before != (self._text, self._stable_chars)


def common_chars(one: str, other: str) -> int:
    """Length of the longest common prefix."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((index for index, (a, b) in pairs if a != b), min(len(one), len(other)))


def join_window(shown: str, window: str) -> str | None:
    """``shown`` continued by ``window`` after their longest common stretch; None without one."""
    if not shown:
        return window
    match = SequenceMatcher(None, shown, window, autojunk=False).find_longest_match()
    if match.size < _MIN_OVERLAP_CHARS:
        return None
    return shown[: match.a] + window[match.b :]
