"""The encoder's tokenizer over any part of its vocabulary: the unigram model is built again from pieces and scores.

A dropped piece becomes several kept ones; where ids were mapped instead, ten times as much text would be unknown.
"""

from __future__ import annotations

from collections.abc import Sequence

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

from models.train.encoder.vocabulary import SPECIAL

UNKNOWN_ROW = SPECIAL.index("<unk>")


def build_tokenizer(pieces: Sequence[str], scores: Sequence[float]) -> Tokenizer:
    """For text whose code points were replaced already (``E5File.replacements``); one turn, or a turn and another."""
    tokenizer = Tokenizer(models.Unigram(list(zip(pieces, scores, strict=True)), UNKNOWN_ROW, byte_fallback=False))
    tokenizer.normalizer = normalizers.Replace(Regex(" {2,}"), " ")
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace("▁", prepend_scheme="always", split=False)
    tokenizer.decoder = decoders.Metaspace("▁", prepend_scheme="always", split=False)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> $B:1 </s>:1",
        special_tokens=[(piece, row) for row, piece in enumerate(SPECIAL) if piece in ("<s>", "</s>")],
    )
    return tokenizer
