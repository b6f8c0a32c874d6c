"""Private words in transcripts: rows of digits, names, addresses, secrets; also spread over several turns."""

from __future__ import annotations

from nlp.privacy.finder import RuleRedactor

__all__ = ["RuleRedactor"]
