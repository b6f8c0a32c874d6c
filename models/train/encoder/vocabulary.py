"""Which word pieces of the encoder Livecue keeps: Chinese, and the short Latin that is said on the telephone."""

from __future__ import annotations

import re
from collections.abc import Sequence

SPECIAL = ("<s>", "<pad>", "</s>", "<unk>")
"""The first pieces, in the encoder's order: their ids stay."""

WORDS = frozenset(
    {
        *("query", "passage", "wifi", "iphone", "ipad", "vivo", "oppo", "huawei", "xiaomi", "apple", "honor", "redmi"),
        *("volte", "esim", "app", "vip", "svip", "plus", "pro", "max", "mini", "note", "mate", "ok", "bye", "hello"),
        *("sorry", "yes", "no", "web", "email", "mail", "com", "http", "sms", "apn", "nfc", "iptv", "wlan"),
    }
)
"""Latin words of more than three letters, and names, that callers use."""

_KEPT = re.compile("[▁\x20-\x7e一-鿿\u3000-〿＀-￯‐-‧]+")
_HAN = re.compile("[一-鿿]")
_MAX_LATIN = 3


def is_kept(piece: str) -> bool:
    """Whether such a piece can occur in what a Chinese caller says."""
    if not _KEPT.fullmatch(piece):
        return False
    bare = piece.replace("▁", "")
    return bool(_HAN.search(bare)) or len(bare) <= _MAX_LATIN or bare.lower() in WORDS


def kept_rows(pieces: Sequence[str]) -> tuple[int, ...]:
    """Rows of the embedding table to keep, in order: the special pieces, ``<mask>``, and all that is kept."""
    special = len(SPECIAL)
    return (*range(special), *(row for row in range(special, len(pieces)) if _is_wanted(pieces[row])))


def _is_wanted(piece: str) -> bool:
    return piece == "<mask>" or is_kept(piece)
