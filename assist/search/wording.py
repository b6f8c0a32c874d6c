"""Which words of an utterance may be looked for, and shown to whoever finds them."""

from __future__ import annotations

from assist.messages import Utterance


def wording_of(utterance: Utterance) -> tuple[str, str | None]:
    """The text as people read it, and as it was spoken where that is another one.

    The only place at which text enters the archive: what is masked here is in no index, vector, snippet or export.
    """
    shown = utterance.display_text or utterance.text
    return shown, None if shown == utterance.text else utterance.text
