"""Private words out of the log: masks of the same length, and what is needed to take them off again.

``masking`` masks a text, ``texts`` knows where an event has words, ``utterances`` finds the places of a private span in
every form of an utterance, ``log`` goes through the log of one call; ``reveal`` gives back what was masked.
"""

from __future__ import annotations

from assist.redaction.log import LogRedactor, MaskedEnvelope
from assist.redaction.masking import masked, silent_spans
from assist.redaction.texts import Hidden, restored, texts_of

__all__ = ["Hidden", "LogRedactor", "MaskedEnvelope", "masked", "restored", "silent_spans", "texts_of"]
