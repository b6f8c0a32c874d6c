"""Which words of an utterance may be looked for, and shown to whoever finds them."""

from __future__ import annotations

from assist.messages import LineCorrected, Utterance


def wording_of(utterance: Utterance, corrected: LineCorrected | None = None) -> tuple[str, str | None]:
    """The text as people read it, and as it was spoken where that is another one; what a person put right holds.

    The only place at which text enters the archive: what is masked here is in no index, snippet or export.
    """
    if corrected is not None and corrected.text != utterance.text:
        return corrected.text, None
    shown = utterance.display_text or utterance.text
    return shown, None if shown == utterance.text else utterance.text
